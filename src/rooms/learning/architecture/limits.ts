/** Bounds of what a caller may ask for; all are checked on numbers alone, before any memory is taken. */
export const architectureLimits = {
  layers: 32,
  units: 2_048,
  filters: 1_024,
  kernelSize: 32,
  dimensions: 1_024,
  heads: 16,
  /** Wider ones need minutes for their orthogonal beginning alone. */
  recurrentUnits: 512,
  /** A recurrent layer takes its steps one after the other, each with tensors of its own. */
  recurrentSteps: 1_024,
  parameters: 10_000_000,
  /** Of one row in one layer, far beyond any batch that fits: sums of larger numbers would not be exact. */
  rowValues: 2 ** 30,
  /** 1 GiB for all that a batch leaves behind on its way through the network, gradients included. */
  activationBytes: 2 ** 30,
};
