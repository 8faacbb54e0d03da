import { engine, registerGradient, type Tensor, util } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Attributes {
  epsilon: number;
}
const kernelName = "TenfoldLayerNormalization";
const gradientName = `${kernelName}Gradient`;

export function provideNormalization(heap: Heap): void {
  provide<Attributes>(kernelName, (inputs, { epsilon }) => {
    const operands = ["x", "gamma", "beta"].map((each) => input(inputs, each));
    const [x, size] = [input(inputs, "x"), input(inputs, "x").shape.at(-1) ?? 1];
    const out = heap.make(x.shape);
    const at = [...operands, out].map(heap.placeOf);
    heap.kernels.layerNormalization(...at, util.sizeFromShape(x.shape) / size, size, epsilon);
    return out;
  });
  provide<Attributes>(gradientName, (inputs, { epsilon }) => {
    const operands = ["x", "gamma", "dy"].map((each) => input(inputs, each));
    const [x, size] = [input(inputs, "x"), input(inputs, "x").shape.at(-1) ?? 1];
    const results = [x.shape, [size], [size]].map((shape) => heap.make(shape));
    const at = [...operands, ...results].map(heap.placeOf);
    heap.kernels.layerNormalizationGradient(...at, util.sizeFromShape(x.shape) / size, size, epsilon);
    return results;
  });
  provideGradient();
}

function provideGradient(): void {
  registerGradient({
    kernelName,
    inputsToSave: ["x", "gamma"],
    gradFunc: (dy, [x, gamma], attributes) => {
      const inputs = named({ x, gamma, dy: dy as Tensor });
      const results = engine().runKernel<Tensor[]>(gradientName, inputs, attributes);
      const [dx, dGamma, dBeta] = results as [Tensor, Tensor, Tensor];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
}

/** (x - mean) / √(variance + epsilon) · gamma + beta over the last axis; gamma and beta have its size. */
export function layerNormalize(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const inputs = named({ x, gamma, beta });
  return engine().runKernel<Tensor>(kernelName, inputs, { epsilon });
}
