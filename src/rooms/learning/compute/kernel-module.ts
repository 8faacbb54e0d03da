import { readFile } from "node:fs/promises";

/** What is compiled from `kernels/`. Places are byte offsets in tfjs's heap, sizes and steps are in numbers. */
export interface KernelModule {
  gemmScratch(): number;
  gemmBatch(...operands: number[]): void;
  rectify(...operands: number[]): void;
  convolution(...operands: number[]): void;
  convolutionFilterGradient(...operands: number[]): void;
  convolutionInputGradient(...operands: number[]): void;
  depthwiseGradient(...operands: number[]): void;
  maxPoolGradient(...operands: number[]): void;
  sumMiddle(...operands: number[]): void;
  segmentSum(...operands: number[]): void;
}

/** Node has WebAssembly; the type library of its language level leaves it out. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: object } }>;
}

/** The compiled kernels, working on the memory given. They keep no data of their own in it. */
export async function loadKernels(memory: object): Promise<KernelModule> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const bytes = await readFile(new URL("kernels.wasm", import.meta.url)).catch((cause: unknown) => {
    throw new Error("The compute kernels are not compiled. Run: node scripts/prepare.mjs", { cause });
  });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as KernelModule;
}
