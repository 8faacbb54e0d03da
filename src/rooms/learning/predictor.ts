import { type Artefact, parseArtefact } from "./artefact.js";
import type { Row } from "./cell.js";
import { type Forward, forwardNetwork } from "./network/index.js";
import { inputShapeOf, RowEncoder, vocabularyBytes } from "./preprocessing.js";
import { outputWidth, type Target } from "./target.js";

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
  readonly #network: Forward;
  readonly #encoder: RowEncoder;

  private constructor(readonly artefact: Artefact) {
    const { preprocessing, architecture, weights } = artefact;
    this.target = preprocessing.target;
    this.columns = preprocessing.features.map((feature) => feature.column);
    this.#encoder = new RowEncoder(preprocessing.features, this.columns);
    this.#network = forwardNetwork(
      architecture,
      weights,
      inputShapeOf(preprocessing),
      outputWidth(this.target),
    );
  }

  /** The back end must be started. @throws ARTEFACT_INVALID */
  static load(bytes: Uint8Array): Predictor {
    return new Predictor(parseArtefact(bytes));
  }

  /** Memory of the weights, and of the vocabularies that find them. */
  get bytes(): number {
    return this.#network.bytes + vocabularyBytes(this.artefact.preprocessing.features);
  }

  /**
   * A probability for each class, or one number in the target's unit, row by row. A row gives the same bits alone and
   * among others.
   * @param rows cells in the order of `columns`, unless `encoder` was made for another order
   */
  run(rows: readonly Row[], encoder: RowEncoder = this.#encoder): Float64Array {
    const outputs = this.#network.run(encoder.encode(rows), rows.length);
    const { target } = this;
    if (target.type !== "REGRESSION") return softmax(outputs, target.classes.length);
    return Float64Array.from(outputs, (value) => value * target.deviation + target.mean);
  }

  dispose(): void {
    this.#network.dispose();
  }
}
