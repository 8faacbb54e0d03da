import {
  type Architecture,
  type ArchitectureChoice,
  type Fault,
  faultsOf,
  type InputShape,
  layersFor,
  suitableArchitecture,
  suitableImageArchitecture,
} from "./architecture/index.js";
import { imageWidth } from "./encoding/index.js";
import { type ColumnFacts, leastDistinct, leastWidth, mostWidth } from "./feasible-widths.js";
import { generationLimits } from "./generation/limits.js";
import { leastTrainingRows, mostInputValues } from "./learning.limits.js";
import { predictsNumbers } from "./model-types.js";
import { imageShape, imageSizeOf, type LearningTask } from "./preprocessing.js";
import { tokenFault, tokenUnit } from "./token-input.js";
import { channelsOf } from "./series/fit.js";
import { lengthsOf, seriesFault } from "./series/feasibility.js";
import { splitSizes } from "./split.js";
import type { SplitPlan } from "./splitting/plan.js";
import { treesFault } from "./trees/suits.js";

export interface FeasibilityPlan {
  task: LearningTask;
  /** Null is one that suits the data. */
  architecture: ArchitectureChoice | Architecture | null;
  validationSplit: number;
  batchSize: number;
  /** Null is every fourth row. */
  split?: SplitPlan | null;
  /** Clusters that are asked for, where clusters are looked for. */
  clusters?: number | null;
}

/** Where there is none, no row lacks it. */
const noTarget: ColumnFacts = { missing: 0, distinct: null, counts: [] };

/** What makes a training impossible, and why, in a sentence for the caller. */
export interface Infeasible {
  at: "rows" | "features" | "architecture" | "batchSize" | "split" | "series" | "clusters";
  message: string;
}

/**
 * Says of a training that it is bound to fail, from counts alone. Which rows are held out is known but not what is in
 * them, so every number is the one most favourable to the training: what could succeed is never refused, and what is
 * let through may still end with TRAINING_DATA_UNUSABLE.
 */
export function infeasibility(
  plan: FeasibilityPlan,
  rowCount: number,
  factsOf: (column: string) => ColumnFacts,
): Infeasible | null {
  const ofTrees = treesFault(plan.task, plan.architecture, (column) => factsOf(column).missing >= rowCount);
  if (ofTrees !== null) return { at: "architecture", message: ofTrees };
  if (plan.task.type === "TEXT_GENERATION")
    return textInfeasibility(plan, rowCount, factsOf(plan.task.target ?? ""));
  const misread = tokenFault(plan.task, plan.architecture);
  if (misread) return { at: "architecture", message: misread.message };
  if (plan.task.type === "TIME_SERIES") return seriesInfeasibility(plan, rowCount);
  const target = plan.task.target === null ? noTarget : factsOf(plan.task.target);
  const split = plan.split ?? null;
  const apart = splitFault(split, factsOf);
  if (apart !== null) return { at: "split", message: apart };
  const sizes = splitSizes(rowCount, plan.validationSplit, split);
  const tooFew = rowFault(sizes, rowCount - target.missing);
  if (tooFew !== null) return { at: "rows", message: tooFew };
  if ((plan.clusters ?? 0) > sizes.train)
    return { at: "clusters", message: tooManyClusters(plan.clusters ?? 0, sizes.train) };
  return networkInfeasibility(plan, rowCount, factsOf, target, sizes.train);
}

/** What can be said of the features and the network once the rows are known to be enough. */
function networkInfeasibility(
  plan: FeasibilityPlan,
  rowCount: number,
  factsOf: (column: string) => ColumnFacts,
  target: ColumnFacts,
  train: number,
): Infeasible | null {
  const image = imageSizeOf(plan.task);
  if (!image && plan.task.features.every(({ column }) => factsOf(column).missing >= rowCount))
    return { at: "features", message: onlyEmpty };
  // How large groups are nobody has counted: all but one row may be in the one that is held out.
  const training = plan.split?.kind === "GROUP" ? 0 : Math.max(0, train - target.missing);
  const heldOut = rowCount - training;
  const widthBy = (widthOf: typeof leastWidth): number =>
    plan.task.features.reduce(
      (sum, feature) =>
        sum +
        (feature.kind === "IMAGE"
          ? imageWidth(feature.size)
          : widthOf(feature.kind, factsOf(feature.column), rowCount, heldOut)),
      0,
    );
  const inputs = widthBy(leastWidth);
  if (inputs * rowCount > mostInputValues) return { at: "rows", message: tooLarge(inputs, rowCount) };
  const outputs = predictsNumbers(plan.task.type) ? 1 : Math.max(2, leastDistinct(target, heldOut));
  const tokens = tokenUnit(plan.task, plan.architecture) !== null;
  const table = tokens ? shortestText : { shape: [Math.max(1, inputs)] };
  const input = image ? imageShape(image) : table;
  const architecture =
    plan.architecture ??
    (image ? suitableImageArchitecture(input) : suitableArchitecture(plan.task.type, training, inputs));
  const most = widthBy(mostWidth);
  const sides = { outputs, batchSize: Math.min(plan.batchSize, Math.max(1, training)) };
  const certain = inputs > 0 && inputs === most;
  const fault = architectureFault(architecture, { ...sides, input, certain });
  if (fault || image || tokens || inputs === 0 || most - inputs > mostWidthsTried) return fault;
  const faults = Array.from({ length: most - inputs + 1 }, (_, more) =>
    architectureFault(architecture, { ...sides, input: { shape: [inputs + more] }, certain: true }),
  );
  return faults.every((found) => found !== null) ? (faults[0] ?? null) : null;
}

/** What fits none of so many widths fits no table at all, such as an image's layer over a line of columns. */
const mostWidthsTried = 64;

/** Of a series: the lengths that are left to choose are at least 1, which fits whatever else would. */
function seriesInfeasibility(
  { task, architecture, validationSplit, batchSize }: FeasibilityPlan,
  rowCount: number,
): Infeasible | null {
  const fault = seriesFault(task, rowCount, validationSplit);
  if (fault || architecture === null) return fault;
  const { window, horizon } = lengthsOf(task.series);
  const { train } = splitSizes(rowCount, validationSplit);
  return architectureFault(architecture, {
    input: { shape: [window, channelsOf(task).length] },
    certain: Boolean(task.series?.window),
    outputs: horizon,
    batchSize: Math.min(batchSize, train),
  });
}

/** Texts may be short and few of them different: the least that a network of them could see and know. */
const leastOfTexts: InputShape = {
  shape: [generationLimits.context.least],
  vocabulary: 4,
  everyStep: true,
};

function textInfeasibility(
  plan: FeasibilityPlan,
  rowCount: number,
  { missing }: ColumnFacts,
): Infeasible | null {
  const tooFew = rowFault(splitSizes(rowCount, plan.validationSplit), rowCount - missing);
  if (tooFew !== null) return { at: "rows", message: tooFew };
  if (!plan.architecture) return null;
  // Whether a layer sees the steps to come doesn't depend on how many there are.
  const sides = { input: leastOfTexts, certain: true, outputs: 4, batchSize: plan.batchSize };
  return architectureFault(plan.architecture, sides);
}

/** The least that a text can be read as: one token, and a vocabulary of padding, the unknown and one word. */
const shortestText: InputShape = { shape: [1], vocabulary: 3 };

interface Sides {
  /** Inputs at the least. */
  input: InputShape;
  /** Whether there can be no more. */
  certain: boolean;
  outputs: number;
  batchSize: number;
}

/**
 * What speaks against the network. While more inputs than these are possible, a shape that does not fit may fit yet,
 * and only sizes that grow with the inputs count.
 */
function architectureFault(
  choice: ArchitectureChoice | Architecture,
  { input, certain, outputs, batchSize }: Sides,
): Infeasible | null {
  const made = "preset" in choice ? layersFor(choice, input) : choice;
  const faults = "layers" in made ? faultsOf(made, input, outputs, batchSize) : [made];
  const fault = faults.find((found) => certain || isOfSize(found, choice));
  return fault ? { at: placeOf(fault), message: fault.message } : null;
}

const placeOf = ({ path }: Fault): Infeasible["at"] =>
  path === "hyperparameters.batchSize" ? "batchSize" : "architecture";

/** An image of more columns may be pooled more often, so that it ends smaller. */
const isOfSize = ({ path }: Fault, choice: ArchitectureChoice | Architecture): boolean =>
  (path === "architecture.layers" || path === "hyperparameters.batchSize") &&
  !("preset" in choice && choice.preset === "CNN_2D");

/** What speaks against the column of a split, or null. */
function splitFault(split: SplitPlan | null, factsOf: (column: string) => ColumnFacts): string | null {
  if (split === null || split.column === null) return null;
  const { missing, distinct } = factsOf(split.column);
  const name = JSON.stringify(split.column);
  if (split.kind === "TIME" && missing > 0)
    return `${missing} rows have no value in ${name}, so their time is unknown. Fill them in, or choose another split.`;
  if (split.kind === "GROUP" && distinct !== null && distinct + Number(missing > 0) < 2)
    return `All rows have one value in ${name}, so they are one group and none can be held out. Name another column.`;
  return null;
}

function rowFault({ train, test }: { train: number; test: number }, present: number): string | null {
  const [most, measured] = [Math.min(train, present), Math.min(test, present)];
  if (most >= leastTrainingRows && measured >= 1 && present > leastTrainingRows) return null;
  return (
    `Of the rows with a target, at most ${most} are left to learn from and ${measured} to measure by; ` +
    `at least ${leastTrainingRows} and 1 are needed. Send a dataset with more rows.`
  );
}

const tooManyClusters = (clusters: number, rows: number): string =>
  `${clusters} clusters can't be found in ${rows} rows to learn from. Ask for at most ${rows}.`;

const onlyEmpty =
  "None of the features can be used: a column without values says nothing. " +
  "Send a dataset with columns of numbers, truth values, categories or texts.";

const tooLarge = (inputs: number, rows: number): string =>
  `${rows} rows of at least ${inputs} inputs are more than ${mostInputValues} values. Use fewer features or a sample of the rows.`;
