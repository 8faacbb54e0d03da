import { existsSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

type KernelName =
  | "adam"
  | "attention"
  | "attentionGradient"
  | "binary"
  | "comparison"
  | "convolution"
  | "convolutionFilterGradient"
  | "convolutionInputGradient"
  | "crossEntropy"
  | "dense"
  | "denseGradient"
  | "denseInputGradient"
  | "depthwiseGradient"
  | "gemmBatch"
  | "gru"
  | "gruGradient"
  | "layerNormalization"
  | "layerNormalizationGradient"
  | "lstm"
  | "lstmGradient"
  | "maxMiddle"
  | "maxMiddleGradient"
  | "maxPoolGradient"
  | "segmentSum"
  | "sumMiddle"
  | "sumsGradient"
  | "winograd"
  | "winogradFilterGradient";

/** What is compiled from `kernels/`. Places are byte offsets in tfjs's heap, sizes and steps are in numbers. */
export type KernelModule = Record<KernelName, (...operands: number[]) => void> & {
  gemmScratch(): number;
  prepare(): void;
  widen(): void;
  gatherRows(...operands: number[]): number;
  fusesProducts(a: number, b: number, c: number): number;
};

/** Node has WebAssembly; the type library of its language level leaves it out. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number }) => object;
  Instance: new (module: object, imports: object) => { exports: object };
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

const compiled = new URL("kernels.wasm", import.meta.url);

/** V8 of Node 24. That of Node 22 knows the option too, but leaves these kernels as they are. */
const widens = process.arch === "x64" && process.versions.v8.startsWith("13.");

// Vectors of four numbers in pairs become vectors of eight where the processor has them (AVX2): the same operations on
// the same numbers, so that no bit changes. V8 counts it as experimental, so it is on only while these kernels are
// compiled: at once, and by the optimising compiler alone, as it would otherwise compile them one by one later. The
// options are those of all threads; threads that load them later are given by V8 what the process compiled first.
const widening = ["experimental-wasm-revectorize", "no-liftoff", "no-wasm-lazy-compilation"];
const usual = ["no-experimental-wasm-revectorize", "liftoff", "wasm-lazy-compilation"];

const setOptions = (names: readonly string[]): void =>
  names.forEach((name) => setFlagsFromString(`--${name}`));

function compile(): object {
  if (!existsSync(compiled))
    throw new Error("The compute kernels are not compiled. Run: node scripts/prepare.mjs");
  const bytes = readFileSync(compiled);
  if (!widens) return new wasm.Module(bytes);
  setOptions(widening);
  try {
    return new wasm.Module(bytes);
  } finally {
    setOptions(usual);
  }
}

let module: object | undefined;

/** The compiled kernels, working on the memory given. They keep no data of their own in it. */
export function loadKernels(memory: object): KernelModule {
  module ??= compile();
  const kernels = new wasm.Instance(module, { env: { memory } }).exports as KernelModule;
  kernels.prepare();
  if (widens) kernels.widen();
  return kernels;
}

/**
 * Whether this processor rounds a product and the sum it goes into once instead of twice (all of today's do), which
 * changes the last bits of weights. It also proves that the kernels need no page of memory for data of their own, which
 * would lie over tfjs's. Multiplies two numbers whose exact product differs from its rounding.
 */
export function fusesProducts(): boolean {
  if (!existsSync(compiled)) return false;
  const factor = 1 + 2 ** -12;
  return loadKernels(new wasm.Memory({ initial: 0 })).fusesProducts(factor, factor, -(1 + 2 ** -11)) !== 0;
}
