import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { backend, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelModule } from "./kernel-module.js";

/** The compiled back end behind tfjs's wasm, as far as it is used here. */
export type WasmBackend = BackendWasm & {
  wasm: {
    HEAPU8: Uint8Array;
    _malloc: (bytes: number) => number;
    _free: (place: number) => void;
    asm: { memory: object };
  };
};

export const wasmBackend = (): WasmBackend => backend() as WasmBackend;

/** Working memory that a kernel needs while it runs; kept and grown, since every step needs it again. */
class Scratch {
  #place = 0;
  #bytes = 0;

  reserve(bytes: number): number {
    if (bytes <= this.#bytes) return this.#place;
    const { wasm } = wasmBackend();
    if (this.#bytes > 0) wasm._free(this.#place);
    this.#bytes = 0;
    this.#place = wasm._malloc(bytes);
    this.#bytes = bytes;
    return this.#place;
  }
}

/** Tensors and working memory as byte offsets, which is all that our kernels know. */
export class Heap {
  readonly #packed = new Scratch();
  readonly #extra = new Scratch();
  readonly #sizes = new Scratch();

  constructor(readonly kernels: KernelModule) {}

  placeOf = ({ dataId }: TensorInfo): number => wasmBackend().getMemoryOffset(dataId);

  /** A tensor of undefined content. */
  make = (shape: readonly number[], dtype: DataType = "float32"): TensorInfo =>
    wasmBackend().makeOutput([...shape], dtype);

  release(tensor: TensorInfo): void {
    wasmBackend().disposeData(tensor.dataId);
  }

  /** Memory for the panels of `gemm`. */
  get packed(): number {
    return this.#packed.reserve(this.kernels.gemmScratch());
  }

  /** Memory for one kernel's intermediate values, `count` numbers; valid until the next call. */
  extra(count: number): number {
    return this.#extra.reserve(count * util.bytesPerElement("float32"));
  }

  /** A kernel's sizes as whole numbers beside each other, where they would be too many operands; valid until the next call. */
  sizes(values: readonly number[]): number {
    const place = this.#sizes.reserve(values.length * util.bytesPerElement("int32"));
    new Int32Array(wasmBackend().wasm.HEAPU8.buffer, place, values.length).set(values);
    return place;
  }
}
