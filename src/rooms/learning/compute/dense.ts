import { engine, registerGradient, type Tensor, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Attributes {
  relu: boolean;
}
const kernelName = "TenfoldDense";
const gradientName = `${kernelName}Gradient`;
const inputGradientName = `${kernelName}InputGradient`;

/** Rows, inputs and units: all sides but the last count as rows. */
const sizesOf = (x: TensorInfo, units: number): [number, number, number] => {
  const inputs = x.shape.at(-1) ?? 1;
  return [util.sizeFromShape(x.shape) / inputs, inputs, units];
};

export function provideDense(heap: Heap): void {
  provide<Attributes>(kernelName, (inputs, { relu }) => {
    const operands = ["x", "kernel", "bias"].map((each) => input(inputs, each));
    const [x, units] = [input(inputs, "x"), input(inputs, "bias").shape[0] ?? 1];
    const out = heap.make([...x.shape.slice(0, -1), units]);
    const places = [...operands, out].map(heap.placeOf);
    heap.kernels.dense(...places, ...sizesOf(x, units), relu ? 1 : 0, heap.packed);
    return out;
  });
  provide<Attributes>(gradientName, (inputs, { relu }) => {
    const [x, y, dy] = [input(inputs, "x"), input(inputs, "y"), input(inputs, "dy")];
    const sizes = sizesOf(x, dy.shape.at(-1) ?? 1);
    const weights = [heap.make(sizes.slice(1)), heap.make(sizes.slice(2))];
    const dz = relu ? [heap.make(dy.shape)] : [];
    const places = [x, y, dy, dz[0] ?? dy, ...weights].map(heap.placeOf);
    heap.kernels.denseGradient(...places, ...sizes, relu ? 1 : 0, heap.packed);
    return [...weights, ...dz];
  });
  provide(inputGradientName, (inputs) => {
    const [dz, kernel] = [input(inputs, "dz"), input(inputs, "kernel")];
    const [width = 1, units = 1] = kernel.shape;
    const out = heap.make([...dz.shape.slice(0, -1), width]);
    const places = [dz, kernel, out].map(heap.placeOf);
    heap.kernels.denseInputGradient(...places, ...sizesOf(out, units), heap.packed);
    return out;
  });
  provideGradient();
}

/** The gradient to x is left out where nobody asks for it, as in a first layer. */
function provideGradient(): void {
  registerGradient({
    kernelName,
    inputsToSave: ["x", "kernel"],
    outputsToSave: [true],
    gradFunc: (share, [x, kernel, y], attributes) => {
      const dy = share as Tensor;
      const results = engine().runKernel<Tensor[]>(gradientName, named({ x, y, dy }), attributes);
      const [dKernel, dBias, dz = dy] = results as [Tensor, Tensor, Tensor?];
      return {
        x: () => engine().runKernel<Tensor>(inputGradientName, named({ dz, kernel })),
        kernel: () => dKernel,
        bias: () => dBias,
      };
    },
  });
}

/** x [..., inputs] · kernel [inputs, units] + bias [units], with what is negative made zero where `relu`. */
export function denseLayer(x: Tensor, kernel: Tensor, bias: Tensor, relu: boolean): Tensor {
  return engine().runKernel<Tensor>(kernelName, named({ x, kernel, bias }), { relu });
}
