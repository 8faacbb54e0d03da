import { parseArtefact } from "../artefact.js";
import type { Design } from "../design.js";
import { unknownToken } from "../encoding/token-sequence.js";
import type { TextUnit, TokenSequence } from "../encoding/index.js";
import { ArtefactInvalid, unusable } from "../errors.js";
import { checkTarget } from "../fine-tuning.js";
import { leastTrainingRows } from "../learning.limits.js";
import type { Base } from "../plan.js";
import type { LearningTask, Table } from "../preprocessing.js";
import type { EncodedTexts } from "./encode-texts.js";
import { endToken, textSequence } from "./text-tokens.js";

interface Inherited extends Design {
  sequence: TokenSequence;
}

/**
 * What a version has learnt and goes on learning with: its tokens, its window, its layers and weights. A token that it
 * does not know stays unknown, because each has its own place in the first layer and in the last.
 * @param settings of which `tokens`, if given, must be the version's
 * @throws ARTEFACT_INVALID; TRAINING_DATA_UNUSABLE where it learnt something else
 */
export function inherit(
  { artefact }: Base,
  task: LearningTask,
  table: Table,
  { tokens: unit }: { tokens?: TextUnit | undefined },
): Inherited {
  const { preprocessing, architecture, weights } = parseArtefact(artefact);
  checkTarget({ preprocessing }, task, table);
  const sequence = textSequence(preprocessing);
  if (!sequence) throw new ArtefactInvalid();
  if (unit === undefined || unit === sequence.unit) return { preprocessing, architecture, weights, sequence };
  throw unusable(
    "fromVersion",
    `The version reads texts by ${sequence.unit}, and the training is to read them by ${unit}. Leave \`tokens\` out, or train a new version without fromVersion.`,
  );
}

/** @throws TRAINING_DATA_UNUSABLE where the version's window is too long for the texts, or it knows nothing in them */
export function checkLearnable({ train, tokens }: EncodedTexts, { length, unit }: TokenSequence): void {
  const least = length * leastTrainingRows;
  if (tokens < least)
    throw unusable(
      "fromVersion",
      `All training texts together have ${tokens} tokens, and the version sees ${length} at once; at least ${least} are needed. Send more or longer texts.`,
    );
  const known = train.some((text) => text.some((token) => token !== unknownToken && token !== endToken));
  if (known) return;
  throw unusable(
    "fromVersion",
    `The version knows no ${unit.toLowerCase()} of the training texts. Send texts of its language, or train a new version without fromVersion.`,
  );
}
