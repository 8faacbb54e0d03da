import { registerGradient, reshape, sum, type Tensor, Tile } from "@tensorflow/tfjs-core";

/**
 * Sums over the repetitions at once. The shipped gradient cuts one slice a repetition and adds them one by one, which
 * took most of a step with layer normalisation; it also refuses more than four axes.
 */
function tileGradient(dy: Tensor, shape: readonly number[], reps: readonly number[]): Tensor {
  const split: number[] = [];
  const repeated: number[] = [];
  shape.forEach((side, axis) => {
    const times = reps[axis] ?? 1;
    if (times !== 1) repeated.push(split.push(times) - 1);
    split.push(side);
  });
  return repeated.length === 0 ? dy : reshape(sum(reshape(dy, split), repeated), [...shape]);
}

export function provideTileGradient(): void {
  registerGradient({
    kernelName: Tile,
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes) => {
      const reps = attributes["reps"] as number[];
      return { x: () => tileGradient(dy as Tensor, x?.shape ?? [], reps) };
    },
  });
}
