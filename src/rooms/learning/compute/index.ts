// The compute layer: the one engine that trains and predicts, its kernels, and the layers and operations made of them.
export { adam } from "./adam.js";
export { attend, attendJoined } from "./attention.js";
export { convolutionLayer } from "./convolution-layer.js";
export { softmaxCrossEntropy } from "./cross-entropy.js";
export { denseLayer } from "./dense.js";
export { heapBytes, kernels } from "./engine.js";
export { fuseLayers } from "./fuse.js";
export { layerNormalize } from "./normalization.js";
export { operationsOf, refuseUntested, testedOperations } from "./operations.js";
export { gruCell, lstmCell, recurrentSequence } from "./recurrent.js";
