/** What computed a prediction. */
export const engines = ["ONNXRUNTIME", "TFJS"] as const;
export type Engine = (typeof engines)[number];

/** A trained network, loaded to answer. */
export interface ServingNetwork {
  readonly engine: Engine;
  /** Memory it holds until it is disposed of. */
  readonly bytes: number;
  /**
   * Class scores before the softmax, or standardised numbers, row by row. A row gives the same bits alone and among
   * others.
   */
  run(matrix: Float32Array, rows: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}
