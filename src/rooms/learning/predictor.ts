import { type Artefact, parseArtefact } from "./artefact.js";
import type { Row } from "./cell.js";
import { ForwardNetwork } from "./network.forward.js";
import { RowEncoder } from "./preprocessing.js";
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
  readonly #network: ForwardNetwork;

  private constructor(readonly artefact: Artefact) {
    const { preprocessing, architecture, weights } = artefact;
    this.target = preprocessing.target;
    const inputs = new RowEncoder(preprocessing.features, []).width;
    this.#network = new ForwardNetwork(architecture, weights, inputs, outputWidth(this.target));
  }

  /** The back end must be started. @throws ARTEFACT_INVALID */
  static load(bytes: Uint8Array): Predictor {
    return new Predictor(parseArtefact(bytes));
  }

  get bytes(): number {
    return this.#network.bytes;
  }

  /** The columns the model reads, in its own order. */
  get columns(): string[] {
    return this.artefact.preprocessing.features.map((feature) => feature.column);
  }

  /** A probability for each class, or one number in the target's unit, row by row. */
  run(columns: readonly string[], rows: readonly Row[]): Float64Array {
    const matrix = new RowEncoder(this.artefact.preprocessing.features, columns).encode(rows);
    const outputs = this.#network.run(matrix, rows.length);
    const { target } = this;
    if (target.type === "CLASSIFICATION") return softmax(outputs, target.classes.length);
    return Float64Array.from(outputs, (value) => value * target.deviation + target.mean);
  }

  dispose(): void {
    this.#network.dispose();
  }
}
