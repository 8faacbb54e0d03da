import type { VersionEvaluation } from "../evaluation/version-evaluation.entity.js";
import type { ModelVersion } from "../model-version.entity.js";
import type { CardFacts } from "./facts.js";
import { forecastsOf } from "./forecast.js";
import { escaped, figure, section, table } from "./markdown.js";

/** A confusion of more classes is no longer read as a table. */
const mostClasses = 12;

/** What was measured, section by section. */
export const qualityOf = ({ version, evaluation }: CardFacts): string[] => [
  section("Metrics", metricsOf(version, evaluation)),
  section("Forecasts", forecastsOf(version.metrics?.forecast)),
  section("Baselines", baselinesOf(version)),
  section("Classes", classesOf(evaluation)),
  section("Confusion", confusionOf(version)),
  section("Calibration", calibrationOf(evaluation)),
  section("Residuals", residualsOf(evaluation)),
  section("Clusters", clustersOf(version)),
  section("Numbers of clusters", candidatesOf(version)),
];

const inWords = (name: string): string => name.toLowerCase().replaceAll("_", " ");

function metricsOf({ metrics, signature }: ModelVersion, evaluation: VersionEvaluation | null): string {
  if (!metrics) {
    const unmeasured = "It was imported and not measured here.";
    // Of outputs that stand for nothing in particular no data says what is right.
    if (signature.output.width !== undefined) return `${unmeasured}\n`;
    return `${unmeasured} compareVersions measures it on a dataset of yours.\n`;
  }
  const measured = `Measured on ${metrics.rows} held-out rows.\n\n`;
  if (evaluation) {
    const rows = evaluation.intervals.map(({ metric, value, lower, upper }) => [
      inWords(metric),
      figure(value),
      `${figure(lower)} to ${figure(upper)}`,
    ]);
    if (rows.length > 0) return measured + table(["Metric", "Value", "95 % interval"], rows);
  }
  const {
    confusion: _counts,
    rows: _rows,
    unseenRows: _unseen,
    forecast: _steps,
    clusters: _clusters,
    candidates: _candidates,
    baselines: _counted,
    ...values
  } = metrics;
  const known = Object.entries(values);
  return (
    measured +
    table(
      ["Metric", "Value"],
      known.map(([name, value]) => [escaped(name), figure(value)]),
    )
  );
}

/** A perplexity says nothing by itself: it depends on what the tokens are. */
function baselinesOf({ metrics }: ModelVersion): string {
  if (!metrics?.baselines) return "";
  const { loss, perplexity, accuracy, baselines } = metrics;
  const { unigram, bigram } = baselines;
  const measured = { "This version": { loss, perplexity, accuracy }, unigram, bigram };
  const rows = Object.entries(measured).map(([name, score]) => [
    name,
    figure(score.perplexity),
    figure(score.loss),
    figure(score.accuracy),
  ]);
  const head = ["", "Perplexity", "Nats a token", "Next token right"];
  return `What counting tokens (unigram) and pairs of them (bigram) foretells, on the same tokens.\n\n${table(head, rows)}`;
}

function classesOf(evaluation: VersionEvaluation | null): string {
  const rows = (evaluation?.classes ?? [])
    .slice(0, 50)
    .map(({ label, support, precision, recall, f1, rocArea }) => [
      escaped(label),
      String(support),
      ...[precision, recall, f1, rocArea].map(figure),
    ]);
  return table(["Class", "Rows", "Precision", "Recall", "F1", "ROC area"], rows);
}

function confusionOf({ metrics, signature: { output } }: ModelVersion): string {
  const { confusion } = metrics ?? {};
  const classes = output.classes ?? [];
  if (!confusion || classes.length > mostClasses) return "";
  const rows = confusion.map((counts, place) => [escaped(classes[place] ?? ""), ...counts.map(String)]);
  return `Rows by actual class, predicted class across.\n\n${table(["", ...classes.map((label) => escaped(label))], rows)}`;
}

function calibrationOf(evaluation: VersionEvaluation | null): string {
  if (!evaluation?.calibration) return "";
  const { bins, expectedCalibrationError, brierScore } = evaluation.calibration;
  const rows = bins
    .filter((bin) => bin.rows > 0)
    .map(({ from, to, rows: count, confidence, accuracy }) => [
      `${from} to ${to}`,
      String(count),
      figure(confidence),
      figure(accuracy),
    ]);
  return `Expected calibration error ${figure(expectedCalibrationError)}, Brier score ${figure(brierScore)}.\n\n${table(["Confidence", "Rows", "Mean confidence", "Accuracy"], rows)}`;
}

function residualsOf(evaluation: VersionEvaluation | null): string {
  if (!evaluation?.residuals) return "";
  const { mean, standardDeviation, quantiles } = evaluation.residuals;
  const rows = quantiles.map(({ share, value }) => [`${figure(share * 100)} %`, figure(value)]);
  return `Actual minus predicted: mean ${figure(mean)}, standard deviation ${figure(standardDeviation)}.\n\n${table(["Part of the rows below", "Residual"], rows)}`;
}

function clustersOf({ metrics }: ModelVersion): string {
  const rows = (metrics?.clusters ?? []).map((cluster) => [
    escaped(cluster.label),
    String(cluster.trainingRows),
    String(cluster.rows),
  ]);
  return table(["Cluster", "Rows learnt from", "Held-out rows"], rows);
}

function candidatesOf({ metrics }: ModelVersion): string {
  const rows = (metrics?.candidates ?? []).map(({ clusters, silhouette, bic, inertia, chosen }) => [
    `${clusters}${chosen ? " (chosen)" : ""}`,
    ...[silhouette, bic, inertia].map(figure),
  ]);
  const head = ["Clusters", "Silhouette", "Bayesian information criterion", "Inertia"];
  return rows.length === 0 ? "" : `Measured on the rows that were learnt from.\n\n${table(head, rows)}`;
}
