import { z } from "zod";
import { badInput } from "../../../kernel/errors.js";
import { seeds } from "../../../kernel/range.js";
import { bounded } from "../hyperparameter-limits.js";
import { parseInput } from "../validate.js";

export const splitKinds = ["RANDOM", "STRATIFIED", "TIME", "GROUP"] as const;
export type SplitKind = (typeof splitKinds)[number];
export const defaultTestFraction = 0.25;
export const testFractions = { least: 0.01, most: 0.9 };

const schema = z.strictObject({
  kind: z.enum(splitKinds),
  /** Whose values order the rows by time, or say which rows belong together. */
  column: z.string().min(1).max(1_000).nullable().default(null),
  /** Part of all rows that is held out for the metrics. */
  testFraction: bounded(z.number(), testFractions).default(defaultTestFraction),
  /** Seed of the draw; null is the training's. TIME draws nothing. */
  seed: bounded(z.int(), seeds).nullable().default(null),
});
/** How rows are held out. Without a plan it is every fourth row, whatever the seed. */
export type SplitPlan = z.infer<typeof schema>;

/** The rules that read a column besides the target. */
const byColumn: readonly SplitKind[] = ["TIME", "GROUP"];

/**
 * Fills in defaults.
 * @param target the column to be learnt; null where there is none
 * @throws BAD_USER_INPUT with places below `split`
 */
export function parseSplit(input: unknown, target: string | null): SplitPlan {
  const plan = parseInput(schema, input, "split");
  const { kind, column } = plan;
  const reads = byColumn.includes(kind);
  if (reads && column === null)
    throw badInput("split.column", `A split by ${kind.toLowerCase()} needs a column. Name it.`);
  if (!reads && column !== null)
    throw badInput("split.column", `A ${kind} split reads no column of its own. Leave it out.`);
  if (kind === "STRATIFIED" && target === null)
    throw badInput("split.kind", "There is no target whose classes could be held out alike. Choose RANDOM.");
  if (kind === "GROUP" && column === target)
    throw badInput(
      "split.column",
      "The target can't be the group: none of the held-out classes would have been learnt. Name another column.",
    );
  return plan;
}
