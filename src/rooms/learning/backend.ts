import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { type BackendWasm, setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { backend, env, setBackend } from "@tensorflow/tfjs-core";

/** Stored with every model: weights of the same seed differ between back ends and between versions of one. */
export const kernels = { backend: "wasm", version: version_wasm } as const;

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

async function start(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
  setWasmPaths(folder + sep);
  // Threads are slower or broken in Node, and the order of their sums would make weights differ between runs.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await withoutNewListeners(() => setBackend("wasm"));
}

let started: Promise<void> | undefined;

/** Loads the WebAssembly kernels once a process or thread, from the package's own folder. */
export const startBackend = (): Promise<void> => (started ??= start());

/** Size of the WebAssembly heap, which only ever grows. */
export const heapBytes = (): number =>
  (backend() as BackendWasm & { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
