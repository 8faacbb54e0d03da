import { BadUserInput, badInput } from "../../../kernel/errors.js";
import { rangeText } from "../../../kernel/range.js";
import type { TreeParameters } from "../architecture/index.js";
import { type Hyperparameters, parseHyperparameters } from "../hyperparameters.js";
import type { ModelType } from "../model-types.js";

/** What trees go by of what a training may be told. */
export const boostingNames = [
  "epochs",
  "learningRate",
  "validationSplit",
  "earlyStopping",
  "classWeights",
  "weightsOfClasses",
  "normalization",
] as const;

/** What boosting goes by, in place of what gradient descent does. */
export interface BoostingSettings extends Pick<Hyperparameters, (typeof boostingNames)[number]> {
  /** Those of the architecture, which the network that comes of it no longer tells. */
  boosting: TreeParameters;
}

/** Below it a thousand trees say nothing; above 1 each tree does more than its best. */
export const treeRates = { least: 0.001, most: 1 };
const suitableRate = 0.05;
/** So many checkpoints and points of a curve, however many trees. */
const mostEpochs = 50;

/** Trees that an epoch grows, from the number of all alone. */
export const treesOfEpoch = (trees: number): number => Math.ceil(trees / mostEpochs);

export const mostEpochsOf = ({ trees }: TreeParameters): number => Math.ceil(trees / treesOfEpoch(trees));

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "NONE";

function refuseOthers(given: Record<string, unknown>): void {
  const known: readonly string[] = boostingNames;
  const names = Object.keys(given).filter((name) => !known.includes(name) && isGiven(given[name]));
  if (names.length === 0) return;
  const message = `Trees are not trained by gradient descent and take ${boostingNames.join(", ")} alone. Leave it out.`;
  const fields = names.map((name) => ({ path: `hyperparameters.${name}`, message }));
  throw new BadUserInput(message, { fields });
}

function checkBounds({ epochs, learningRate }: BoostingSettings, boosting: TreeParameters): void {
  if (learningRate < treeRates.least || learningRate > treeRates.most)
    throw badInput("hyperparameters.learningRate", `Trees learn at a rate of ${rangeText(treeRates)}.`);
  const most = mostEpochsOf(boosting);
  if (epochs <= most) return;
  const each = treesOfEpoch(boosting.trees);
  const message = `${boosting.trees} trees are grown in ${most} epochs, ${each} in each. Ask for at most ${most}, or leave it out.`;
  throw badInput("hyperparameters.epochs", message);
}

/**
 * The caller's choices over the suitable ones; what it answers may be given to it again.
 * @throws BAD_USER_INPUT with places below `hyperparameters`
 */
export function parseBoosting(
  input: Record<string, unknown>,
  type: ModelType,
  rows: number,
  boosting: TreeParameters,
): BoostingSettings {
  const { boosting: _again, ...given } = input;
  refuseOthers(given);
  const chosen = Object.fromEntries(boostingNames.map((name) => [name, given[name] ?? undefined]));
  const all = parseHyperparameters(
    {
      ...chosen,
      epochs: chosen.epochs ?? mostEpochsOf(boosting),
      learningRate: chosen.learningRate ?? suitableRate,
    },
    type,
    rows,
  );
  const taken = Object.fromEntries(boostingNames.map((name) => [name, all[name]]));
  const settings = { ...(taken as Pick<Hyperparameters, (typeof boostingNames)[number]>), boosting };
  checkBounds(settings, boosting);
  return settings;
}
