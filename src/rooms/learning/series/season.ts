/** Rows that are looked at, the latest; a season shows in far fewer. */
const mostRows = 20_000;
/** A pattern counts once it was seen this often. */
const leastCycles = 3;
const longest = 1_000;
/** Autocorrelation at a season, and how far it stands above the lowest one before. Noise and walks stay below. */
const leastPeak = 0.3;
/** Standard errors of the autocorrelation of noise, 1 / √n, that a peak of few rows must reach. */
const leastErrors = 3;
const leastRise = 0.3;
/** Seasons that calendars and clocks make; a peak this near to one is taken for it, since noise moves peaks. */
const natural = [4, 7, 12, 24, 48, 52, 96, 144, 168, 288, 365];
const nearness = 0.03;

/** The values without their straight line (least squares), since a trend correlates at every lag. */
function withoutTrend(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [product, spread] = [0, 0];
  values.forEach((value, at) => {
    product += (at - middle) * (value - mean);
    spread += (at - middle) ** 2;
  });
  const slope = spread > 0 ? product / spread : 0;
  return values.map((value, at) => value - mean - slope * (at - middle));
}

/**
 * Autocorrelations by lag from 0 on (Box and Jenkins, Time Series Analysis, § 2.1.5), each a mean over the pairs there
 * are, so that long lags don't look weaker; all zeros for values that don't vary.
 */
export function autocorrelations(values: Float64Array, most: number): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const shares = new Float64Array(most + 1);
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (!(spread > 1e-300)) return shares;
  for (let lag = 0; lag <= most; lag++) {
    let sum = 0;
    for (let at = lag; at < values.length; at++)
      sum += ((values[at] ?? 0) - mean) * ((values[at - lag] ?? 0) - mean);
    shares[lag] = (sum / spread) * (values.length / (values.length - lag));
  }
  return shares;
}

/** Means over a twentieth of the lag on both sides: a long season is a broad hill, with noise for its peaks. */
const smoothed = (shares: Float64Array): Float64Array =>
  shares.map((_, lag) => {
    const near = shares.subarray(lag - Math.floor(lag / 20), lag + Math.floor(lag / 20) + 1);
    return near.reduce((sum, share) => sum + share, 0) / near.length;
  });

/** The lag of the highest peak that stands out, or 1. */
function peakOf(shares: Float64Array, rows: number): number {
  const least = Math.max(leastPeak, leastErrors / Math.sqrt(rows));
  let [lowest, best] = [1, 1];
  for (let lag = 2; lag < shares.length - 1; lag++) {
    const [before, share, after] = [shares[lag - 1] ?? 0, shares[lag] ?? 0, shares[lag + 1] ?? 0];
    lowest = Math.min(lowest, before);
    const peak = share >= before && share >= after && share >= least && share - lowest >= leastRise;
    if (peak && (best === 1 || share > (shares[best] ?? 0))) best = lag;
  }
  return best;
}

const squaresOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0);

function seasonAbove(values: Float64Array): number {
  const most = Math.min(longest + 1, Math.floor(values.length / leastCycles) + 1);
  if (most < 3) return 1;
  const rest = withoutTrend(values);
  // What rounding leaves of a straight line has patterns of its own.
  if (squaresOf(rest) <= squaresOf(values) * 1e-20) return 1;
  return peakOf(smoothed(autocorrelations(rest, most)), values.length);
}

/**
 * Rows until the values repeat, by the autocorrelation of what is left without a straight trend; 1 where nothing does.
 * Where growth multiplies, its last years drown the others and only logarithms have a straight trend.
 */
export function seasonOf(values: Float64Array): number {
  const latest = values.subarray(Math.max(0, values.length - mostRows));
  const plain = seasonAbove(latest);
  const positive = latest.every((value) => value > 0);
  const found = plain === 1 && positive ? seasonAbove(latest.map(Math.log)) : plain;
  const near = natural.find((season) => Math.abs(season - found) <= season * nearness);
  return Math.min(near ?? found, longest);
}
