/** A trained network as it serves, on tensors of its own. */
export interface Forward {
  /** Memory of the weights. */
  readonly bytes: number;
  /** Class scores before the softmax, or standardised numbers: `outputs` values a row. */
  run(matrix: Float32Array, rows: number): Float32Array;
  dispose(): void;
}
