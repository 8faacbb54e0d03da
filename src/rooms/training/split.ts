import { badInput } from "../../kernel/errors.js";
import type { TableProfile } from "../datasets/index.js";
import { type LearningTask, parseSplit, type SplitPlan, dateOf, whyNot } from "../learning/index.js";
import type { SplitInput } from "./training.inputs.js";

/** The split that is asked for, checked against the dataset. Throws BAD_USER_INPUT with places below `split`. */
export function splitFor(
  input: SplitInput,
  { type, target }: LearningTask,
  { columns }: TableProfile,
): SplitPlan {
  const refusal = whyNot(type, "SPLIT");
  if (refusal !== null) throw badInput("split", refusal);
  const chosen = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  const plan = parseSplit(Object.fromEntries(chosen), type === "TEXT_GENERATION" ? null : target);
  if (plan.column === null) return plan;
  if (type === "IMAGE")
    throw badInput(
      "split.kind",
      "Images are held out by no column: nothing but pixels and label is learnt from. Choose RANDOM or STRATIFIED.",
    );
  const column = columns.find(({ name }) => name === plan.column);
  const name = JSON.stringify(plan.column);
  if (!column) {
    const names = columns.slice(0, 20).map((each) => each.name);
    throw badInput("split.column", `The dataset has no column ${name}. It has: ${names.join(", ")}.`);
  }
  if (plan.kind === "TIME" && !isTime(column))
    throw badInput(
      "split.column",
      `${name} holds neither numbers nor dates such as 2024-12-31, so it puts rows in no order. Name another column.`,
    );
  return plan;
}

/** With the seed of its draw, by which whoever goes on from the version holds out the same rows. */
export const drawnBy = (split: SplitPlan, seed: number): SplitPlan => ({
  ...split,
  seed: split.kind === "TIME" ? null : (split.seed ?? seed),
});

/** By what the profile has kept of the values: one that is no date is enough to know. */
function isTime({ kind, categories, examples }: TableProfile["columns"][number]): boolean {
  if (kind === "NUMBER") return true;
  const values = [...categories.map(({ value }) => value), ...examples];
  return kind !== "EMPTY" && kind !== "BOOLEAN" && values.every((value) => dateOf(value) !== null);
}
