/** Normally distributed (Box and Muller 1958), drawn from `Math.random`, which training has seeded. */
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);

function subtract(from: Float64Array, what: Float64Array, factor: number): void {
  for (let place = 0; place < from.length; place++)
    from[place] = (from[place] ?? 0) - factor * (what[place] ?? 0);
}

/** Rows of length 1 that are at right angles to each other, by the modified Gram–Schmidt process. */
function orthonormal(size: number): Float64Array[] {
  const done: Float64Array[] = [];
  for (let index = 0; index < size; index++) {
    const row = Float64Array.from({ length: size }, normal);
    for (const other of done) subtract(row, other, dot(row, other));
    const length = Math.sqrt(dot(row, row));
    done.push(row.map((value) => value / length));
  }
  return done;
}

/**
 * A recurrent kernel [units, gates × units] that is orthogonal in each gate, so that states neither fade nor explode
 * over many steps (Saxe et al. 2014). The library's own goes through a QR in tensors and takes seconds.
 */
export function orthogonalKernel(units: number, gates: number): Float32Array {
  const kernel = new Float32Array(units * gates * units);
  for (let gate = 0; gate < gates; gate++) {
    orthonormal(units).forEach((row, at) => kernel.set(row, at * gates * units + gate * units));
  }
  return kernel;
}
