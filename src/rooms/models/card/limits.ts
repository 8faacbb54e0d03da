import type { CardFacts } from "./facts.js";
import { forecastLimits } from "./forecast.js";
import { escaped, figure } from "./markdown.js";

/** Below these a figure says little: an accuracy of 0.9 on 100 rows may as well be 0.83 or 0.94. */
const fewRows = 100;
const fewOfClass = 10;
/** Beyond this a confidence should not be shown to people as it is. */
const poorCalibration = 0.1;

/** Which rows were held out is known of one dataset alone; the weights of before may have seen them in another. */
function inheritedLimits({ version, parent }: CardFacts): string[] {
  const { hyperparameters, datasetId } = version;
  const tuned = hyperparameters && "fineTuning" in hyperparameters && hyperparameters.fineTuning;
  if (!tuned || !parent || (parent.datasetId !== null && parent.datasetId === datasetId)) return [];
  return [
    `Its weights began as those of ${parent.number}, which learnt from another dataset: where held-out rows are in that one too, the figures are too good.`,
  ];
}

/** What a reader must know before they trust the figures. */
export function limitsOf(facts: CardFacts): string[] {
  const { version, evaluation } = facts;
  const { metrics, leftOut, signature } = version;
  const limits: string[] = [];
  if (metrics && metrics.rows < fewRows)
    limits.push(`Small test set: the figures rest on ${metrics.rows} rows, so see their intervals.`);
  const rare = (evaluation?.classes ?? []).filter(({ support }) => support < fewOfClass);
  if (rare.length > 0)
    limits.push(
      `Fewer than ${fewOfClass} held-out rows of: ${rare
        .slice(0, 20)
        .map(({ label, support }) => `${escaped(label)} (${support})`)
        .join(", ")}.`,
    );
  if (metrics?.unseenRows)
    limits.push(
      `${metrics.unseenRows} held-out rows are of classes that training did not see; they count as wrong. The data may be ordered.`,
    );
  const error = evaluation?.calibration?.expectedCalibrationError ?? 0;
  if (error > poorCalibration)
    limits.push(`Confidences are off by ${figure(error)} on average: don't take them for probabilities.`);
  for (const { column, reason } of (leftOut ?? []).slice(0, 50))
    limits.push(`It does not read ${escaped(column)}: ${escaped(reason)}`);
  if (signature.inputs.some(({ kind }) => kind === "CATEGORY"))
    limits.push("A value of a category that it does not know counts as none of those it knows.");
  limits.push(...forecastLimits(metrics?.forecast), ...inheritedLimits(facts));
  if (signature.output.type === "TEXT_GENERATION")
    limits.push(
      "It writes what is likely after its training texts, not what is true, and may repeat parts of them word by word.",
    );
  limits.push(
    metrics
      ? "It was measured on rows of the dataset it was trained from; other data may differ."
      : "It was imported: what it was trained on, and how good it is, nobody has said here.",
  );
  return limits;
}
