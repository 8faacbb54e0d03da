import { Max, Min } from "class-validator";
import type { Range } from "../range.js";

/** Refuses a number of an input outside the range; one range serves the graph, its description and the room behind. */
export const Within =
  ({ least, most }: Range): PropertyDecorator =>
  (target, property) => {
    Min(least)(target, property);
    Max(most)(target, property);
  };
