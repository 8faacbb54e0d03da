import { slice, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Architecture, InputShape } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { ArtefactInvalid } from "../errors.js";
import { buildNetwork, writeWeights } from "../network/index.js";
import { inputShapeOf, vocabularyBytes } from "../preprocessing.js";
import { textSequence, TextTokens } from "./text-tokens.js";

/** A trained language model on tensors of its own. The held-out measures and served texts both come from here. */
export class Generator {
  readonly engine = "TFJS";
  /** Memory of the weights, and of the vocabulary. */
  readonly bytes: number;
  readonly #model: LayersModel;

  private constructor(
    readonly tokens: TextTokens,
    architecture: Architecture,
    input: InputShape,
    { weights, preprocessing }: Pick<Artefact, "weights" | "preprocessing">,
  ) {
    this.#model = buildNetwork(architecture, input, tokens.size, false);
    writeWeights(this.#model, weights);
    this.bytes = weights.byteLength + vocabularyBytes(preprocessing.features);
  }

  /** The back end must be started. @throws ARTEFACT_INVALID for a model of another type */
  static load(artefact: Artefact): Generator {
    const sequence = textSequence(artefact.preprocessing);
    if (!sequence) throw new ArtefactInvalid();
    const tokens = new TextTokens(sequence);
    return new Generator(tokens, artefact.architecture, inputShapeOf(artefact.preprocessing), artefact);
  }

  /** Scores of every token after each place of `rows` windows: [rows, context, vocabulary]. */
  scores(windows: Float32Array, rows: number): Float32Array {
    const { context } = this.tokens;
    return this.#read(windows, rows, [0, 0, 0], [rows, context, this.tokens.size]);
  }

  /**
   * Scores of every token after `seen`, of which the last `context` count. They stand at the beginning of the window
   * and what follows them is never looked at, because the network sees no step to come.
   */
  next(seen: readonly number[]): Float32Array {
    const { context, size } = this.tokens;
    const window = new Float32Array(context);
    const last = seen.slice(-context);
    window.set(last);
    return this.#read(window, 1, [0, last.length - 1, 0], [1, 1, size]);
  }

  #read(windows: Float32Array, rows: number, from: number[], size: number[]): Float32Array {
    const x = tensor(windows, [rows, this.tokens.context]);
    const scores = tidy(() => slice(this.#model.predictOnBatch(x) as Tensor, from, size));
    const values = scores.dataSync<"float32">().slice();
    x.dispose();
    scores.dispose();
    return values;
  }

  dispose(): void {
    this.#model.dispose();
  }
}
