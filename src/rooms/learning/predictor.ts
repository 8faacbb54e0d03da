import { Unavailable } from "../../kernel/errors.js";
import { type Artefact, parseArtefact } from "./artefact.js";
import type { Row } from "./cell.js";
import { chooseNetwork } from "./exchange/choose-network.js";
import { ImportedNetwork } from "./importing/imported-network.js";
import { isOnnxArtefact, type OnnxArtefact, parseOnnxArtefact } from "./importing/onnx-artefact.js";
import { type Engine, engines, type ServingNetwork } from "./predictor-network.js";
import { type Preprocessing, RowEncoder, vocabularyBytes } from "./preprocessing.js";
import { codingOf, decodeForecasts, encodeWindow, type SeriesCoding, windowOf } from "./series/index.js";
import { classesOf, outputWidth, type Target } from "./target.js";

/** Scores to probabilities that sum to 1, row by row and in double precision; shifted so that nothing overflows. */
export function softmax(scores: Float32Array, width: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row += width) {
    let top = Number.NEGATIVE_INFINITY;
    for (let at = row; at < row + width; at++) top = Math.max(top, scores[at] ?? 0);
    let sum = 0;
    for (let at = row; at < row + width; at++) sum += result[at] = Math.exp((scores[at] ?? 0) - top);
    for (let at = row; at < row + width; at++) result[at] = (result[at] ?? 0) / sum;
  }
  return result;
}

/** A loaded model on tensors of its own. Test metrics and served predictions both come from here. */
export class Predictor {
  readonly target: Target;
  /** The columns the model reads, in its own order. */
  readonly columns: string[];
  /** How a series is read and answered; null for every other model. */
  readonly series: SeriesCoding | null;
  readonly #encoder: RowEncoder;

  private constructor(
    readonly preprocessing: Preprocessing,
    private readonly network: ServingNetwork,
  ) {
    this.target = preprocessing.target;
    this.columns = preprocessing.features.map((feature) => feature.column);
    this.series = codingOf(preprocessing);
    this.#encoder = new RowEncoder(this.series ? [] : preprocessing.features, this.columns);
  }

  /** The back end must be started. @param allowed engines that may compute; tfjs always may. @throws ARTEFACT_INVALID */
  static load(bytes: Uint8Array, allowed: readonly Engine[] = engines): Promise<Predictor> {
    if (isOnnxArtefact(bytes)) return Predictor.#loadImported(parseOnnxArtefact(bytes), allowed);
    return Predictor.of(parseArtefact(bytes), allowed);
  }

  /** The same of an artefact that was read already. */
  static async of(artefact: Artefact, allowed: readonly Engine[] = engines): Promise<Predictor> {
    return new Predictor(artefact.preprocessing, await chooseNetwork(artefact, allowed));
  }

  static async #loadImported(artefact: OnnxArtefact, allowed: readonly Engine[]): Promise<Predictor> {
    if (!allowed.includes("ONNXRUNTIME"))
      throw new Unavailable("This version was imported as ONNX, and onnxruntime may not be used here.");
    return new Predictor(artefact.preprocessing, await ImportedNetwork.load(artefact));
  }

  /** Whether a process of its own computes. */
  get apart(): boolean {
    return this.network instanceof ImportedNetwork;
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
   * A probability for each class, or one number in the target's unit, row by row; of a series one number a step ahead.
   * A row gives the same bits alone and among others.
   * @param rows cells in the order of `columns`, unless `encoder` was made for another order; of a series what
   * `observationsOf` made
   */
  async run(rows: readonly Row[], encoder: RowEncoder = this.#encoder): Promise<Float64Array<ArrayBuffer>> {
    const { target } = this;
    if (target.type === "TIME_SERIES") return this.forecast(rows.map(windowOf));
    return this.runEncoded(encoder.encode(rows), rows.length);
  }

  /** The same for rows that are encoded already. */
  async runEncoded(matrix: Float32Array, rows: number): Promise<Float64Array<ArrayBuffer>> {
    const { target } = this;
    const outputs = await this.network.run(matrix, rows);
    if (target.type === "REGRESSION")
      return Float64Array.from(outputs, (value) => value * target.deviation + target.mean);
    return classesOf(target) ? softmax(outputs, outputWidth(target)) : Float64Array.from(outputs);
  }

  /**
   * What comes after each window, in the unit of the series: `horizon` numbers a window. A window gives the same bits
   * alone and among others. @param windows [window, channels] each
   */
  async forecast(windows: readonly Float64Array[]): Promise<Float64Array<ArrayBuffer>> {
    const { series } = this;
    const width = windows[0]?.length ?? 0;
    if (!series || width === 0) return new Float64Array();
    const matrix = new Float32Array(windows.length * width);
    windows.forEach((window, index) => encodeWindow(series, window, matrix, index * width));
    return decodeForecasts(series, windows, await this.network.run(matrix, windows.length));
  }

  dispose(): Promise<void> {
    return this.network.dispose();
  }
}
