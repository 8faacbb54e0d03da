import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { type KernelModule, loadKernels } from "../../../../src/rooms/learning/compute/kernel-module.js";

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number }) => object & { buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { exports: object };
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
const compiled = new URL("../../../../src/rooms/learning/compute/kernels.wasm", import.meta.url);

/** An empty section of the module, so that V8 compiles it anew instead of taking what it has for the same bytes. */
const section = Uint8Array.of(0, 2, 1, 0x78);

/** As V8 compiles what it is given without a word, four numbers at a time. */
function plainKernels(memory: object): KernelModule {
  const module = new wasm.Module(Buffer.concat([readFileSync(compiled), section]));
  const kernels = new wasm.Instance(module, { env: { memory } }).exports as KernelModule;
  kernels.prepare();
  return kernels;
}

interface Case {
  kernels: KernelModule;
  /** Places of numbers, the same in both memories; random ones unless they are results. */
  place: (count: number) => number;
  scratch: number;
}

const pages = 64;
const scratchBytes = 2 ** 20;

/** The memory after the work, on kernels that are compiled one way or the other. */
function memoryAfter(load: (memory: object) => KernelModule, work: (given: Case) => void): Buffer {
  const memory = new wasm.Memory({ initial: pages });
  const numbers = new Float32Array(memory.buffer);
  for (let at = 0; at < numbers.length; at++) numbers[at] = Math.sin(at * 1.7) * (1 + (at % 13));
  let next = scratchBytes;
  const place = (count: number): number => {
    const at = next;
    next += Math.ceil(count / 4) * 16;
    return at;
  };
  work({ kernels: load(memory), place, scratch: 0 });
  return Buffer.from(memory.buffer);
}

function expectSameBits(work: (given: Case) => void): void {
  const [wide, plain] = [loadKernels, plainKernels].map((load) => memoryAfter(load, work));
  expect(wide?.equals(plain ?? Buffer.alloc(0))).to.equal(true);
}

const side = fc.integer({ min: 1, max: 50 });

describe("kernels in vectors of eight numbers", () => {
  it("give the very bits of those in vectors of four: products of any sides, transposed, with bias and relu", () => {
    const yes = fc.boolean();
    fc.assert(
      fc.property(side, side, side, yes, yes, yes, yes, (rows, columns, depth, left, right, bias, relu) =>
        expectSameBits(({ kernels, place, scratch }) => {
          const [a, b, c, plus] = [rows * depth, depth * columns, rows * columns, columns].map(place);
          const aSteps = left ? [1, rows] : [depth, 1];
          const bSteps = right ? [1, depth] : [columns, 1];
          const [from, to] = [
            [a ?? 0, ...aSteps, 0, b ?? 0, ...bSteps, 0],
            [bias ? (plus ?? 0) : 0, relu ? 1 : 0, c ?? 0, 1, rows, columns, depth, scratch],
          ];
          kernels.gemmBatch(...(from ?? []), ...(to ?? []));
        }),
      ),
      { numRuns: 40 },
    );
  });

  it("give the same bits over every block's edge", () =>
    expectSameBits(({ kernels, place, scratch }) => {
      const [rows, columns, depth] = [101, 523, 300];
      const [a = 0, b = 0, c = 0] = [rows * depth, depth * columns, rows * columns].map(place);
      kernels.gemmBatch(a, depth, 1, 0, b, columns, 1, 0, 0, 0, c, 1, rows, columns, depth, scratch);
    }));

  it("give the same bits for attention and its gradient", () =>
    expectSameBits(({ kernels, place, scratch }) => {
      const [batch, places, width, heads] = [2, 11, 12, 3];
      const operand = batch * places * width;
      const [queries = 0, keys = 0, values = 0, out = 0, dy = 0] = Array.from({ length: 5 }, () =>
        place(operand),
      );
      const gradients = Array.from({ length: 3 }, () => place(operand));
      const shares = place(batch * heads * places * 12);
      const sizes = [batch, places, places, width, width, heads];
      kernels.attention(queries, keys, values, 0, shares, out, ...sizes, 1, scratch);
      const known = [queries, keys, values, 0, shares, dy, ...gradients, place(places * 12)];
      kernels.attentionGradient(...known, ...sizes, scratch);
    }));

  it("give the same bits for layer normalisation, sums and largest numbers", () =>
    expectSameBits(({ kernels, place }) => {
      const [rows, size] = [9, 37];
      const [x = 0, y = 0, dy = 0, dx = 0] = Array.from({ length: 4 }, () => place(rows * size));
      const [gamma = 0, beta = 0, dGamma = 0, dBeta = 0] = Array.from({ length: 4 }, () => place(size));
      kernels.layerNormalization(x, gamma, beta, y, rows, size, 1e-3);
      kernels.layerNormalizationGradient(x, gamma, dy, dx, dGamma, dBeta, rows, size, 1e-3);
      kernels.sumMiddle(x, place(size), 1, rows, size);
      kernels.maxMiddle(x, place(size), 1, rows, size);
    }));

  it("give the same bits for a step of Adam", () =>
    expectSameBits(({ kernels, place }) => {
      const count = 61;
      const tensors = Array.from({ length: 7 }, () => place(count));
      // The mean of squares is never negative; its root would be no number.
      kernels.binary(2, tensors[2] ?? 0, tensors[2] ?? 0, tensors[2] ?? 0, 1, 1, count, 0, 0, 1, 0, 0, 1);
      kernels.adam(...tensors, count, 0.9, 0.999, 0.1, 0.001, 0.001, 1e-7, 1);
    }));
});
