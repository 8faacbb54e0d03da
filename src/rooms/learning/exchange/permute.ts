const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** The values with their axes in another order, as numpy's `transpose`: axis `order[i]` becomes axis `i`. */
export function permute(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const result = new Float32Array(values.length);
  const steps = order.map((axis) => sizeOf(shape.slice(axis + 1)));
  const sides = order.map((axis) => shape[axis] ?? 1);
  const places = sides.map(() => 0);
  let from = 0;
  for (let at = 0; at < result.length; at++) {
    result[at] = values[from] ?? 0;
    // Counts up like an odometer; each wheel that turns over takes its whole way back.
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const [side, step] = [sides[axis] ?? 1, steps[axis] ?? 0];
      from += step;
      places[axis] = (places[axis] ?? 0) + 1;
      if ((places[axis] ?? 0) < side) break;
      places[axis] = 0;
      from -= step * side;
    }
  }
  return result;
}
