import {
  mul,
  type Optimizer,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
  type Variable,
} from "@tensorflow/tfjs-core";
import { sizeOf } from "./architecture/index.js";
import { adam } from "./compute/index.js";
import type { Hyperparameters, OptimizerName } from "./hyperparameters.js";
import { joined } from "./joined.js";

type Settings = Pick<Hyperparameters, "optimizer" | "learningRate" | "weightDecay" | "clipNorm">;

const makers: Record<OptimizerName, (learningRate: number, weightDecay: number) => Optimizer> = {
  ADAM: (rate, decay) => adam(rate, undefined, undefined, decay),
  SGD: (rate) => train.sgd(rate),
  MOMENTUM: (rate) => train.momentum(rate, 0.9),
  RMSPROP: (rate) => train.rmsprop(rate),
  ADAGRAD: (rate) => train.adagrad(rate),
};

export function createOptimizer({ optimizer, learningRate, weightDecay, clipNorm }: Settings): Optimizer {
  const made = makers[optimizer](learningRate, weightDecay);
  if (clipNorm !== null) clipGradients(made, clipNorm);
  return made;
}

/** What tfjs keeps to itself: SGD and what is built on it hold the rate as a tensor, the others as a number. */
interface Rated {
  learningRate: number;
  setLearningRate?(rate: number): void;
}

/** The rate of the steps to come. */
export function setRate(optimizer: Optimizer, rate: number): void {
  const rated = optimizer as unknown as Rated;
  if (rated.setLearningRate) rated.setLearningRate(rate);
  else rated.learningRate = rate;
}

type Gradients = Parameters<Optimizer["applyGradients"]>[0];

/**
 * Shortens gradients whose norm over all weights is larger than `most` (Pascanu, Mikolov and Bengio, 2013), before the
 * optimizer sees them: one odd batch can't throw the weights far away then.
 */
function clipGradients(optimizer: Optimizer, most: number): void {
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients: Gradients) =>
    tidy(() => {
      const named = Array.isArray(gradients)
        ? gradients
        : Object.entries(gradients).map(([name, gradient]) => ({ name, tensor: gradient }));
      const squares = named.reduce((all, { tensor: one }) => all + (sum(square(one)).dataSync()[0] ?? 0), 0);
      const factor = most / Math.sqrt(squares);
      const shortened = named.map(({ name, tensor: one }) => ({ name, tensor: mul(one, factor) }));
      apply(factor < 1 ? shortened : named);
    });
}

/** How many tensors of each trainable weight's shape an optimizer keeps. */
const slotCount: Record<OptimizerName, number> = {
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

/** Everything the next step depends on. */
export async function readOptimizer(optimizer: Optimizer): Promise<OptimizerState> {
  const [steps, ...slots] = await optimizer.getWeights();
  steps?.tensor.dispose();
  const variables: Tensor[] = [...slots.map((slot) => slot.tensor), ...powersOf(optimizer)];
  return {
    iterations: optimizer.iterations,
    values: joined(variables.map((slot) => slot.dataSync<"float32">())),
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
