import { type Architecture, type ArchitectureChoice, type Fault, tokenUse } from "./architecture/index.js";
import type { TextUnit } from "./encoding/index.js";
import type { LearningTask } from "./preprocessing.js";

type Choice = ArchitectureChoice | Architecture | null;

/** What an EMBEDDING at the beginning says that texts are taken apart into. */
export function embeddingTokens(choice: Choice): TextUnit | undefined {
  const first = choice && "layers" in choice ? choice.layers[0] : undefined;
  return first?.type === "EMBEDDING" ? first.tokens : undefined;
}

const chosen = ({ features, target }: LearningTask): LearningTask["features"] =>
  features.filter(({ column }) => column !== target);

/** A network reads one sequence: how the words of two columns, or a word and a number, follow each other nobody knows. */
function isOneText(task: LearningTask): boolean {
  const [only, ...others] = chosen(task);
  return only?.kind === "TEXT" && others.length === 0;
}

/**
 * What the text is taken apart into where it comes as token numbers, else null: characters or words for layers that
 * begin with an EMBEDDING, words for presets that read word by word.
 */
export function tokenUnit(task: LearningTask, choice: Choice): TextUnit | null {
  if (choice === null || tokenUse(choice) === "NEVER" || !isOneText(task)) return null;
  return embeddingTokens(choice) ?? "WORD";
}

/** What speaks against an EMBEDDING over these features, or null. */
export function tokenFault(task: LearningTask, choice: Choice): Fault | null {
  if (choice === null || tokenUse(choice) !== "ALWAYS" || isOneText(task)) return null;
  const found = chosen(task).map(({ column, kind }) => `${column} (${kind})`);
  const some = found.length > 10 ? [...found.slice(0, 10), "…"] : found;
  return {
    path: "architecture.layers.0",
    message: `EMBEDDING reads the words of exactly one TEXT column, but the features are: ${some.join(", ")}. Leave it out, or name one text in the model's features.`,
  };
}
