/** How well something foretells the next token: nats a token, its exponential, and how often the likeliest is right. */
export interface NextTokenScore {
  loss: number;
  perplexity: number;
  accuracy: number;
}

export interface Baselines {
  /** Knows how frequent each token is. */
  unigram: NextTokenScore;
  /** Knows what follows each token. */
  bigram: NextTokenScore;
}

export const scoreOf = (nats: number, hits: number, tokens: number): NextTokenScore => {
  const loss = tokens === 0 ? 0 : nats / tokens;
  return { loss, perplexity: Math.exp(loss), accuracy: tokens === 0 ? 0 : hits / tokens };
};

/** Counts what follows what in texts of token numbers, each with its end on either side. */
class Followers {
  readonly total: Float64Array;
  readonly #pairs = new Map<number, Map<number, number>>();

  constructor(
    texts: readonly number[][],
    private readonly size: number,
  ) {
    this.total = new Float64Array(size);
    for (const text of texts)
      for (let at = 1; at < text.length; at++) this.#count(text[at - 1] ?? 0, text[at] ?? 0);
  }

  #count(before: number, token: number): void {
    this.total[token] = (this.total[token] ?? 0) + 1;
    const after = this.#pairs.get(before) ?? new Map<number, number>();
    this.#pairs.set(before, after.set(token, (after.get(token) ?? 0) + 1));
  }

  /** Every token counts once more than it occurred, so that none is impossible (Laplace). */
  unigrams(): Float64Array {
    const sum = this.total.reduce((all, count) => all + count, 0);
    return this.total.map((count) => (count + 1) / (sum + this.size));
  }

  after(before: number): ReadonlyMap<number, number> {
    return this.#pairs.get(before) ?? new Map<number, number>();
  }
}

const likeliest = (counts: Iterable<[number, number]>): number => {
  let [best, most] = [-1, 0];
  for (const [token, count] of counts) if (count > most) [best, most] = [token, count];
  return best;
};

/** Weights of the unigram within the bigram, in tokens seen (MacKay and Peto 1995). */
const priors = [0.1, 1, 10, 100, 1_000];

/**
 * Both baselines on the very tokens that the network is measured on, each text but its first token. The bigram takes
 * the prior that suits those tokens best, so it is never put down by its smoothing.
 */
export function baselinesOf(
  training: readonly number[][],
  measured: readonly number[][],
  size: number,
): Baselines {
  const followers = new Followers(training, size);
  const unigrams = followers.unigrams();
  const commonest = likeliest([...followers.total.entries()]);
  const [bigramNats, sums] = [priors.map(() => 0), { tokens: 0, nats: 0, hits: 0, bigramHits: 0 }];
  const known = new Map<number, { after: ReadonlyMap<number, number>; seen: number; best: number }>();
  const knownAfter = (before: number) => {
    const after = followers.after(before);
    const facts = { after, seen: [...after.values()].reduce((a, b) => a + b, 0), best: likeliest(after) };
    known.set(before, facts);
    return facts;
  };
  for (const text of measured)
    for (let at = 1; at < text.length; at++) {
      const [before, token] = [text[at - 1] ?? 0, text[at] ?? 0];
      const { after, seen, best } = known.get(before) ?? knownAfter(before);
      const unigram = unigrams[token] ?? 0;
      sums.tokens++;
      sums.nats -= Math.log(unigram);
      sums.hits += Number(token === commonest);
      sums.bigramHits += Number(token === (best < 0 ? commonest : best));
      priors.forEach((prior, place) => {
        const share = ((after.get(token) ?? 0) + prior * unigram) / (seen + prior);
        bigramNats[place] = (bigramNats[place] ?? 0) - Math.log(share);
      });
    }
  return {
    unigram: scoreOf(sums.nats, sums.hits, sums.tokens),
    bigram: scoreOf(Math.min(...bigramNats), sums.bigramHits, sums.tokens),
  };
}
