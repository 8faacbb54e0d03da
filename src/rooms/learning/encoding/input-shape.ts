/** How the network sees the values of one row. A table is `{ shape: [width] }`. */
export interface InputShape {
  /** Without the batch; each row has the product of its sides as values. */
  shape: number[];
  /** Set where the values are token numbers: they are whole, from 0 to `vocabulary` - 1. */
  vocabulary?: number;
}
