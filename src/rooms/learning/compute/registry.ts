import {
  getKernel,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

export type Inputs = Record<string, TensorInfo>;
export type Run<Attributes> = (inputs: Inputs, attributes: Attributes) => TensorInfo | TensorInfo[];

/** The kernel that the package brings, for the cases that ours leaves to it. */
export function shipped(name: string): KernelFunc {
  const kernel = getKernel(name, "wasm");
  if (!kernel) throw new Error(`The wasm back end has no kernel ${name}.`);
  return kernel.kernelFunc;
}

/** Puts a kernel of ours in the place of the shipped one, or where there is none. */
export function provide<Attributes extends object>(name: string, run: Run<Attributes>): void {
  if (getKernel(name, "wasm")) unregisterKernel(name, "wasm");
  const kernelFunc: KernelFunc = ({ inputs, attrs }) => run(inputs as Inputs, (attrs ?? {}) as Attributes);
  registerKernel({ kernelName: name, backendName: "wasm", kernelFunc });
}

/** The input of this name. @throws if the operation was called without it, which tfjs rules out. */
export function input(inputs: Inputs, name: string): TensorInfo {
  const tensor = inputs[name];
  if (!tensor) throw new Error(`The kernel's input ${name} is missing.`);
  return tensor;
}
