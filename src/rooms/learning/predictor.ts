import { type Artefact, parseArtefact } from "./artefact.js";
import type { Row } from "./cell.js";
import { chooseNetwork } from "./exchange/choose-network.js";
import { type Engine, engines, type ServingNetwork } from "./predictor-network.js";
import { RowEncoder, vocabularyBytes } from "./preprocessing.js";
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
    readonly artefact: Artefact,
    private readonly network: ServingNetwork,
  ) {
    const { preprocessing } = artefact;
    this.target = preprocessing.target;
    this.columns = preprocessing.features.map((feature) => feature.column);
    this.#encoder = new RowEncoder(preprocessing.features, this.columns);
  }

  /** The back end must be started. @param allowed engines that may compute; tfjs always may. @throws ARTEFACT_INVALID */
  static async load(bytes: Uint8Array, allowed: readonly Engine[] = engines): Promise<Predictor> {
    const artefact = parseArtefact(bytes);
    return new Predictor(artefact, await chooseNetwork(artefact, allowed));
  }

  /** What computes. */
  get engine(): Engine {
    return this.network.engine;
  }

  /** Memory of the weights, and of the vocabularies that find them. */
  get bytes(): number {
    return this.network.bytes + vocabularyBytes(this.artefact.preprocessing.features);
  }

  /**
   * A probability for each class, or one number in the target's unit, row by row. A row gives the same bits alone and
   * among others.
   * @param rows cells in the order of `columns`, unless `encoder` was made for another order
   */
  async run(rows: readonly Row[], encoder: RowEncoder = this.#encoder): Promise<Float64Array> {
    return this.runEncoded(encoder.encode(rows), rows.length);
  }

  /** The same for rows that are encoded already. */
  async runEncoded(matrix: Float32Array, rows: number): Promise<Float64Array> {
    const outputs = await this.network.run(matrix, rows);
    const { target } = this;
    if (target.type !== "REGRESSION") return softmax(outputs, target.classes.length);
    return Float64Array.from(outputs, (value) => value * target.deviation + target.mean);
  }

  dispose(): Promise<void> {
    return this.network.dispose();
  }
}
