/**
 * One step of Adam (Kingma and Ba, 2015) for `count` numbers: new value and moments from the old ones and the
 * gradient. `correction1` and `correction2` are one minus the powers of the betas. `kept` is what weight decay leaves of
 * the old value, beside the gradient (AdamW: Loshchilov and Hutter, 2019); 1 is no decay, to the bit.
 */
export function adam(
  value: usize,
  first: usize,
  second: usize,
  gradient: usize,
  newValue: usize,
  newFirst: usize,
  newSecond: usize,
  count: i32,
  beta1: f32,
  beta2: f32,
  correction1: f32,
  correction2: f32,
  rate: f32,
  epsilon: f32,
  kept: f32,
): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = (<usize>i) << 2;
    const g = v128.load(gradient + at);
    const m = f32x4.add(
      f32x4.mul(v128.load(first + at), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(1 - beta1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(second + at), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(1 - beta2)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2))), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.div(m, f32x4.splat(correction1)), root);
    v128.store(newFirst + at, m);
    v128.store(newSecond + at, v);
    v128.store(
      newValue + at,
      f32x4.sub(f32x4.mul(v128.load(value + at), f32x4.splat(kept)), f32x4.mul(step, f32x4.splat(rate))),
    );
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2;
    const g = load<f32>(gradient + at);
    const m: f32 = load<f32>(first + at) * beta1 + g * (1 - beta1);
    const v: f32 = load<f32>(second + at) * beta2 + g * g * (1 - beta2);
    store<f32>(newFirst + at, m);
    store<f32>(newSecond + at, v);
    const step: f32 = m / correction1 / (sqrt<f32>(v / correction2) + epsilon);
    store<f32>(newValue + at, load<f32>(value + at) * kept - step * rate);
  }
}
