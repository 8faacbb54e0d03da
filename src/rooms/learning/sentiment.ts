import type { Reading } from "./prediction.js";
import { classesOf, type Target } from "./target.js";

/** How names of classes are read: in lower case, whole. */
const polarities = new Map([
  ...["negative", "neg"].map((name): [string, number] => [name, -1]),
  ...["neutral", "neu"].map((name): [string, number] => [name, 0]),
  ...["positive", "pos"].map((name): [string, number] => [name, 1]),
]);

/**
 * What each class of a sentiment is worth, from -1 (negative) to 1 (positive), or null where a class has another name:
 * of `0` and `1`, or of stars, only their owner knows which is the better one.
 */
export function polaritiesOf(target: Target): number[] | null {
  if (target.type !== "SENTIMENT") return null;
  const known = target.classes.map((label) => polarities.get(label.toLowerCase()));
  return known.every((polarity) => polarity !== undefined) ? known : null;
}

/** How the outputs of a model of this target are to be read. */
export const readingOf = (target: Target): Reading => ({
  classes: classesOf(target),
  polarities: polaritiesOf(target),
  ...(target.type === "CUSTOM" && { values: target.width }),
});
