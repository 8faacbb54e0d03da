export { convolution, convolutionFilterGradient, convolutionInputGradient } from "./convolution";
export { depthwiseGradient } from "./depthwise";
export { rectify } from "./elementwise";
export { gemmBatch, gemmScratch } from "./gemm";
export { maxPoolGradient } from "./pooling";
export { segmentSum, sumMiddle } from "./reduction";
