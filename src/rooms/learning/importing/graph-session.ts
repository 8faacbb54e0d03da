import type { InferenceSession, Tensor } from "onnxruntime-node";
import { sessionOptions } from "../exchange/onnx-session.js";
import { ModelFileUnsupported } from "./errors.js";
import type { OnnxSides } from "./onnx-artefact.js";

/** What the graph does with one row of those it was given. */
export class RowFailed extends ModelFileUnsupported {
  constructor(
    readonly row: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * An imported graph in onnxruntime. Row by row: no foreign graph promises that a row's answer does not depend on those
 * beside it, and one that was made for a batch of one takes no other. Use it in a sandbox only.
 */
export class GraphSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly tensor: typeof Tensor,
    private readonly sides: OnnxSides,
  ) {}

  /** @throws MODEL_FILE_UNSUPPORTED where the runtime refuses the graph, or can't be loaded on this machine */
  static async open(model: Uint8Array, sides: OnnxSides): Promise<GraphSession> {
    try {
      const runtime = await import("onnxruntime-node");
      const session = await runtime.InferenceSession.create(model, sessionOptions);
      return new GraphSession(session, runtime.Tensor, sides);
    } catch (error) {
      throw Object.assign(new ModelFileUnsupported(runtimeRefuses), { cause: error });
    }
  }

  /** `width` values a row. @throws MODEL_FILE_UNSUPPORTED, as RowFailed, where the runtime can't compute one */
  async run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    const { shape, width } = this.sides;
    const inputs = shape.reduce((product, side) => product * side, 1);
    const outputs = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++)
      outputs.set(await this.#row(matrix.slice(row * inputs, (row + 1) * inputs), row), row * width);
    return outputs;
  }

  close(): Promise<void> {
    return this.session.release();
  }

  async #row(values: Float32Array, row: number): Promise<Float32Array> {
    const { input, output, shape, width } = this.sides;
    const features = new this.tensor("float32", values, [1, ...shape]);
    const results = await this.session.run({ [input]: features }).catch((error: unknown) => {
      throw Object.assign(new RowFailed(row, runtimeRefuses), { cause: error });
    });
    const found = results[output];
    if (found?.data instanceof Float32Array && found.data.length === width) return found.data;
    throw new RowFailed(
      row,
      `The graph does not give ${width} numbers for a row. Export it with one float32 output of fixed sides.`,
    );
  }
}

const runtimeRefuses =
  "onnxruntime can't run this graph. Check it with onnx.checker and onnxruntime, and export it again.";
