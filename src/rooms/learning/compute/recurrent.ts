import { customGrad, engine, type GradSaveFunc, type Tensor, type Tensor3D } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface RecurrentWeights {
  /** [inputs, gates·units] */
  kernel: Tensor;
  /** [units, gates·units] */
  recurrent: Tensor;
  /** [gates·units] */
  bias: Tensor;
}

interface Cell {
  name: string;
  forward: "lstm" | "gru";
  backward: "lstmGradient" | "gruGradient";
}
export const lstmCell: Cell = { name: "TenfoldLstm", forward: "lstm", backward: "lstmGradient" };
export const gruCell: Cell = { name: "TenfoldGru", forward: "gru", backward: "gruGradient" };

/** The kernels work in lanes of four. */
export const isFusable = (units: number): boolean => units % 4 === 0;

function provideForward(heap: Heap, { name, forward }: Cell): void {
  provide(name, (inputs) => {
    const operands = ["x", "kernel", "recurrent", "bias"].map((each) => input(inputs, each));
    const [batch = 1, time = 1, width = 1] = operands[0]?.shape ?? [];
    const [units = 1, wide = 1] = operands[2]?.shape ?? [];
    const gates = heap.make([batch, time, wide]);
    const [states, outputs] = [heap.make([batch, time, units]), heap.make([batch, time, units])];
    const places = [...operands, gates, states, outputs].map(heap.placeOf);
    heap.kernels[forward](...places, batch, time, width, units, heap.packed);
    return [outputs, gates, states];
  });
}

function provideBackward(heap: Heap, { name, backward }: Cell): void {
  const wanted = ["x", "kernel", "recurrent", "gates", "states", "outputs", "dy"];
  provide(`${name}Gradient`, (inputs) => {
    const operands = wanted.map((each) => input(inputs, each));
    const [x, kernel, recurrent, gates] = operands as [Tensor, Tensor, Tensor, Tensor];
    const [batch = 1, time = 1, width = 1] = x.shape;
    const [units = 1, wide = 1] = recurrent.shape;
    const results = [x.shape, kernel.shape, recurrent.shape, [wide]].map((shape) => heap.make(shape));
    const dGates = heap.make(gates.shape);
    const places = [...operands, ...results, dGates].map(heap.placeOf);
    heap.kernels[backward](...places, heap.extra(2 * batch * units), batch, time, width, units, heap.packed);
    heap.release(dGates);
    return results;
  });
}

export function provideRecurrent(heap: Heap): void {
  for (const cell of [lstmCell, gruCell]) {
    provideForward(heap, cell);
    provideBackward(heap, cell);
  }
}

/**
 * A whole recurrent layer in one kernel: x [batch, time, inputs] to the output of every time [batch, time, units].
 * Gates are sigmoids, candidates and outputs tanh; `units` is a multiple of four.
 */
export function recurrentSequence(cell: Cell, x: Tensor, weights: RecurrentWeights): Tensor3D {
  // Gates and states are kept for the gradient and given to nobody, so they need no gradient of their own.
  const run = customGrad((...given: unknown[]) => {
    const [x, kernel, recurrent, bias, save] = given as [Tensor, Tensor, Tensor, Tensor, GradSaveFunc];
    const results = engine().runKernel<Tensor[]>(cell.name, named({ x, kernel, recurrent, bias }));
    const [outputs, gates, states] = results as [Tensor, Tensor, Tensor];
    save([x, kernel, recurrent, outputs, gates, states]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, kernel, recurrent, outputs, gates, states] = saved;
      const inputs = named({ x, kernel, recurrent, gates, states, outputs, dy });
      return engine().runKernel<Tensor[]>(`${cell.name}Gradient`, inputs);
    };
    return { value: outputs, gradFunc };
  });
  return run(x, weights.kernel, weights.recurrent, weights.bias) as Tensor3D;
}
