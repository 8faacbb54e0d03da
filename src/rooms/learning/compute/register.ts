import { provideConvolutions } from "./convolution.js";
import { provideEinsum } from "./einsum.js";
import type { Heap } from "./heap.js";
import { providePooling } from "./pooling.js";
import { provideProducts } from "./product.js";
import { provideReductions } from "./reduction.js";
import { provideTileGradient } from "./tile.js";

/** Puts our kernels and gradients in place of, or beside, those of the back end that is running. */
export function registerKernels(heap: Heap): void {
  provideProducts(heap);
  provideConvolutions(heap);
  providePooling(heap);
  provideReductions(heap);
  provideEinsum();
  provideTileGradient();
}
