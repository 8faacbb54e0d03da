import { isDeepStrictEqual } from "node:util";
import type { Signature, SplitPlan } from "../learning/index.js";
import { ChangeKind, type VersionChange } from "./lineage.type.js";

/** What a version was made of and from. Null where it is older than the record of it. */
export interface Recipe {
  /** Id and words; `words` is how people know it. */
  dataset: { id: string; words: string } | null;
  architecture: object | null;
  hyperparameters: object | null;
  seed: number | null;
  /** With how its rows were held out; without a plan every fourth one. */
  split?: { plan?: SplitPlan | null } | null;
  kernels: { backend: string; version: string } | null;
  signature: Signature;
}

/** What callers of a version must send and get back, beside the values a column may have. */
const contractOf = ({ inputs, output, series }: Signature): object => ({
  inputs: inputs.map(({ column, kind }) => ({ column, kind })),
  output: { column: output.column, type: output.type },
  series: series && { window: series.window, horizon: series.horizon },
});

/**
 * The number of the next version. Another architecture, input or target raises the major number, since a caller or a
 * comparison may rely on them; anything else the middle one. The first is 1.0.0, and the last number stays 0.
 */
export function nextNumber(newest: { number: string; recipe: Recipe } | null, next: Recipe): string {
  if (!newest) return "1.0.0";
  const [major = 1, middle = 0] = newest.number.split(".").map(Number);
  return raisesMajor(newest.recipe, next) ? `${major + 1}.0.0` : `${major}.${middle + 1}.0`;
}

function raisesMajor(before: Recipe, after: Recipe): boolean {
  // Versions of before architectures were kept are taken for the same: nobody can tell any more.
  const known = before.architecture !== null && after.architecture !== null;
  if (known && !same(shapeOf(before), shapeOf(after))) return true;
  return !same(contractOf(before.signature), contractOf(after.signature));
}

/**
 * What an architecture is told from another by: of boosted trees how many were asked for and how deep. How many of
 * them were kept is early stopping's doing, and would make another architecture of every training anew.
 */
function shapeOf({ architecture, hyperparameters }: Recipe): object | null {
  const { boosting } = (hyperparameters ?? {}) as { boosting?: { trees: number; depth: number } | null };
  return boosting ? { trees: boosting.trees, depth: boosting.depth } : architecture;
}

/** As JSON keeps them: what is undefined is not there. */
const same = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));

/** In what the version differs from its parent, in words. What isn't known of one of them is not compared. */
export function changesOf(before: Recipe, after: Recipe): VersionChange[] {
  const data = ChangeKind.DATA;
  return [
    ...change(data, "dataset", before.dataset, after.dataset, ({ words }) => words),
    ...change(data, "inputs", inputsOf(before), inputsOf(after), inputsInWords),
    ...change(data, "target", targetOf(before), targetOf(after), (words) => words),
    ...change(data, "split", planOf(before), planOf(after), ({ plan }) => splitInWords(plan)),
    ...layerChanges(before, after),
    ...hyperparameterChanges(before.hyperparameters, after.hyperparameters),
    ...change(
      ChangeKind.HYPERPARAMETERS,
      "initialWeights",
      startOf(before),
      startOf(after),
      ({ words }) => words,
    ),
    ...change(ChangeKind.CODE, "kernels", before.kernels, after.kernels, (k) => `${k.backend} ${k.version}`),
    ...change(ChangeKind.SEED, "seed", before.seed, after.seed, String),
  ];
}

function change<T>(
  kind: ChangeKind,
  name: string,
  before: T | null,
  after: T | null,
  words: (value: T) => string,
): VersionChange[] {
  if (before === null || after === null || same(before, after)) return [];
  return [{ kind, name, before: shortened(words(before)), after: shortened(words(after)) }];
}

const layerChanges = (before: Recipe, after: Recipe): VersionChange[] =>
  same(shapeOf(before), shapeOf(after))
    ? []
    : change(ChangeKind.ARCHITECTURE, "layers", before.architecture, after.architecture, architectureInWords);

function hyperparameterChanges(before: object | null, after: object | null): VersionChange[] {
  if (before === null || after === null) return [];
  const values = [before, after].map((all) => new Map<string, unknown>(Object.entries(all)));
  const names = new Set(values.flatMap((all) => [...all.keys()]));
  names.delete("fineTuning");
  return [...names].flatMap((name) => {
    const [one, other] = values.map((all) => ({ value: all.get(name) ?? null }));
    return change(ChangeKind.HYPERPARAMETERS, name, one ?? null, other ?? null, ({ value }) =>
      inWords(value),
    );
  });
}

/** In an object, since no plan is a plan too; null where nobody knows how many rows there were. */
const planOf = ({ split }: Recipe): { plan: SplitPlan | null } | null =>
  split ? { plan: split.plan ?? null } : null;

export const splitInWords = (plan: SplitPlan | null): string =>
  plan ? settingsInWords(plan) : "every fourth row";

/** What went on learning from the parent's weights is told apart from what it learnt by. Null of an imported version. */
function startOf({ hyperparameters }: Recipe): { words: string } | null {
  if (hyperparameters === null) return null;
  const { fineTuning } = hyperparameters as { fineTuning?: { trainableLayers: number | null } | null };
  if (!fineTuning) return { words: "drawn by the seed" };
  const { trainableLayers } = fineTuning;
  return {
    words: `the parent's${trainableLayers === null ? "" : `, the last ${trainableLayers} layers learning`}`,
  };
}

const inputsOf = ({ signature }: Recipe): string[] =>
  signature.inputs.map(({ column, kind }) => `${column} (${kind.toLowerCase()})`);
const inputsInWords = (inputs: readonly string[]): string => `${inputs.length}: ${inputs.join(", ")}`;
const targetOf = ({ signature: { output, series } }: Recipe): string =>
  [
    `${output.column} (${output.type.toLowerCase()})`,
    ...(series ? [`${series.horizon} ahead of ${series.window}, season ${series.season}`] : []),
  ].join(", ");

/** The layers by their types and settings; those that do nothing are not worth a word. */
export function architectureInWords(architecture: object): string {
  const { layers = [], ...more } = architecture as { layers?: object[] };
  const parts = layers.map((layer) => {
    const { type = "DENSE", ...settings } = layer as Record<string, unknown>;
    return [inWords(type), settingsInWords(settings)].filter((part) => part !== "").join(" ");
  });
  const hidden = parts.length === 0 ? "no hidden layer" : parts.join("; ");
  return [hidden, settingsInWords(more)].filter((part) => part !== "").join("; ");
}

/** Settings by name, without those that do nothing. */
export const settingsInWords = (settings: object): string =>
  Object.entries(settings)
    .filter(([, value]) => value !== null && value !== 0 && value !== false && value !== undefined)
    .map(([name, value]) => `${name} ${inWords(value)}`)
    .join(", ");

function inWords(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "object")
    return Array.isArray(value) ? value.map(inWords).join("×") : settingsInWords(value);
  return typeof value === "string" ? value.toLowerCase() : JSON.stringify(value);
}

const mostLength = 1_000;
const shortened = (words: string): string =>
  words.length <= mostLength ? words : `${words.slice(0, mostLength)}…`;
