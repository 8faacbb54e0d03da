import { sigmoid4, tanh4 } from "./exponential";
import { gemm, gemmWith } from "./gemm";
import { inputGradients, recurrentGradient } from "./recurrent";

// Long short-term memory (Hochreiter and Schmidhuber, 1997) with gates in Keras' order: input, forget, candidate,
// output. Sequences are [batch, time, …]; `units` is a multiple of four, others are left to tfjs.

/** Writes gates [batch, time, 4 units] after their activations, cells and outputs [batch, time, units]. */
export function lstm(
  x: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  gates: usize,
  cells: usize,
  outputs: usize,
  batch: i32,
  time: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  const wide = 4 * units;
  const rows = batch * time;
  gemmWith(x, inputs, 1, kernel, wide, 1, gates, wide, rows, wide, inputs, bias, 0, false, scratch);
  for (let t = 0; t < time; t++) {
    const before = outputs + ((<usize>((t - 1) * units)) << 2);
    const now = gates + ((<usize>(t * wide)) << 2);
    if (t > 0)
      gemm(before, time * units, 1, recurrent, wide, 1, now, time * wide, batch, wide, units, true, scratch);
    for (let b = 0; b < batch; b++) {
      const at = b * time + t;
      stepRow(gates + ((<usize>(at * wide)) << 2), cells, outputs, at, units, t > 0);
    }
  }
}

function stepRow(gate: usize, cells: usize, outputs: usize, at: i32, units: i32, hasPast: bool): void {
  const bytes = (<usize>units) << 2;
  const cell = cells + <usize>at * bytes;
  const output = outputs + <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16, gate += 16) {
    const i = sigmoid4(v128.load(gate));
    const f = sigmoid4(v128.load(gate + bytes));
    const g = tanh4(v128.load(gate + 2 * bytes));
    const o = sigmoid4(v128.load(gate + 3 * bytes));
    v128.store(gate, i);
    v128.store(gate + bytes, f);
    v128.store(gate + 2 * bytes, g);
    v128.store(gate + 3 * bytes, o);
    let c = f32x4.mul(i, g);
    if (hasPast) c = f32x4.add(c, f32x4.mul(f, v128.load(cell + u - bytes)));
    v128.store(cell + u, c);
    v128.store(output + u, f32x4.mul(o, tanh4(c)));
  }
}

/**
 * Gradients to all of the inputs from that of every output. `dGates` has the gates' size; `carry` holds two numbers
 * for each of batch×units.
 */
export function lstmGradient(
  x: usize,
  kernel: usize,
  recurrent: usize,
  gates: usize,
  cells: usize,
  outputs: usize,
  dy: usize,
  dx: usize,
  dKernel: usize,
  dRecurrent: usize,
  dBias: usize,
  dGates: usize,
  carry: usize,
  batch: i32,
  time: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  const wide = 4 * units;
  const dCells = carry + ((<usize>(batch * units)) << 2);
  memory.fill(carry, 0, (<usize>(2 * batch * units)) << 2);
  for (let t = time - 1; t >= 0; t--) {
    for (let b = 0; b < batch; b++) {
      const at = b * time + t;
      const row = (<usize>(b * units)) << 2;
      stepGradient(gates, cells, dy, dGates, carry + row, dCells + row, at, units, t > 0);
    }
    const now = dGates + ((<usize>(t * wide)) << 2);
    gemm(now, time * wide, 1, recurrent, 1, wide, carry, units, batch, units, wide, false, scratch);
  }
  inputGradients(x, kernel, dGates, dx, dKernel, dBias, batch * time, inputs, wide, scratch);
  recurrentGradient(outputs, dGates, dRecurrent, batch, time, units, wide, wide, scratch);
}

function stepGradient(
  gates: usize,
  cells: usize,
  dy: usize,
  dGates: usize,
  dOutput: usize,
  dCell: usize,
  at: i32,
  units: i32,
  hasPast: bool,
): void {
  const one = f32x4.splat(1);
  const bytes = (<usize>units) << 2;
  let gate = gates + <usize>at * 4 * bytes;
  let to = dGates + <usize>at * 4 * bytes;
  const cell = cells + <usize>at * bytes;
  dy += <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16, gate += 16, to += 16) {
    const i = v128.load(gate);
    const f = v128.load(gate + bytes);
    const g = v128.load(gate + 2 * bytes);
    const o = v128.load(gate + 3 * bytes);
    const squashed = tanh4(v128.load(cell + u));
    const dh = f32x4.add(v128.load(dy + u), v128.load(dOutput + u));
    const through = f32x4.mul(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(squashed, squashed)));
    const dc = f32x4.add(v128.load(dCell + u), through);
    const past = hasPast ? v128.load(cell + u - bytes) : f32x4.splat(0);
    v128.store(to, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))));
    v128.store(to + bytes, f32x4.mul(f32x4.mul(dc, past), f32x4.mul(f, f32x4.sub(one, f))));
    v128.store(to + 2 * bytes, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))));
    v128.store(to + 3 * bytes, f32x4.mul(f32x4.mul(dh, squashed), f32x4.mul(o, f32x4.sub(one, o))));
    v128.store(dCell + u, f32x4.mul(dc, f));
  }
}
