import { badInput } from "../../../kernel/errors.js";
import type { Reading } from "../prediction.js";
import type { Engine } from "../predictor-network.js";
import { noNumber } from "../rows.js";
import type { Baseline, Player } from "./game.js";
import { leastEvaluations, type ShapleyMethod, shapleyPlan } from "./shapley.js";

/** What a thread says of some coalitions of a row's parts. */
export interface Evaluated {
  players: Player[];
  baseline: Baseline;
  reading: Reading;
  engine: Engine;
  /** Of each coalition all outputs, or the one that was asked for. */
  outputs: Float64Array;
}

/** Evaluates coalitions, one byte a player; of all outputs, or of the one with this number. */
export type Evaluate = (coalitions: Uint8Array, output: number | null) => Promise<Evaluated>;

/** Whether so many evaluations may be made. */
export type Admit = (evaluations: number) => Promise<void>;

export interface ExplanationRequest {
  /** The class whose probability is explained, or the number of an output without a name; null is the likeliest. */
  label: string | null;
  /** Evaluations at most. */
  evaluations: number;
  seed: number;
}

export interface Attribution extends Player {
  /** In the unit of the output. */
  value: number;
}

export interface Explanation {
  method: ShapleyMethod;
  baseline: Baseline;
  /** In the order of the columns, words or patches. */
  attributions: Attribution[];
  /** Null for a regression. */
  label: string | null;
  /** What the model says of the row, and of nothing but the baseline. */
  output: number;
  baselineOutput: number;
  /** By how much the attributions miss `output − baselineOutput`, which rounding alone makes more than 0. */
  sumError: number;
  evaluations: number;
  engine: Engine;
}

export const explanationLimits = { evaluations: { least: 16, usual: 1_024, most: 4_096 } };

/** A thread computes so many at a time, then others have their turn. */
const evaluatedAtOnce = 64;

/** Outputs without names go by their number, from 1. */
function numbered(outputs: number, label: string | null): number {
  if (outputs === 1 && label === null) return 0;
  const place = Array.from({ length: outputs }, (_, at) => String(at + 1)).indexOf(label ?? "");
  if (place >= 0) return place;
  throw badInput("label", `The model has ${outputs} outputs. Name the one to explain by its number, from 1.`);
}

function outputOf({ classes, values }: Reading, everybody: Float64Array, label: string | null): number {
  if (values !== undefined) return numbered(values, label);
  if (!classes) {
    if (label !== null) throw badInput("label", "A regression has no classes. Leave the label out.");
    return 0;
  }
  if (label === null) return everybody.indexOf(Math.max(...everybody));
  const place = classes.indexOf(label);
  if (place >= 0) return place;
  throw badInput("label", `The model has no such class. Name one of ${classes.slice(0, 30).join(", ")}.`);
}

/** Throws BAD_USER_INPUT where a row of so many parts can't be explained. */
function checkParts(count: number, evaluations: number): void {
  if (count === 0)
    throw badInput("row", "The text has no words, so there is nothing to explain. Send one that has.");
  const least = leastEvaluations(count);
  if (evaluations < least)
    throw badInput(
      "evaluations",
      `The row has ${count.toLocaleString("en")} parts, which take ${least.toLocaleString("en")} evaluations at least. Allow as many.`,
    );
}

/**
 * Shapley values of a row's parts for one output: what each adds to it, on average over the orders in which the parts
 * may come. They sum to the difference between the output for the row and for the baseline.
 *
 * @param admit is told how many evaluations it takes, before the first; what it throws ends the explanation
 * @throws BAD_USER_INPUT at `label`, at `evaluations` where they are too few, at `row` where it has no part
 */
export async function explain(
  evaluate: Evaluate,
  request: ExplanationRequest,
  admit?: Admit,
): Promise<Explanation> {
  const { players, baseline } = await evaluate(new Uint8Array(), null);
  checkParts(players.length, request.evaluations);
  const plan = shapleyPlan(players.length, request.evaluations, request.seed);
  await admit?.(plan.count);
  const ends = await evaluate(plan.coalitions.subarray(0, 2 * players.length), null);
  const width = ends.outputs.length / 2;
  const place = outputOf(ends.reading, ends.outputs.subarray(width), request.label);
  const values = new Float64Array(plan.count);
  values.set([ends.outputs[place] ?? 0, ends.outputs[width + place] ?? 0]);
  for (let from = 2; from < plan.count; from += evaluatedAtOnce) {
    const to = Math.min(plan.count, from + evaluatedAtOnce);
    const part = plan.coalitions.subarray(from * players.length, to * players.length);
    values.set((await evaluate(part, place)).outputs, from);
  }
  if (!values.every(Number.isFinite)) throw noNumber("row");
  const shares = plan.shares(values);
  const [baselineOutput = 0, output = 0] = values;
  return {
    method: plan.method,
    baseline,
    attributions: players.map((player, at) => ({ ...player, value: shares[at] ?? 0 })),
    label: ends.reading.classes?.[place] ?? (ends.reading.values === undefined ? null : String(place + 1)),
    output,
    baselineOutput,
    sumError: Math.abs(shares.reduce((sum, share) => sum + share, 0) - (output - baselineOutput)),
    evaluations: plan.count,
    engine: ends.engine,
  };
}
