import { largest } from "../metrics.js";
import { brierScores } from "./measures.js";
import { type Outcomes, widthOf } from "./outcomes.js";

export interface ReliabilityBin {
  /** Confidences above `from` (the first: from it on) and up to `to`. */
  from: number;
  to: number;
  rows: number;
  /** Mean over the rows; null without rows, as the accuracy. */
  confidence: number | null;
  accuracy: number | null;
}

export interface Calibration {
  bins: ReliabilityBin[];
  /** Mean distance of accuracy from confidence over the bins, by their rows. */
  expectedCalibrationError: number;
  brierScore: number;
}

const binCount = 10;

/**
 * Whether the confidence of a label is how often it is right: reliability in ten equal bins and the expected
 * calibration error (Guo et al., On Calibration of Modern Neural Networks, ICML 2017).
 */
export function calibrationOf(outcomes: Outcomes): Calibration {
  const { actual, outputs } = outcomes;
  const classes = widthOf(outcomes);
  const sums = Array.from({ length: binCount }, () => ({ rows: 0, confidence: 0, right: 0 }));
  actual.forEach((truth, row) => {
    const label = largest(outputs, row * classes, classes);
    const confidence = outputs[row * classes + label] ?? 0;
    const bin = sums[Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1))];
    if (!bin) return;
    bin.rows++;
    bin.confidence += confidence;
    bin.right += Number(truth === label);
  });
  const gap = sums.reduce((sum, { confidence, right }) => sum + Math.abs(right - confidence), 0);
  const brier = brierScores(actual, outputs, classes).reduce((sum, score) => sum + score, 0);
  const rows = Math.max(1, actual.length);
  return { bins: sums.map(binOf), expectedCalibrationError: gap / rows, brierScore: brier / rows };
}

const binOf = (
  { rows, confidence, right }: { rows: number; confidence: number; right: number },
  place: number,
): ReliabilityBin => ({
  from: place / binCount,
  to: (place + 1) / binCount,
  rows,
  confidence: rows === 0 ? null : confidence / rows,
  accuracy: rows === 0 ? null : right / rows,
});
