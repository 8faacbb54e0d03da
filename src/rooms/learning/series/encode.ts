import type { SeriesFeature, SeriesTarget } from "./settings.js";
import { levelOf, simpleForecast } from "./simple.js";

/** What a network and its answer are to be read by. */
export interface SeriesCoding {
  /** The series itself first. */
  features: readonly SeriesFeature[];
  target: SeriesTarget;
}

/** As for rows of a table: beyond this a value is a typing error, and would drown every other. */
const mostDeviations = 20;
/** The largest number a cell may be; powers of what the network says might be larger. */
const largest = 1e100;

/** A value as it is learnt: its logarithm where growth multiplies, else itself. */
export const inner = (value: number, floor: number | null): number =>
  floor === null ? value : Math.log(Math.max(floor, value));

const outer = (value: number, floor: number | null): number => {
  const number = floor === null ? value : Math.exp(value);
  return Math.max(-largest, Math.min(largest, number));
};

const historyOf = (window: Float64Array, width: number, floor: number | null): Float64Array =>
  Float64Array.from({ length: window.length / width }, (_, row) => inner(window[row * width] ?? 0, floor));

const clipped = (value: number): number => Math.max(-mostDeviations, Math.min(mostDeviations, value));

/**
 * Writes what the network sees of a window into `out` from `at` on. The series is relative to its own level, as in
 * NLinear (Zeng et al., Are Transformers Effective for Time Series Forecasting?, AAAI 2023, § 3.3), so nothing of the
 * window's level is left to learn by heart.
 * @param window [window, channels]
 */
export function encodeWindow(
  { features, target }: SeriesCoding,
  window: Float64Array,
  out: Float32Array,
  at: number,
): void {
  const width = features.length;
  const history = historyOf(window, width, target.floor);
  const level = levelOf(target.anchor, history, target.season);
  features.forEach(({ mean, deviation }, channel) => {
    for (let row = 0; row < history.length; row++) {
      const value = channel === 0 ? (history[row] ?? 0) - level : (window[row * width + channel] ?? 0) - mean;
      out[at + row * width + channel] = clipped(value / deviation);
    }
  });
}

/** The simple forecast that the network corrects, as it is learnt. */
export const anchorOf = ({ features, target }: SeriesCoding, window: Float64Array): Float64Array =>
  simpleForecast(target.anchor, historyOf(window, features.length, target.floor), target);

/** What the network is to say: how far the truth is from the anchor. Writes `horizon` values. */
export function encodeTruth(
  coding: SeriesCoding,
  { window, truth }: { window: Float64Array; truth: Float64Array },
  out: Float32Array,
  at: number,
): void {
  const { floor, deviation } = coding.target;
  anchorOf(coding, window).forEach((anchor, step) => {
    out[at + step] = clipped((inner(truth[step] ?? 0, floor) - anchor) / deviation);
  });
}

/** Forecasts in the series' own unit from what the network said of windows; `horizon` numbers each. */
export function decodeForecasts(
  coding: SeriesCoding,
  windows: readonly Float64Array[],
  outputs: Float32Array,
): Float64Array<ArrayBuffer> {
  const { horizon, deviation, floor } = coding.target;
  const forecasts = new Float64Array(windows.length * horizon);
  windows.forEach((window, index) => {
    anchorOf(coding, window).forEach((anchor, step) => {
      const at = index * horizon + step;
      forecasts[at] = outer(anchor + (outputs[at] ?? 0) * deviation, floor);
    });
  });
  return forecasts;
}
