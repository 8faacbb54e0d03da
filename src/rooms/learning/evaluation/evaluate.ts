import { classificationMetrics, type Metrics, regressionMetrics } from "../metrics.js";
import { resample, resamplesFor } from "./bootstrap.js";
import { type Calibration, calibrationOf } from "./calibration.js";
import { type ClassEvaluation, classEvaluations } from "./classes.js";
import { percentileInterval, wilsonInterval } from "./interval.js";
import { type MeasureName, measurerOf, type Measures } from "./measures.js";
import { type Outcomes, widthOf } from "./outcomes.js";
import { type Residuals, residualsOf } from "./residuals.js";

export interface MetricInterval {
  metric: MeasureName;
  value: number;
  lower: number;
  upper: number;
  method: "WILSON" | "BOOTSTRAP";
}

/** How good a model is on rows that it had not seen, and how sure that is. What doesn't apply to its type is null. */
export interface Evaluation {
  rows: number;
  resamples: number;
  rocArea: number | null;
  averagePrecision: number | null;
  intervals: MetricInterval[];
  classes: ClassEvaluation[] | null;
  calibration: Calibration | null;
  residuals: Residuals | null;
}

/** A percentile interval needs resamples that differ from one another. */
const leastRows = 2;

export const metricsOf = ({ classes, actual, outputs }: Outcomes): Metrics =>
  classes ? classificationMetrics(actual, outputs, classes.length) : regressionMetrics(actual, outputs);

/** Where no row says what is right: there is nothing to resample, and no class or residual to tell of. */
export const unevaluated = (rows: number): Evaluation => ({
  rows,
  resamples: 0,
  rocArea: null,
  averagePrecision: null,
  intervals: [],
  classes: null,
  calibration: null,
  residuals: null,
});

/** The same outcomes and seed give the same evaluation to the bit. */
export function evaluate(outcomes: Outcomes, seed: number): Evaluation {
  const rows = outcomes.actual.length;
  const measurer = measurerOf(outcomes);
  const measures = measurer();
  const resamples = rows < leastRows ? 0 : resamplesFor(rows, widthOf(outcomes));
  const samples = [...resample(rows, [measurer], resamples, seed, outcomes.block)].map(
    ([sample = {}]) => sample,
  );
  return {
    rows,
    resamples,
    rocArea: measures.ROC_AREA ?? null,
    averagePrecision: measures.AVERAGE_PRECISION ?? null,
    intervals: intervalsOf(measures, samples, rows),
    classes: outcomes.classes && classEvaluations(outcomes),
    calibration: outcomes.classes && calibrationOf(outcomes),
    residuals: outcomes.classes ? null : residualsOf(outcomes),
  };
}

function intervalsOf(measures: Measures, samples: readonly Measures[], rows: number): MetricInterval[] {
  const names = Object.keys(measures) as MeasureName[];
  return names.flatMap((metric): MetricInterval[] => {
    const value = measures[metric] ?? null;
    if (value === null) return [];
    if (metric === "ACCURACY")
      return [{ metric, value, ...wilsonInterval(Math.round(value * rows), rows), method: "WILSON" }];
    const interval = percentileInterval(samples.map((sample) => sample[metric] ?? null));
    return interval ? [{ metric, value, ...interval, method: "BOOTSTRAP" }] : [];
  });
}
