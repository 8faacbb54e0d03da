import { z } from "zod";
import type { Layer } from "./layer.js";
import { architectureLimits as limits } from "./limits.js";
import { denseLayer, inputKindOf } from "./preset-layers.js";
import type { InputShape } from "./outputs.js";

/** Leaves double with each level: at 8 a tree tells 256 kinds of rows apart, more than most tables hold. */
const treeLimits = {
  trees: { least: 1, most: 1_000 },
  depth: { least: 1, most: 8 },
  l2: { least: 0, most: 1_000 },
  subsample: { least: 0.1, most: 1 },
  columnSubsample: { least: 0.01, most: 1 },
  borderSubsample: { least: 0.01, most: 1 },
} as const;

const number = (range: { least: number; most: number }, preset: number, what: string) =>
  z.number().min(range.least).max(range.most).default(preset).describe(what);
const count = (range: { least: number; most: number }, preset: number, what: string) =>
  z.int().min(range.least).max(range.most).default(preset).describe(what);

export const treesSchema = z.strictObject({
  trees: count(
    treeLimits.trees,
    300,
    "How many trees are grown, each on what those before it leave unexplained; an epoch grows a fiftieth of them.",
  ),
  depth: count(treeLimits.depth, 3, "Questions that a tree asks of a row, one after the other."),
  l2: number(
    treeLimits.l2,
    1,
    "Draws the values of leaves with few rows to zero: what is added to their rows.",
  ),
  subsample: number(treeLimits.subsample, 0.7, "Share of the rows that each tree is grown on."),
  columnSubsample: number(
    treeLimits.columnSubsample,
    0.5,
    "Share of the inputs that each tree may ask about.",
  ),
  borderSubsample: number(
    treeLimits.borderSubsample,
    0.05,
    "Share of an input's borders that are compared for a question, at least one; fewer make trees less alike.",
  ),
});
export type TreeParameters = z.infer<typeof treesSchema>;

/**
 * The layers that an oblivious forest is, in which all nodes of a level ask the same question: one unit for each
 * question, 0 or 1; then for each tree one unit a leaf, which is 1 for the leaf that its answers lead to and else 0.
 */
export const treeLayers = (trees: number, depth: number): Layer[] => [
  denseLayer(trees * depth, "SIGMOID"),
  { type: "RESHAPE", shape: [trees, depth] },
  denseLayer(2 ** depth, "RELU"),
  { type: "FLATTEN" },
];

/** The layers, or why there are none. */
export function treesOver(
  { trees, depth }: TreeParameters,
  input: InputShape,
): Layer[] | { parameter?: string; message: string } {
  const kind = inputKindOf(input);
  if (kind !== "TABLE") return { message: `${onlyTables} Choose DENSE.` };
  const most = Math.floor(limits.units / depth);
  if (trees <= most) return treeLayers(trees, depth);
  const message = `${trees} trees of depth ${depth} ask ${trees * depth} questions, more than ${limits.units}. Choose at most ${most} trees, or a smaller depth.`;
  return { parameter: "trees", message };
}

export const onlyTables =
  "GRADIENT_BOOSTED_TREES read a table of numbers, truth values and categories, and nothing else.";
