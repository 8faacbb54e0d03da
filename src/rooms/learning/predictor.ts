import { Unavailable } from "../../kernel/errors.js";
import { parseArtefact } from "./artefact.js";
import type { Row } from "./cell.js";
import { chooseNetwork } from "./exchange/choose-network.js";
import { ImportedNetwork } from "./importing/imported-network.js";
import { isOnnxArtefact, type OnnxArtefact, parseOnnxArtefact } from "./importing/onnx-artefact.js";
import { type Engine, engines, type ServingNetwork } from "./predictor-network.js";
import { type Preprocessing, RowEncoder, vocabularyBytes } from "./preprocessing.js";
import type { Target } from "./target.js";

/** Scores to probabilities that sum to 1, row by row and in double precision; shifted so that nothing overflows. */
export function softmax(scores: Float32Array, width: number): Float64Array {
  const result = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row += width) {
    const part = scores.subarray(row, row + width);
    const top = part.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const powers = Float64Array.from(part, (score) => Math.exp(score - top));
    const sum = powers.reduce((total, power) => total + power, 0);
    result.set(
      powers.map((power) => power / sum),
      row,
    );
  }
  return result;
}

/** A loaded model on tensors of its own. Test metrics and served predictions both come from here. */
export class Predictor {
  readonly target: Target;
  /** The columns the model reads, in its own order. */
  readonly columns: string[];
  readonly #encoder: RowEncoder;

  private constructor(
    readonly preprocessing: Preprocessing,
    private readonly network: ServingNetwork,
  ) {
    this.target = preprocessing.target;
    this.columns = preprocessing.features.map((feature) => feature.column);
    this.#encoder = new RowEncoder(preprocessing.features, this.columns);
  }

  /** The back end must be started. @param allowed engines that may compute; tfjs always may. @throws ARTEFACT_INVALID */
  static async load(bytes: Uint8Array, allowed: readonly Engine[] = engines): Promise<Predictor> {
    if (isOnnxArtefact(bytes)) return Predictor.#loadImported(parseOnnxArtefact(bytes), allowed);
    const artefact = parseArtefact(bytes);
    return new Predictor(artefact.preprocessing, await chooseNetwork(artefact, allowed));
  }

  static async #loadImported(artefact: OnnxArtefact, allowed: readonly Engine[]): Promise<Predictor> {
    if (!allowed.includes("ONNXRUNTIME"))
      throw new Unavailable("This version was imported as ONNX, and onnxruntime may not be used here.");
    return new Predictor(artefact.preprocessing, await ImportedNetwork.load(artefact));
  }

  /** What computes. */
  get engine(): Engine {
    return this.network.engine;
  }

  /** Memory of the weights, and of the vocabularies that find them. */
  get bytes(): number {
    return this.network.bytes + vocabularyBytes(this.preprocessing.features);
  }

  /**
   * A probability for each class, or one number in the target's unit, row by row. A row gives the same bits alone and
   * among others.
   * @param rows cells in the order of `columns`, unless `encoder` was made for another order
   */
  async run(rows: readonly Row[], encoder: RowEncoder = this.#encoder): Promise<Float64Array> {
    const outputs = await this.network.run(encoder.encode(rows), rows.length);
    const { target } = this;
    if (target.type === "REGRESSION")
      return Float64Array.from(outputs, (value) => value * target.deviation + target.mean);
    return target.type === "CUSTOM" ? Float64Array.from(outputs) : softmax(outputs, target.classes.length);
  }

  dispose(): Promise<void> {
    return this.network.dispose();
  }
}
