import { isDeepStrictEqual } from "node:util";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { badInput } from "../../kernel/errors.js";
import type { Dataset, TableProfile } from "../datasets/index.js";
import {
  type Hyperparameters,
  imageSizeOf,
  type LearningTask,
  parseChoice,
  type SplitPlan,
  textReading,
  whyNot,
} from "../learning/index.js";
import { type Model, type ModelVersion, VersionSource, type VersionService } from "../models/index.js";
import type { HyperparametersInput } from "./hyperparameters.inputs.js";
import type { StartTrainingInput } from "./training.inputs.js";

/** What a training takes over from the version that it goes on from. */
export interface Inheritance {
  version: ModelVersion;
  task: LearningTask;
  /** How the version's numbers were scaled and its texts taken apart, and so how they will be. */
  reading: Pick<Hyperparameters, "normalization" | "tokens" | "contextLength">;
}

/** What the training goes on from, or null for one with fresh weights. Throws NOT_FOUND, BAD_USER_INPUT. */
export async function inheritance(
  tenant: TenantScope,
  model: Model,
  input: StartTrainingInput,
  versions: VersionService,
): Promise<Inheritance | null> {
  const { fromVersion, trainableLayers, hyperparameters } = input;
  if (typeof fromVersion !== "string") {
    if (typeof trainableLayers !== "number") return null;
    throw badInput(
      "trainableLayers",
      "Without `fromVersion` there is nothing that could stay as it is. Name it.",
    );
  }
  const version = await versions.require(tenant, model.id, fromVersion);
  const refusal = whyNot(version.signature.output.type, "FINE_TUNE");
  if (refusal !== null) throw badInput("fromVersion", refusal);
  if (version.hyperparameters && "boosting" in version.hyperparameters)
    throw badInput(
      "fromVersion",
      `Version ${fromVersion} is made of gradient-boosted trees, which are grown anew each time. Leave \`fromVersion\` out.`,
    );
  // Only what is made of layers has an architecture; older versions, whose record lacks it, were not imported.
  if (version.source === VersionSource.IMPORTED && version.architecture === null)
    throw badInput(
      "fromVersion",
      `Version ${fromVersion} was imported as ONNX and is not made of layers, so it can't go on learning. Import it in the TFJS format, or leave \`fromVersion\` out.`,
    );
  return { version, task: taskOf(version), reading: readingOf(version, hyperparameters ?? {}) };
}

/** Throws BAD_USER_INPUT where another way of reading is asked for. */
function readingOf(
  { number, hyperparameters, architecture, signature }: ModelVersion,
  asked: HyperparametersInput,
): Inheritance["reading"] {
  const learntBy: Partial<Hyperparameters> = hyperparameters ?? {};
  const { normalization = "STANDARD", tokens, contextLength } = learntBy;
  if (signature.output.type !== "TEXT_GENERATION") {
    checkReading(number, asked, { normalization });
    return { normalization };
  }
  const texts = textReading(architecture && parseChoice(architecture), learntBy);
  checkReading(number, asked, { normalization, ...texts });
  // What went without saying still does, so that nothing counts as changed.
  return { normalization, tokens: tokens && texts.tokens, contextLength };
}

const inWords = {
  normalization: (value: string) => `reads its numbers ${value}`,
  tokens: (value: string) => `reads texts by ${value}`,
  contextLength: (value: string) => `sees at most ${value} tokens at once`,
};

function checkReading(number: string, asked: HyperparametersInput, reading: Inheritance["reading"]): void {
  for (const name of ["normalization", "tokens", "contextLength"] as const) {
    const [wish, is] = [asked[name] ?? null, reading[name]];
    if (wish === null || is === undefined || wish === is) continue;
    throw badInput(
      `hyperparameters.${name}`,
      `Version ${number} ${inWords[name](String(is))}, and so does what goes on from it. Leave it out.`,
    );
  }
}

/** The version's own task, whatever was changed about the model since. */
const taskOf = ({ signature: { inputs, output, series } }: ModelVersion): LearningTask => ({
  type: output.type,
  target: output.column,
  features: inputs.map(({ column, kind, image }) => {
    if (kind === "IMAGE") return { column, kind, size: image ?? { width: 1, height: 1, channels: 1 } };
    return { column, kind };
  }),
  ...(series && { series }),
});

/** Refuses a dataset that lacks what the version reads, or has what it can't know. Throws BAD_USER_INPUT. */
export function checkInherited({ version, task }: Inheritance, { columns }: TableProfile): void {
  const { number, signature } = version;
  const known = new Map(columns.map((column) => [column.name, column]));
  // Of images the profile has the labels alone.
  for (const { column, kind } of imageSizeOf(task) ? [] : task.features) {
    const found = known.get(column)?.kind;
    if (!found)
      throw badInput(
        "fromVersion",
        `The dataset has no column ${JSON.stringify(column)}, which version ${number} reads. Send a dataset that has it, or leave \`fromVersion\` out.`,
      );
    if (kind === "NUMBER" && found !== "NUMBER")
      throw badInput(
        "fromVersion",
        `Version ${number} reads numbers in ${JSON.stringify(column)}; here it holds ${found}. Correct the column, or leave \`fromVersion\` out.`,
      );
    const missing = known.get(column)?.missing ?? 0;
    // Whatever stood in for them would be taken for what was measured.
    if (missing > 0 && signature.inputs.some((input) => input.column === column && input.required))
      throw badInput(
        "fromVersion",
        `The column ${JSON.stringify(column)} is empty in ${missing.toLocaleString("en")} rows. Version ${number} goes back to an imported one and needs a number there in every row: fill it in, or train without fromVersion.`,
      );
  }
  const target = known.get(task.target ?? "");
  if (!target)
    throw badInput(
      "fromVersion",
      `The dataset has no column ${JSON.stringify(task.target)}, which version ${number} predicts. Send a dataset that has it, or leave \`fromVersion\` out.`,
    );
  const { classes } = signature.output;
  const strange = classes && target.categories.find(({ value }) => !classes.includes(value));
  if (strange)
    throw badInput(
      "fromVersion",
      `The dataset has the class ${JSON.stringify(strange.value)}, which version ${number} does not know. Leave such rows out, or train without fromVersion.`,
    );
}

/**
 * How rows are held out. On the dataset of the version it must be as before: any other draw would measure the new
 * version on rows that its weights were learnt from. Throws BAD_USER_INPUT.
 */
export function inheritedSplit(
  { version }: Inheritance,
  { id }: Dataset,
  asked: SplitPlan | null,
): SplitPlan | null {
  if (version.datasetId !== id) return asked;
  const plan = version.split?.plan ?? null;
  if (asked === null || isDeepStrictEqual({ ...asked, seed: asked.seed ?? plan?.seed ?? null }, plan))
    return plan;
  throw badInput(
    "split",
    `Version ${version.number} learnt from rows of this dataset that another split would hold out. Leave it out, or send another dataset.`,
  );
}
