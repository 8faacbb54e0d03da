import { tensor, tensor2d } from "@tensorflow/tfjs-core";
import { augmented } from "./augmentation.js";
import { mixed } from "./mixup.js";
import { seededRandom } from "./random.js";
import type { Examples, TrainerOptions } from "./trainer-options.js";

/** The training rows as an epoch, from 1, sees them; what is not of the options is to be disposed. */
export function examplesOfEpoch(
  { train, input, hyperparameters, seed }: TrainerOptions,
  epoch: number,
): Examples {
  const { augmentation, mixup = 0 } = hyperparameters;
  if (!augmentation && mixup === 0) return train;
  let [x, y] = [train.x.dataSync<"float32">(), train.y.dataSync<"float32">()];
  if (augmentation) x = augmented(x, input.shape, augmentation, seededRandom(seed, "augmentation", epoch));
  if (mixup > 0) ({ x, y } = mixed({ x, y }, train.y.shape[0], mixup, seededRandom(seed, "mixup", epoch)));
  return { x: tensor(x, train.x.shape), y: tensor2d(y, train.y.shape) };
}
