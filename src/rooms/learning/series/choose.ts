import { anchors, type Anchor } from "./settings.js";
import { inner } from "./encode.js";
import { levelOf, reaches, simpleForecast } from "./simple.js";
import { ownValues, type SeriesValues, truthFrom, windowBefore } from "./values.js";

interface Spans {
  season: number;
  window: number;
  horizon: number;
}

interface Chosen {
  anchor: Anchor;
  floor: number | null;
}

/** Below every value seen, so that it only stands for what has no logarithm. */
const floorShare = 1e-3;
/** The logarithm has to be better by as much, since without it a forecast can't run away. */
const leastGain = 0.02;

/** The histories of some origins as they are learnt, with the truth as it stands. */
function examplesOf(
  values: SeriesValues,
  origins: readonly number[],
  { window, horizon }: Spans,
  floor: number | null,
) {
  return origins.map((origin) => ({
    history: Float64Array.from({ length: window }, (_, row) =>
      inner(windowBefore(values, origin, window)[row * values.width] ?? 0, floor),
    ),
    truth: truthFrom(values, origin, horizon),
  }));
}

/** Mean absolute error of a simple forecast in the series' own unit. */
function errorOf(examples: ReturnType<typeof examplesOf>, { anchor, floor }: Chosen, spans: Spans): number {
  let sum = 0;
  for (const { history, truth } of examples)
    simpleForecast(anchor, history, spans).forEach((value, step) => {
      sum += Math.abs((floor === null ? value : Math.exp(value)) - (truth[step] ?? 0));
    });
  return sum / (examples.length * spans.horizon);
}

function floorOf(values: SeriesValues): number | null {
  const smallest = ownValues(values).reduce(
    (least, value) => (Number.isNaN(value) ? least : Math.min(least, value)),
    Number.POSITIVE_INFINITY,
  );
  return smallest > 1e-90 ? smallest * floorShare : null;
}

/**
 * The simple forecast that erred least at training origins, of the values themselves or of their logarithms where all
 * are positive: what is left for the network to learn is then the least.
 */
export function chooseAnchor(values: SeriesValues, origins: readonly number[], spans: Spans): Chosen {
  const possible = anchors.filter((anchor) => reaches(anchor, spans.window, spans.season));
  const best = (floor: number | null): Chosen & { error: number } => {
    const examples = examplesOf(values, origins, spans, floor);
    return possible
      .map((anchor) => ({ anchor, floor, error: errorOf(examples, { anchor, floor }, spans) }))
      .reduce((one, other) => (other.error < one.error ? other : one));
  };
  const [plain, floor] = [best(null), floorOf(values)];
  const logarithmic = floor === null ? null : best(floor);
  const better = logarithmic !== null && logarithmic.error < plain.error * (1 - leastGain);
  const { anchor, floor: chosen } = better ? logarithmic : plain;
  return { anchor, floor: chosen };
}

/** What rounding leaves of values that don't vary is not variation, and would be blown up to look like some. */
const positive = (squares: number, count: number, magnitude: number): number => {
  const deviation = Math.sqrt(squares / Math.max(1, count));
  return deviation > Math.max(1e-100, magnitude * 1e-9) ? deviation : 1;
};

/** Root mean square distances at training origins: of a window from its level, and of the truth from the anchor. */
export function deviationsOf(
  values: SeriesValues,
  origins: readonly number[],
  { anchor, floor, ...spans }: Spans & Chosen,
): { input: number; output: number } {
  let [inputs, outputs, magnitude] = [0, 0, 0];
  for (const { history, truth } of examplesOf(values, origins, spans, floor)) {
    const level = levelOf(anchor, history, spans.season);
    for (const value of history) {
      inputs += (value - level) ** 2;
      magnitude = Math.max(magnitude, Math.abs(value));
    }
    simpleForecast(anchor, history, spans).forEach((value, step) => {
      outputs += (inner(truth[step] ?? 0, floor) - value) ** 2;
    });
  }
  return {
    input: positive(inputs, origins.length * spans.window, magnitude),
    output: positive(outputs, origins.length * spans.horizon, magnitude),
  };
}
