import { z } from "zod";
import { BadUserInput, badInput } from "../../kernel/errors.js";
import {
  type ArchitectureChoice,
  describeSetting,
  parseChoice,
  type PresetName,
  type SettingDescription,
} from "./architecture/index.js";
import { clusteringSchema } from "./clusters/index.js";
import { hyperparametersSchema } from "./hyperparameters.js";
import { type ModelType, readsOneText } from "./model-types.js";
import { isBoosting, parseSettings, type Settings } from "./settings.js";
import { boostingNames, isTrees, mostEpochsOf, treeRates, treesUnsuited } from "./trees/index.js";

/** The part of JSON Schema that says whether a setting is one, several under a name, or a list of such. */
const jsonNode = z.looseObject({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** What null says of a setting its default says already. */
function withoutNull(schema: unknown): z.infer<typeof jsonNode> {
  const node = jsonNode.parse(schema);
  const [only] = node.anyOf ?? [];
  return only === undefined ? node : withoutNull(only);
}

/** The single settings below a schema by their dotted names; a list of objects is nothing for a field of a form. */
function single(schema: unknown, path: readonly string[] = []): [string[], object][] {
  const node = withoutNull(schema);
  if (node.type === "array") return [];
  if (!node.properties) return [[[...path], node]];
  return Object.entries(node.properties).flatMap(([name, below]) => single(below, [...path, name]));
}

const all = (): [string[], object][] => [
  ...single(z.toJSONSchema(hyperparametersSchema, { io: "input" })),
  ...single(z.toJSONSchema(clusteringSchema, { io: "input" }), ["clustering"]),
];

/** Values that each name takes where it means anything, and that are not what goes without saying. */
const trials: Readonly<Record<string, unknown>> = {
  classWeights: "BALANCED",
  augmentation: {},
  normalization: "NONE",
  mixup: 1,
  tokens: "CHARACTER",
  contextLength: 64,
  clustering: {},
};

/** Asks what checks the input whether models of a type take a setting, so that a form promises nothing else. */
function takes(type: ModelType, name: string, rows: number, choice: ArchitectureChoice | null): boolean {
  if (type === "CLUSTERING") return name === "clustering";
  if (isTrees(choice) && !boostingNames.some((taken) => taken === name)) return false;
  if (!(name in trials)) return true;
  try {
    parseSettings({ [name]: trials[name] }, type, rows, readsOneText(type), choice);
    return true;
  } catch (error) {
    if (error instanceof BadUserInput) return false;
    throw error;
  }
}

/** As text; null where nothing is chosen without the data. */
function usualAt(usual: object, path: readonly string[]): string | null {
  const value: unknown = path.reduce((inner: unknown, name) => Object(inner)[name], usual);
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? String(value)
    : null;
}

/** Bounds that an architecture narrows. */
function narrowed(setting: SettingDescription, usual: Settings): SettingDescription {
  if (!isBoosting(usual)) return setting;
  if (setting.name === "epochs") return { ...setting, maximum: mostEpochsOf(usual.boosting) };
  if (setting.name !== "learningRate") return setting;
  return { ...setting, minimum: treeRates.least, maximum: treeRates.most };
}

/** Of layers of one's own nothing depends on which they are. @throws BAD_USER_INPUT where trees do not suit the type */
function choiceOf(type: ModelType, preset: PresetName | null): ArchitectureChoice | null {
  const choice = preset === null || preset === "CUSTOM" ? null : parseChoice({ preset });
  // What a CUSTOM model learns is a classification or a regression.
  if (!isTrees(choice) || type === "CUSTOM") return choice;
  const unsuited = treesUnsuited({ type, target: null, features: [] });
  if (unsuited !== null) throw badInput("preset", unsuited);
  return choice;
}

/**
 * What a training of models of a type may be told, with bounds, and with defaults for so many rows. Nested settings
 * have dotted names such as `schedule.kind`; weights of classes by hand, which are a list, are not among them.
 * @param preset the architecture, where one is chosen: trees take other settings than networks
 * @throws BAD_USER_INPUT where trees do not suit the type
 */
export function describeHyperparameters(
  type: ModelType,
  rows: number,
  preset: PresetName | null = null,
): SettingDescription[] {
  const choice = choiceOf(type, preset);
  const usual = parseSettings({}, type, rows, readsOneText(type), choice);
  return all()
    .filter(([[name = ""]]) => takes(type, name, rows, choice))
    .map(([path, schema]) => {
      const described = narrowed(describeSetting(path.join("."), schema, false), usual);
      return { ...described, default: usualAt(usual, path) ?? described.default };
    });
}
