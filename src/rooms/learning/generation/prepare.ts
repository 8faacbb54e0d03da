import { type Tensor, type Tensor2D, tensor } from "@tensorflow/tfjs-core";
import {
  type Architecture,
  type InputShape,
  parseChoice,
  resolveArchitecture,
} from "../architecture/index.js";
import { categoryOf } from "../cell.js";
import { sequenceShape, type TextUnit, type TokenSequence } from "../encoding/index.js";
import { unusable } from "../errors.js";
import type { Hyperparameters } from "../hyperparameters.js";
import { leastTrainingRows } from "../learning.limits.js";
import { splitOf } from "../parts.js";
import type { LearningPlan } from "../plan.js";
import { columnCells, type Preprocessing, type Table } from "../preprocessing.js";
import { suitableGenerator, suitableContext, unitOf } from "./architecture.js";
import { type Baselines, baselinesOf } from "./baselines.js";
import { generationLimits } from "./limits.js";
import { fitTextTokens, readable, TextTokens } from "./text-tokens.js";
import { byText } from "./split-texts.js";
import { type Windows, windowsOf } from "./windows.js";

/** Texts that training never saw, and what the baselines make of them. */
export interface MeasuredTexts {
  texts: number[][];
  baselines: Baselines;
}

interface PreparedTexts {
  preprocessing: Preprocessing;
  architecture: Architecture;
  input: InputShape;
  outputs: number;
  train: Windows;
  validation: Windows | null;
  measured: MeasuredTexts;
  rows: { train: number; validation: number; test: number; dropped: number };
}

/** About, and rather too many: a word with the space before it. */
const charactersPerToken: Record<TextUnit, number> = { CHARACTER: 1, WORD: 6 };

/** Every second text, every third and so on, so that together they are about `most` tokens. */
export function evenly<T extends { length: number }>(texts: readonly T[], most: number): T[] {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  const step = Math.max(1, Math.ceil(total / most));
  return texts.filter((_, place) => place % step === 0);
}

interface Parts {
  train: string[];
  validation: string[];
  test: string[];
}

/** The texts of each part; rows without one are in none. @throws TRAINING_DATA_UNUSABLE where there are too few */
function textsOf(table: Table, column: string, plan: LearningPlan, validationSplit: number): Parts {
  const cells = columnCells(table, column);
  const texts = cells.map((cell) => readable(categoryOf(cell) ?? ""));
  const split = byText(texts, splitOf(table, plan, cells, validationSplit));
  const of = (rows: number[]) => rows.map((row) => texts[row] ?? "").filter((text) => text !== "");
  const parts = { train: of(split.train), validation: of(split.validation), test: of(split.test) };
  if (parts.train.length >= leastTrainingRows && parts.test.length > 0) return parts;
  throw unusable(
    "features",
    `Only ${parts.train.length} training and ${parts.test.length} test texts are left; at least ${leastTrainingRows} and 1 are needed. Send a dataset with more different texts.`,
  );
}

/** @throws TRAINING_DATA_UNUSABLE where the texts are too short to learn how one goes on */
function contextFor(wanted: number, tokens: number): number {
  const context = Math.min(wanted, Math.floor(tokens / leastTrainingRows));
  if (context >= generationLimits.context.least) return context;
  const least = generationLimits.context.least * leastTrainingRows;
  throw unusable(
    "features",
    `All training texts together have ${tokens} tokens; at least ${least} are needed. Send more or longer texts.`,
  );
}

interface EncodedTexts extends Record<keyof Parts, number[][]> {
  sequence: TokenSequence;
  /** Tokens that the network knows. */
  size: number;
}

/** Learns the tokens on the training texts and takes all texts apart into them. @throws TRAINING_DATA_UNUSABLE */
function encodeTexts(parts: Parts, unit: TextUnit, wanted: number): EncodedTexts {
  const { trainingTokens, measuredTokens } = generationLimits;
  const fitted = fitTextTokens(evenly(parts.train, trainingTokens * charactersPerToken[unit]), unit, wanted);
  if (!fitted)
    throw unusable(
      "features",
      `No two training texts have a ${unit.toLowerCase()} in common. Send more texts of one language.`,
    );
  const tokens = new TextTokens(fitted);
  // Of texts in characters first: nobody has the memory for the tokens of texts that are not learnt from.
  const encode = (texts: string[], most: number) =>
    evenly(
      evenly(texts, most * charactersPerToken[unit]).map((text) => tokens.text(text)),
      most,
    );
  const train = encode(parts.train, trainingTokens);
  const count = train.reduce((sum, { length }) => sum + length - 1, 0);
  return {
    sequence: { ...fitted, length: contextFor(wanted, count) },
    size: tokens.size,
    train,
    validation: encode(parts.validation, measuredTokens),
    test: encode(parts.test, measuredTokens),
  };
}

/** What lies between a text and the network. */
const preprocessingOf = (table: Table, column: string, { sequence, size }: EncodedTexts): Preprocessing => ({
  features: [{ kind: "TOKENS", column, sequence }],
  leftOut: table.columns
    .filter((name) => name !== column)
    .map((name) => ({ column: name, reason: "Not chosen." })),
  target: { type: "TEXT_GENERATION", column, outputs: size },
});

/** From rows to windows of tokens, the network and what it is measured on. @throws BAD_USER_INPUT, TRAINING_DATA_UNUSABLE */
export function prepareTexts(
  table: Table,
  plan: LearningPlan,
  hyperparameters: Hyperparameters,
): PreparedTexts {
  const column = plan.task.target ?? "";
  const choice = plan.architecture ? parseChoice(plan.architecture) : null;
  const unit = unitOf(choice, hyperparameters);
  const parts = textsOf(table, column, plan, hyperparameters.validationSplit);
  const texts = encodeTexts(parts, unit, hyperparameters.contextLength ?? suitableContext[unit]);
  const { sequence, size } = texts;
  const input = sequenceShape(sequence);
  const validation = windowsOf(texts.validation, sequence.length);
  return {
    preprocessing: preprocessingOf(table, column, texts),
    architecture: choice ? resolveArchitecture(choice, input) : suitableGenerator(input, unit),
    input,
    outputs: size,
    train: windowsOf(texts.train, sequence.length),
    validation: validation.count > 0 ? validation : null,
    measured: { texts: texts.test, baselines: baselinesOf(texts.train, texts.test, size) },
    rows: rowsOf(table, parts),
  };
}

const rowsOf = ({ rows }: Table, { train, validation, test }: Parts): PreparedTexts["rows"] => ({
  train: train.length,
  validation: validation.length,
  test: test.length,
  dropped: rows.length - train.length - validation.length - test.length,
});

/** Windows as tensors for training; the trainer disposes them. */
export const windowExamples = ({ count, context, seen, next }: Windows): { x: Tensor; y: Tensor2D } => ({
  x: tensor(seen, [count, context]),
  y: tensor(next, [count, context]) as Tensor2D,
});
