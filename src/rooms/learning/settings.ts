import { BadUserInput } from "../../kernel/errors.js";
import { type ClusteringSettings, parseClustering } from "./clusters/index.js";
import { type Hyperparameters, parseHyperparameters } from "./hyperparameters.js";
import type { ArchitectureChoice } from "./architecture/index.js";
import type { ModelType } from "./model-types.js";
import { type BoostingSettings, isTrees, parseBoosting } from "./trees/index.js";

/** What a search for clusters goes by, in place of what gradient descent does. */
export interface ClusterSettings {
  clustering: ClusteringSettings;
}

/** What a training of rows with answers goes by. */
export type LearntSettings = Hyperparameters | BoostingSettings;

/** What a training goes by. */
export type Settings = LearntSettings | ClusterSettings;

export const isBoosting = (settings: Settings): settings is BoostingSettings => "boosting" in settings;

export const isClustering = (settings: Settings): settings is ClusterSettings => "clustering" in settings;

const refused = (names: readonly string[], message: string): Error => {
  const fields = names.map((name) => ({ path: `hyperparameters.${name}`, message }));
  return new BadUserInput(message, { fields });
};

/**
 * The caller's choices over the suitable ones.
 * @param choice the architecture, where one is chosen: trees go by settings of their own
 * @throws BAD_USER_INPUT with places below `hyperparameters`
 */
export function parseSettings(
  input: unknown,
  type: ModelType,
  rows: number,
  texts = false,
  choice: ArchitectureChoice | null = null,
): Settings {
  const { clustering, ...others } = (input ?? {}) as Record<string, unknown>;
  if (type !== "CLUSTERING") {
    if (clustering)
      throw refused(["clustering"], "Only a model of type CLUSTERING looks for clusters. Leave it out.");
    if (isTrees(choice)) return parseBoosting(others, type, rows, choice.parameters);
    return parseHyperparameters(others, type, rows, texts);
  }
  const given = Object.keys(others).filter((name) => others[name] !== undefined && others[name] !== null);
  if (given.length > 0)
    throw refused(given, "A model of type CLUSTERING takes no hyperparameter but clustering. Leave it out.");
  return { clustering: parseClustering(clustering) };
}
