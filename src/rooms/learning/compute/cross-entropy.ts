import { customGrad, engine, type GradSaveFunc, mul, type Tensor, util } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

const kernelName = "TenfoldCrossEntropy";

export function provideCrossEntropy(heap: Heap): void {
  provide(kernelName, (inputs) => {
    const [truth, scores] = [input(inputs, "truth"), input(inputs, "scores")];
    if (!util.arraysEqual(truth.shape, scores.shape))
      throw new Error(`Truth [${truth.shape.join()}] and scores [${scores.shape.join()}] differ in shape.`);
    const classes = scores.shape.at(-1) ?? 1;
    const [loss, gradient] = [heap.make([]), heap.make(scores.shape)];
    const places = [truth, scores, loss, gradient].map(heap.placeOf);
    heap.kernels.crossEntropy(...places, util.sizeFromShape(scores.shape) / classes, classes);
    return [loss, gradient];
  });
}

/**
 * The mean over rows of -Σ truth · log softmax(scores), both [..., classes]; the truth gets no gradient. It comes from
 * scores and not from probabilities, so that a diverging loss is not hidden by clipping.
 */
export function softmaxCrossEntropy(truth: Tensor, scores: Tensor): Tensor {
  const run = customGrad((...given: unknown[]) => {
    const [x, save] = given as [Tensor, GradSaveFunc];
    const results = engine().runKernel<Tensor[]>(kernelName, named({ truth, scores: x }));
    const [value, gradient] = results as [Tensor, Tensor];
    save([gradient]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]): Tensor => mul(dy, saved as Tensor);
    return { value, gradFunc };
  });
  return run(scores);
}
