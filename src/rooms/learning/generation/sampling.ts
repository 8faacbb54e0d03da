/** How the next token is chosen from its scores. */
export interface SamplingOptions {
  /** Divides the scores: below 1 likely tokens become likelier. 0 takes the likeliest, always. */
  temperature: number;
  /** Chooses among this many of the likeliest; null is all. */
  topK: number | null;
  /** Chooses among the likeliest that together have this probability (nucleus sampling, Holtzman et al. 2020). */
  topP: number | null;
}

interface Candidate {
  token: number;
  probability: number;
}

const placeBits = 2 ** 20;

/**
 * The places of finite scores, the highest first, equals in ascending order: the choice is the same on any machine. A
 * score's bits as a number that falls as it rises, and its place after them, are one key, and numbers are sorted ten
 * times as fast as places by a comparison: thousands of words are sorted for each token.
 */
function ranked(scores: Float32Array, most: number): number[] {
  // Adding zero makes -0 the same as 0.
  const bits = new Uint32Array(scores.map((score) => score + 0).buffer);
  const keys: number[] = [];
  bits.forEach((value, place) => {
    if (!((scores[place] ?? Number.NaN) > Number.NEGATIVE_INFINITY)) return;
    const falling = value >>> 31 === 1 ? value : 0x7fffffff - value;
    keys.push(falling * placeBits + place);
  });
  const sorted = Float64Array.from(keys).sort().subarray(0, most);
  return Array.from(sorted, (key) => key % placeBits);
}

/**
 * The tokens that may be chosen, the likeliest first, with probabilities that sum to 1: first the `topK`, then of these
 * as few as reach `topP`, as transformers and llama.cpp do. A score of -Infinity is never among them.
 */
export function candidates(scores: Float32Array, { temperature, topK, topP }: SamplingOptions): Candidate[] {
  const places = ranked(scores, temperature === 0 ? 1 : (topK ?? scores.length));
  const top = scores[places[0] ?? 0] ?? 0;
  const scale = temperature === 0 ? 1 : temperature;
  const powers = places.map((place) => Math.exp(((scores[place] ?? 0) - top) / scale));
  const kept = topP === null ? powers.length : nucleus(powers, topP);
  const sum = powers.slice(0, kept).reduce((total, power) => total + power, 0);
  return places.slice(0, kept).map((token, at) => ({ token, probability: (powers[at] ?? 0) / sum }));
}

/** How many of the highest powers reach a share of all, at least one. */
function nucleus(powers: readonly number[], share: number): number {
  const wanted = share * powers.reduce((total, power) => total + power, 0);
  let reached = 0;
  const last = powers.findIndex((power) => (reached += power) >= wanted);
  return last < 0 ? powers.length : last + 1;
}

/** Chooses a token. @param random a number from 0 up to 1 */
export function sample(scores: Float32Array, options: SamplingOptions, random: number): number {
  const choice = candidates(scores, options);
  let left = random;
  const chosen = choice.find(({ probability }) => (left -= probability) < 0);
  // Rounding may leave a little of the random number when all probabilities are taken.
  return (chosen ?? choice.at(-1))?.token ?? -1;
}
