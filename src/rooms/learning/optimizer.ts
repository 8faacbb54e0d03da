import { type Optimizer, type Tensor, tensor, train, type Variable } from "@tensorflow/tfjs-core";
import { sizeOf } from "./architecture/index.js";
import type { OptimizerName } from "./hyperparameters.js";

const makers: Record<OptimizerName, (learningRate: number) => Optimizer> = {
  ADAM: (rate) => train.adam(rate),
  SGD: (rate) => train.sgd(rate),
  MOMENTUM: (rate) => train.momentum(rate, 0.9),
  RMSPROP: (rate) => train.rmsprop(rate),
  ADAGRAD: (rate) => train.adagrad(rate),
};

export const createOptimizer = (name: OptimizerName, learningRate: number): Optimizer =>
  makers[name](learningRate);

/** How many tensors of each trainable weight's shape an optimizer keeps. */
export const slotCount: Record<OptimizerName, number> = {
  ADAM: 2,
  SGD: 0,
  MOMENTUM: 1,
  RMSPROP: 2,
  ADAGRAD: 1,
};

/** Adam's running powers of its betas: `setWeights` recomputes them with `pow`, which differs in the last bit. */
interface AdamPowers {
  accBeta1: Variable;
  accBeta2: Variable;
}
const powersOf = (optimizer: Optimizer): Variable[] => {
  const { accBeta1, accBeta2 } = optimizer as unknown as Partial<AdamPowers>;
  return accBeta1 && accBeta2 ? [accBeta1, accBeta2] : [];
};

export interface OptimizerState {
  iterations: number;
  /** The slots one after the other, then Adam's two powers. */
  values: Float32Array;
}

function concat(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Everything the next step depends on. */
export async function readOptimizer(optimizer: Optimizer): Promise<OptimizerState> {
  const [steps, ...slots] = await optimizer.getWeights();
  steps?.tensor.dispose();
  const variables: Tensor[] = [...slots.map((slot) => slot.tensor), ...powersOf(optimizer)];
  return {
    iterations: optimizer.iterations,
    values: concat(variables.map((slot) => slot.dataSync<"float32">())),
  };
}

/** The length of `OptimizerState.values`. */
export const optimizerSize = (name: OptimizerName, trainable: readonly number[][]): number =>
  slotCount[name] * trainable.reduce((sum, shape) => sum + sizeOf(shape), 0) + (name === "ADAM" ? 2 : 0);

/** Puts a state back that `readOptimizer` gave; `trainable` are the shapes of the trainable weights in order. */
export async function writeOptimizer(
  optimizer: Optimizer,
  name: OptimizerName,
  trainable: readonly number[][],
  state: OptimizerState,
): Promise<void> {
  let at = 0;
  const take = (shape: number[]) => tensor(state.values.slice(at, (at += sizeOf(shape))), shape);
  const shapes = Array.from({ length: slotCount[name] }, () => trainable).flat();
  const slots = shapes.map((shape, slot) => ({ name: `slot${slot}`, tensor: take([...shape]) }));
  const steps = { name: "iterations", tensor: tensor(state.iterations, [], "int32") };
  await optimizer.setWeights([steps, ...slots]);
  for (const power of powersOf(optimizer)) {
    const value = take([]);
    power.assign(value);
    value.dispose();
  }
  for (const { tensor: used } of [steps, ...slots]) used.dispose();
}
