import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { env, setBackend } from "@tensorflow/tfjs-core";
import { TrainingLimitExceeded } from "../errors.js";
import { Heap, type WasmBackend, wasmBackend } from "./heap.js";
import { fusesProducts, loadKernels } from "./kernel-module.js";
import { registerKernels } from "./register.js";

/** Raised with every change of a kernel that may change a bit of its results. */
const kernelVersion = 2;

/** A checkpoint of a processor that rounds otherwise could not be resumed to the bit, so it counts as another version. */
const rounding = fusesProducts() ? ".fma" : "";

/** Stored with every model: weights of the same seed differ between back ends and between versions of one. */
export const kernels = { backend: "wasm", version: `${version_wasm}+${kernelVersion}${rounding}` } as const;

type Listener = (...args: unknown[]) => void;
const fatal = ["uncaughtException", "unhandledRejection"] as const;

/** The compiled module's loader installs process-wide handlers; ours, or Node's, must stay the only ones. */
async function withoutNewListeners(work: () => Promise<unknown>): Promise<void> {
  const before = new Map(fatal.map((event) => [event, new Set(process.rawListeners(event))]));
  await work();
  for (const event of fatal) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.has(listener)) process.off(event, listener as Listener);
    }
  }
}

const addressable = 2 ** 32;

/**
 * The kernels' allocator answers 0 when memory is out, and takes a size beyond 4 GiB modulo 4 GiB; tfjs goes on with
 * either and writes over other tensors. Refusing here turns both into a declared failure.
 */
function refuseFailedAllocations({ wasm }: WasmBackend): void {
  // The loader's entry is a stub that puts the real function in its own place, and in ours, when first called.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const place = bytes < addressable ? allocate(bytes) : 0;
    if (place === 0 && bytes > 0) throw new TrainingLimitExceeded();
    return place;
  };
}

async function start(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
  setWasmPaths(folder + sep);
  // Threads are slower or broken in Node, and the order of their sums would make weights differ between runs.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await withoutNewListeners(() => setBackend("wasm"));
  refuseFailedAllocations(wasmBackend());
  registerKernels(new Heap(loadKernels(wasmBackend().wasm.asm.memory)));
}

let started: Promise<void> | undefined;

/** Loads the WebAssembly kernels once a process or thread, from the package's own folder. */
export const startBackend = (): Promise<void> => (started ??= start());

/** Size of the WebAssembly heap, which only ever grows. */
export const heapBytes = (): number => wasmBackend().wasm.HEAPU8.byteLength;
