/** Rows as points, one after the other. Kept in single precision as they were encoded, computed on in double. */
export interface Points {
  values: Float32Array;
  rows: number;
  width: number;
}

/** The columns in which at least two rows differ: the others say nothing of clusters and would have no variance. */
export function varyingColumns({ values, rows, width }: Points): number[] {
  const varies = new Uint8Array(width);
  for (let row = 1; row < rows; row++)
    for (let column = 0; column < width; column++)
      if (values[row * width + column] !== values[column]) varies[column] = 1;
  return Array.from(varies.keys()).filter((column) => varies[column] === 1);
}

/** The same rows in these columns alone. */
export function pickColumns({ values, rows, width }: Points, columns: readonly number[]): Points {
  const picked = new Float32Array(rows * columns.length);
  let at = 0;
  for (let row = 0; row < rows; row++)
    // Zero is added because there are two zeros, which would make equal rows differ in their bytes.
    for (const column of columns) picked[at++] = (values[row * width + column] ?? 0) + 0;
  return { values: picked, rows, width: columns.length };
}

/** How many different rows there are, counted up to `most`. */
export function distinctRows({ values, rows, width }: Points, most: number): number {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const seen = new Set<string>();
  for (let row = 0; row < rows && seen.size < most; row++)
    seen.add(bytes.toString("latin1", row * width * 4, (row + 1) * width * 4));
  return seen.size;
}

/** Mean of the columns' variances; the scale by which variances of clusters are kept from vanishing. */
export function meanVariance({ values, rows, width }: Points): number {
  let total = 0;
  for (let column = 0; column < width; column++) {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) sum += values[row * width + column] ?? 0;
    const mean = sum / rows;
    for (let row = 0; row < rows; row++) squares += ((values[row * width + column] ?? 0) - mean) ** 2;
    total += squares / rows;
  }
  return total / width;
}

/** Squared distance of a row from the point that begins at `at` in `centres`. */
export function squaredDistance(
  { values, width }: { values: ArrayLike<number>; width: number },
  row: number,
  centres: ArrayLike<number>,
  at: number,
): number {
  let sum = 0;
  const from = row * width;
  for (let column = 0; column < width; column++) {
    const difference = (values[from + column] ?? 0) - (centres[at + column] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** The values of one row, not copied: [width]. */
export const rowOf = ({ values, width }: Points, row: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);
