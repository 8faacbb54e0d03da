/** Negative numbers become zero, in place; NaN stays NaN, so that a diverged training is seen. */
export function rectify(at: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4, at += 16) v128.store(at, f32x4.max(v128.load(at), zero));
  for (; i < count; i++, at += 4) store<f32>(at, max<f32>(load<f32>(at), 0));
}
