import { sigmoid4, tanh4 } from "./exponential";
import { gemm, gemmWith } from "./gemm";
import { inputGradients, recurrentGradient } from "./recurrent";

// Gated recurrent unit (Cho et al., 2014) with gates in Keras' order, update, reset, candidate, and the reset applied
// before the product. Sequences are [batch, time, …]; `units` is a multiple of four, others are left to tfjs.

/** Writes gates [batch, time, 3 units] after their activations, resets (reset · past) and outputs [batch, time, units]. */
export function gru(
  x: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  gates: usize,
  resets: usize,
  outputs: usize,
  batch: i32,
  time: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  const wide = 3 * units;
  const candidate = (<usize>(2 * units)) << 2;
  const rows = batch * time;
  gemmWith(x, inputs, 1, kernel, wide, 1, gates, wide, rows, wide, inputs, bias, 0, false, scratch);
  for (let t = 0; t < time; t++) {
    const before = outputs + ((<usize>((t - 1) * units)) << 2);
    const now = gates + ((<usize>(t * wide)) << 2);
    const reset = resets + ((<usize>(t * units)) << 2);
    const rowStep = time * units;
    const gateStep = time * wide;
    if (t > 0)
      gemm(before, rowStep, 1, recurrent, wide, 1, now, gateStep, batch, 2 * units, units, true, scratch);
    for (let b = 0; b < batch; b++) resetRow(gates, resets, outputs, b * time + t, units, t > 0);
    if (t > 0)
      gemm(
        reset,
        rowStep,
        1,
        recurrent + candidate,
        wide,
        1,
        now + candidate,
        gateStep,
        batch,
        units,
        units,
        true,
        scratch,
      );
    for (let b = 0; b < batch; b++) outputRow(gates, outputs, b * time + t, units, t > 0);
  }
}

function resetRow(gates: usize, resets: usize, outputs: usize, at: i32, units: i32, hasPast: bool): void {
  const bytes = (<usize>units) << 2;
  const gate = gates + <usize>at * 3 * bytes;
  const reset = resets + <usize>at * bytes;
  const output = outputs + <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16) {
    const r = sigmoid4(v128.load(gate + bytes + u));
    const past = hasPast ? v128.load(output + u - bytes) : f32x4.splat(0);
    v128.store(gate + u, sigmoid4(v128.load(gate + u)));
    v128.store(gate + bytes + u, r);
    v128.store(reset + u, f32x4.mul(r, past));
  }
}

function outputRow(gates: usize, outputs: usize, at: i32, units: i32, hasPast: bool): void {
  const bytes = (<usize>units) << 2;
  const gate = gates + <usize>at * 3 * bytes;
  const output = outputs + <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16) {
    const z = v128.load(gate + u);
    const candidate = tanh4(v128.load(gate + 2 * bytes + u));
    const past = hasPast ? v128.load(output + u - bytes) : f32x4.splat(0);
    v128.store(gate + 2 * bytes + u, candidate);
    v128.store(output + u, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(past, candidate))));
  }
}

/**
 * Gradients to all of the inputs from that of every output. `dGates` has the gates' size; `carry` holds two numbers
 * for each of batch×units.
 */
export function gruGradient(
  x: usize,
  kernel: usize,
  recurrent: usize,
  gates: usize,
  resets: usize,
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
  const wide = 3 * units;
  const candidate = (<usize>(2 * units)) << 2;
  const gateStep = time * wide;
  const dResets = carry + ((<usize>(batch * units)) << 2);
  memory.fill(carry, 0, (<usize>(batch * units)) << 2);
  for (let t = time - 1; t >= 0; t--) {
    const now = dGates + ((<usize>(t * wide)) << 2);
    for (let b = 0; b < batch; b++) {
      const row = (<usize>(b * units)) << 2;
      outputGradient(gates, outputs, dy, dGates, carry + row, b * time + t, units, t > 0);
    }
    gemm(
      now + candidate,
      gateStep,
      1,
      recurrent + candidate,
      1,
      wide,
      dResets,
      units,
      batch,
      units,
      units,
      false,
      scratch,
    );
    for (let b = 0; b < batch; b++) {
      const row = (<usize>(b * units)) << 2;
      resetGradient(gates, outputs, dGates, dResets + row, carry + row, b * time + t, units, t > 0);
    }
    gemm(now, gateStep, 1, recurrent, 1, wide, carry, units, batch, units, 2 * units, true, scratch);
  }
  inputGradients(x, kernel, dGates, dx, dKernel, dBias, batch * time, inputs, wide, scratch);
  recurrentGradient(outputs, dGates, dRecurrent, batch, time, units, 2 * units, wide, scratch);
  const to = dRecurrent + candidate;
  gemm(resets, 1, units, dGates + candidate, wide, 1, to, wide, units, units, batch * time, false, scratch);
}

function outputGradient(
  gates: usize,
  outputs: usize,
  dy: usize,
  dGates: usize,
  carry: usize,
  at: i32,
  units: i32,
  hasPast: bool,
): void {
  const one = f32x4.splat(1);
  const bytes = (<usize>units) << 2;
  const gate = gates + <usize>at * 3 * bytes;
  const to = dGates + <usize>at * 3 * bytes;
  const output = outputs + <usize>at * bytes;
  dy += <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16) {
    const z = v128.load(gate + u);
    const candidate = v128.load(gate + 2 * bytes + u);
    const past = hasPast ? v128.load(output + u - bytes) : f32x4.splat(0);
    const dh = f32x4.add(v128.load(dy + u), v128.load(carry + u));
    const keep = f32x4.sub(one, z);
    const dz = f32x4.mul(dh, f32x4.sub(past, candidate));
    v128.store(to + u, f32x4.mul(dz, f32x4.mul(z, keep)));
    const slope = f32x4.sub(one, f32x4.mul(candidate, candidate));
    v128.store(to + 2 * bytes + u, f32x4.mul(f32x4.mul(dh, keep), slope));
    v128.store(carry + u, f32x4.mul(dh, z));
  }
}

function resetGradient(
  gates: usize,
  outputs: usize,
  dGates: usize,
  dReset: usize,
  carry: usize,
  at: i32,
  units: i32,
  hasPast: bool,
): void {
  const bytes = (<usize>units) << 2;
  const gate = gates + (<usize>at * 3 + 1) * bytes;
  const to = dGates + (<usize>at * 3 + 1) * bytes;
  const output = outputs + <usize>at * bytes;
  for (let u: usize = 0; u < bytes; u += 16) {
    const r = v128.load(gate + u);
    const past = hasPast ? v128.load(output + u - bytes) : f32x4.splat(0);
    const d = v128.load(dReset + u);
    const slope = f32x4.mul(r, f32x4.sub(f32x4.splat(1), r));
    v128.store(to + u, f32x4.mul(f32x4.mul(d, past), slope));
    v128.store(carry + u, f32x4.add(v128.load(carry + u), f32x4.mul(d, r)));
  }
}
