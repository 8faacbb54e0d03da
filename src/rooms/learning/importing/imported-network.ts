import { Unavailable } from "../../../kernel/errors.js";
import { permute } from "../exchange/permute.js";
import type { ServingNetwork } from "../predictor-network.js";
import { modelFailed } from "./errors.js";
import { importLimits } from "./limits.js";
import type { OnnxArtefact, OnnxSides } from "./onnx-artefact.js";
import { Sandbox, SandboxEnded } from "./sandbox.js";
import type { FromSandbox } from "./sandbox-messages.js";

/** A Node with onnxruntime, measured; the runtime keeps the weights a second time. */
const bytesOfSandbox = 96 * 2 ** 20;

/** A share of 0 has no logarithm; this one is nothing beside any other. */
const leastShare = 1e-30;

/** Scores whose softmax gives the shares again. */
function scoresOf(outputs: Float32Array, answers: OnnxSides["answers"]): Float32Array {
  if (answers === "SCORES") return outputs;
  const logarithm = (share: number): number => Math.log(Math.max(leastShare, share));
  if (answers === "SHARES") return outputs.map(logarithm);
  return Float32Array.from([...outputs].flatMap((share) => [logarithm(1 - share), logarithm(share)]));
}

/** [rows, height, width, channels] as [rows, channels, height, width]. */
function channelsInFront(matrix: Float32Array, rows: number, { shape }: OnnxSides): Float32Array {
  const [channels = 1, ...places] = shape;
  const order = [0, places.length + 1, ...places.map((_, axis) => axis + 1)];
  return permute(matrix, [rows, ...places, channels], order);
}

/** An imported graph, computed in a sandbox of its own: native code never sees a stranger's file in this process. */
export class ImportedNetwork implements ServingNetwork {
  readonly engine = "ONNXRUNTIME";
  readonly bytes: number;
  #sandbox: Promise<Sandbox>;
  readonly #running = new Set<Promise<unknown>>();
  #disposed = false;

  private constructor(private readonly artefact: OnnxArtefact) {
    this.bytes = 2 * artefact.model.byteLength + bytesOfSandbox;
    this.#sandbox = this.#open();
  }

  /** @throws UNAVAILABLE where the runtime can't run it */
  static async load(artefact: OnnxArtefact): Promise<ImportedNetwork> {
    const network = new ImportedNetwork(artefact);
    await network.#sandbox;
    return network;
  }

  async #open(): Promise<Sandbox> {
    const { model, sides } = this.artefact;
    const sandbox = new Sandbox();
    const answer = await sandbox
      .ask({ type: "load", model, sides }, importLimits.readMs)
      .catch((error: unknown) => error);
    if ((answer as FromSandbox).type === "loaded") return sandbox;
    await sandbox.close();
    throw Object.assign(new Unavailable("The imported model can't be loaded now. Try again."), {
      cause: answer,
    });
  }

  /** A sandbox that ended over an earlier request is replaced; one request must not spoil those after it. */
  async #ready(): Promise<Sandbox> {
    const sandbox = await this.#sandbox.catch(() => null);
    if (sandbox?.alive) return sandbox;
    if (this.#disposed) throw new Unavailable();
    this.#sandbox = this.#open();
    return this.#sandbox;
  }

  /** @throws IMPORTED_MODEL_FAILED with the row that the graph can't compute, UNAVAILABLE where it takes too much for these */
  async run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    const running = this.#run(matrix, rows);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async #run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    if (rows === 0) return new Float32Array();
    const { sides } = this.artefact;
    const values = sides.channelsFirst ? channelsInFront(matrix, rows, sides) : matrix;
    const sandbox = await this.#ready();
    const answer = await sandbox
      .ask({ type: "run", matrix: values, rows }, importLimits.runMs)
      .catch((error: unknown) => {
        throw error instanceof SandboxEnded ? new Unavailable(tooMuch) : error;
      });
    if (answer.type === "ran") return scoresOf(answer.outputs, sides.answers);
    const fault =
      answer.type === "failed" && answer.row !== undefined ? modelFailed(answer.row) : new Unavailable();
    throw Object.assign(fault, { cause: answer });
  }

  /** Runs under way are answered before: other models push this one out of memory while it computes. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#running);
    this.#disposed = true;
    await this.#sandbox.then(
      (sandbox) => sandbox.close(),
      () => undefined,
    );
  }
}

const tooMuch = "The imported model took too much time or memory for these rows. Send fewer at once.";
