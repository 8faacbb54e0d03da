import type { Metrics } from "../metrics.js";
import { largest } from "../metrics.js";
import { inSlices, mostWork, resample, resamplesFor } from "./bootstrap.js";
import { metricsOf } from "./evaluate.js";
import { percentileInterval } from "./interval.js";
import { isLessBetter, type MeasureName, measurerOf } from "./measures.js";
import { mcnemar, type McNemar } from "./mcnemar.js";
import { type Outcomes, pickOutcomes, widthOf } from "./outcomes.js";

export interface MetricDifference {
  metric: MeasureName;
  first: number;
  second: number;
  /** Second minus first. */
  difference: number;
  /** 95 % of the difference by the paired bootstrap; null where too few rows are shared to say. */
  lower: number | null;
  upper: number | null;
}

export interface PairedComparison {
  rows: number;
  resamples: number;
  differences: MetricDifference[];
  /** Null for numbers. */
  mcnemar: McNemar | null;
  metrics: [first: Metrics, second: Metrics];
  /** By `decidedBy`; null where both are equal. */
  better: "FIRST" | "SECOND" | null;
  certain: boolean;
  decidedBy: MeasureName;
}

/** Chance below which a difference is taken for one. */
const significance = 0.05;

/** The rows that are in both, each with what is true of it in both; empty where they share none. */
export function sharedOutcomes(first: Outcomes, second: Outcomes): [Outcomes, Outcomes] {
  const places = new Map(second.rows.map((row, place) => [row, place]));
  const pairs = first.rows.flatMap((row, place) => {
    const other = places.get(row);
    return other === undefined ? [] : [[place, other] as const];
  });
  return [
    pickOutcomes(
      first,
      pairs.map(([place]) => place),
    ),
    pickOutcomes(
      second,
      pairs.map(([, place]) => place),
    ),
  ];
}

/**
 * Two models on the same rows. Each resample draws rows once for both, so that what makes a row hard for both cancels
 * out and the interval is of the difference itself. Certain is what excludes zero at 95 %, by McNemar's test as well.
 */
export async function compareOutcomes(
  first: Outcomes,
  second: Outcomes,
  seed: number,
): Promise<PairedComparison> {
  const rows = first.rows.length;
  const measurers = [measurerOf(first), measurerOf(second)];
  const width = 2 * Math.max(widthOf(first), widthOf(second));
  const resamples = resamplesFor(rows, width, mostWork.answering);
  const samples = await inSlices(resample(rows, measurers, resamples, seed, first.block));
  const [mine = {}, theirs = {}] = measurers.map((measure) => measure());
  const names = Object.keys(mine) as MeasureName[];
  const differences = names.flatMap((metric): MetricDifference[] => {
    const [one, other] = [mine[metric] ?? null, theirs[metric] ?? null];
    if (one === null || other === null) return [];
    const drawn = samples.map(([a = {}, b = {}]) => minus(b[metric] ?? null, a[metric] ?? null));
    const { lower = null, upper = null } = percentileInterval(drawn) ?? {};
    return [{ metric, first: one, second: other, difference: other - one, lower, upper }];
  });
  const test = first.classes && mcnemar(rightOf(first), rightOf(second));
  const metrics: [Metrics, Metrics] = [metricsOf(first), metricsOf(second)];
  return { rows, resamples, differences, mcnemar: test, metrics, ...verdict(differences, test) };
}

const minus = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b;

function rightOf({ actual, outputs, classes }: Outcomes): boolean[] {
  const width = classes?.length ?? 1;
  return actual.map((truth, row) => truth === largest(outputs, row * width, width));
}

function verdict(
  differences: readonly MetricDifference[],
  test: McNemar | null,
): Pick<PairedComparison, "better" | "certain" | "decidedBy"> {
  const decidedBy = test ? "ACCURACY" : "ROOT_MEAN_SQUARED_ERROR";
  const found = differences.find(({ metric }) => metric === decidedBy);
  if (!found || found.difference === 0) return { better: null, certain: false, decidedBy };
  const more = found.difference > 0;
  const excludesZero = found.lower !== null && found.upper !== null && found.lower * found.upper > 0;
  return {
    better: more === isLessBetter(decidedBy) ? "FIRST" : "SECOND",
    certain: excludesZero && (test === null || test.pValue < significance),
    decidedBy,
  };
}
