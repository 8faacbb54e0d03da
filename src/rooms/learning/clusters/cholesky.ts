/**
 * The inverse of the Cholesky factor of a covariance, lower triangular and row by row: it takes deviations from the
 * mean to values that are independent and have a variance of 1. Only the lower triangle of `covariance` is read, which
 * must be positive definite.
 */
export function whiteningOf(covariance: Float64Array, width: number): Float64Array {
  const factor = cholesky(covariance, width);
  const inverse = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    inverse[column * width + column] = 1 / (factor[column * width + column] ?? 1);
    for (let row = column + 1; row < width; row++) {
      let sum = 0;
      for (let at = column; at < row; at++)
        sum += (factor[row * width + at] ?? 0) * (inverse[at * width + column] ?? 0);
      inverse[row * width + column] = -sum / (factor[row * width + row] ?? 1);
    }
  }
  return inverse;
}

/** Lower triangular L with L Lᵀ = `matrix`. A pivot that rounding pushes to zero or below is kept just above it. */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * width + column] ?? 0;
      for (let at = 0; at < column; at++)
        rest -= (factor[row * width + at] ?? 0) * (factor[column * width + at] ?? 0);
      const own = matrix[row * width + row] ?? 0;
      factor[row * width + column] =
        row === column
          ? Math.sqrt(Math.max(rest, own * Number.EPSILON, Number.MIN_VALUE * 2 ** 52))
          : rest / (factor[column * width + column] ?? 1);
    }
  }
  return factor;
}
