import type { InferenceSession, Tensor } from "onnxruntime-node";
import { joined } from "../joined.js";
import type { ServingNetwork } from "../predictor-network.js";
import { onnxNames } from "./onnx.js";
import { sessionOptions } from "./onnx-session.js";

/**
 * The runtime computes one row by other kernels than several, and takes the last few values of a tensor one by one
 * where it takes the others in packets of four: ELU, SELU and softplus then differ in the last bit. With the rows
 * filled up to a multiple of four no tensor has such a rest, and a row gives the same bits wherever it stands.
 */
const rowsAtATime = 4;

/** Graph, names and buffers of a session beside its weights, measured over 200 sessions. */
const bytesOfSession = 64 * 1024;

interface Places {
  /** Sides of one row. */
  shape: readonly number[];
  /** Rows that go through the network at once. */
  rowsAtOnce: number;
}

/** A network in onnxruntime. `run` computes before it answers, so it belongs into a thread of its own. */
export class OnnxNetwork implements ServingNetwork {
  readonly engine = "ONNXRUNTIME";

  private constructor(
    private readonly session: InferenceSession,
    private readonly tensor: typeof Tensor,
    private readonly places: Places,
    readonly bytes: number,
  ) {}

  /**
   * @param model bytes of `encodeOnnx`. Rejects with the runtime's own error where it can't run them, or where the
   * runtime itself can't be loaded: it has no binaries for musl, nor for Macs with Intel processors.
   */
  static async load(model: Uint8Array, places: Places): Promise<OnnxNetwork> {
    const runtime = await import("onnxruntime-node");
    const session = await runtime.InferenceSession.create(model, sessionOptions);
    // The runtime keeps the weights a second time, packed for its kernels.
    return new OnnxNetwork(session, runtime.Tensor, places, 2 * model.byteLength + bytesOfSession);
  }

  async run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    if (rows <= this.places.rowsAtOnce) return this.#run(matrix, rows);
    const width = matrix.length / rows;
    const parts: Float32Array[] = [];
    for (let from = 0; from < rows; from += this.places.rowsAtOnce) {
      const count = Math.min(this.places.rowsAtOnce, rows - from);
      parts.push(await this.#run(matrix.slice(from * width, (from + count) * width), count));
    }
    return joined(parts);
  }

  async #run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    if (rows === 0) return new Float32Array();
    const width = matrix.length / rows;
    const filled = Math.ceil(rows / rowsAtATime) * rowsAtATime;
    const values = filled === rows ? matrix : new Float32Array(filled * width);
    if (values !== matrix) values.set(matrix);
    const features = new this.tensor("float32", values, [filled, ...this.places.shape]);
    const results = await this.session.run({ [onnxNames.input]: features });
    const scores = results[onnxNames.output]?.data as Float32Array;
    return filled === rows ? scores : scores.slice(0, (scores.length / filled) * rows);
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}
