import { provideAdam } from "./adam.js";
import { provideAttention } from "./attention.js";
import { provideBinary } from "./binary.js";
import { provideConvolutionLayer } from "./convolution-layer.js";
import { provideConvolutions } from "./convolution.js";
import { provideCrossEntropy } from "./cross-entropy.js";
import { provideDense } from "./dense.js";
import { provideDepthwise } from "./depthwise.js";
import { provideEinsum } from "./einsum.js";
import type { Heap } from "./heap.js";
import { provideIdentity } from "./identity.js";
import { provideNormalization } from "./normalization.js";
import { providePooling } from "./pooling.js";
import { provideProducts } from "./product.js";
import { provideRecurrent } from "./recurrent.js";
import { provideReductionGradients } from "./reduction-gradients.js";
import { provideReductions } from "./reduction.js";
import { provideTileGradient } from "./tile.js";
import { provideUnpackGradient } from "./unpack.js";

/** Puts our kernels and gradients in place of, or beside, those of the back end that is running. */
export function registerKernels(heap: Heap): void {
  provideBinary(heap);
  provideProducts(heap);
  provideDense(heap);
  provideCrossEntropy(heap);
  provideConvolutions(heap);
  provideConvolutionLayer(heap);
  provideDepthwise(heap);
  providePooling(heap);
  provideReductions(heap);
  provideReductionGradients(heap);
  provideNormalization(heap);
  provideAttention(heap);
  provideRecurrent(heap);
  provideAdam(heap);
  provideEinsum();
  provideIdentity();
  provideTileGradient();
  provideUnpackGradient();
}
