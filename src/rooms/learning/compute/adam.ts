import {
  AdamOptimizer,
  engine,
  mul,
  type NamedTensorMap,
  type Tensor,
  tidy,
  type Variable,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Attributes {
  beta1: number;
  beta2: number;
  correction1: number;
  correction2: number;
  rate: number;
  epsilon: number;
  kept: number;
}
const kernelName = "TenfoldAdam";

export function provideAdam(heap: Heap): void {
  provide<Attributes>(kernelName, (inputs, attributes) => {
    const operands = ["value", "first", "second", "gradient"].map((each) => input(inputs, each));
    const { shape } = input(inputs, "value");
    const results = [heap.make(shape), heap.make(shape), heap.make(shape)];
    const at = [...operands, ...results].map(heap.placeOf);
    const { beta1, beta2, correction1, correction2, rate, epsilon, kept } = attributes;
    const size = shape.reduce((product, side) => product * side, 1);
    heap.kernels.adam(...at, size, beta1, beta2, correction1, correction2, rate, epsilon, kept);
    return results;
  });
}

interface Moment {
  originalName: string;
  variable: Variable;
}
/** What tfjs keeps to itself; saving and restoring stay its own. */
interface State {
  accBeta1: Variable;
  accBeta2: Variable;
  accumulatedFirstMoment: Moment[];
  accumulatedSecondMoment: Moment[];
}

const lengthOf = (power: Variable): number => 1 - (power.dataSync()[0] ?? 0);

/** tfjs's Adam with each weight's step in one kernel instead of fourteen. */
class FusedAdam extends AdamOptimizer {
  constructor(
    rate: number,
    beta1: number,
    beta2: number,
    private readonly decay: number,
  ) {
    super(rate, beta1, beta2);
  }

  override applyGradients(gradients: NamedTensorMap | { name: string; tensor: Tensor }[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    tidy(() => {
      const state = this as unknown as State;
      const correction1 = lengthOf(state.accBeta1);
      const correction2 = lengthOf(state.accBeta2);
      named.forEach(({ name, tensor }, index) => this.#step(name, tensor, index, correction1, correction2));
      for (const [power, beta] of [
        [state.accBeta1, this.beta1],
        [state.accBeta2, this.beta2],
      ] as const)
        power.assign(mul(power, beta));
    });
    this.incrementIterations();
  }

  #step(
    name: string,
    gradient: Tensor | null,
    index: number,
    correction1: number,
    correction2: number,
  ): void {
    const value = engine().registeredVariables[name];
    if (!value) return;
    const state = this as unknown as State;
    const zeros = (suffix: string): Moment => ({
      originalName: `${name}/${suffix}`,
      variable: tidy(() => zerosLike(value).variable(false)),
    });
    const first = (state.accumulatedFirstMoment[index] ??= zeros("m")).variable;
    const second = (state.accumulatedSecondMoment[index] ??= zeros("v")).variable;
    if (!gradient) return;
    const inputs = named({ value, first, second, gradient });
    const { beta1, beta2, learningRate: rate } = this;
    const epsilon = this.epsilon ?? engine().backend.epsilon();
    const attributes = { beta1, beta2, correction1, correction2, rate, epsilon, kept: 1 - rate * this.decay };
    const [newValue, newFirst, newSecond] = engine().runKernel<Tensor[]>(kernelName, inputs, attributes);
    if (newValue) value.assign(newValue);
    if (newFirst) first.assign(newFirst);
    if (newSecond) second.assign(newSecond);
  }
}

/** Adam (Kingma and Ba, 2015) with tfjs's own defaults and its own state; with a `decay`, AdamW. */
export const adam = (learningRate: number, beta1 = 0.9, beta2 = 0.999, decay = 0): AdamOptimizer =>
  new FusedAdam(learningRate, beta1, beta2, decay);
