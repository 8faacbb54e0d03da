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

/** What is known of the tokens after one token. */
interface After {
  counts: ReadonlyMap<number, number>;
  seen: number;
  best: number;
}

function afterOf(followers: Followers, before: number, commonest: number): After {
  const counts = followers.after(before);
  const seen = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { counts, seen, best: seen > 0 ? likeliest(counts) : commonest };
}

interface Sums {
  tokens: number;
  nats: number;
  hits: number;
  /** Of the bigram, by prior. */
  bigramNats: number[];
  bigramHits: number;
}

function addToken(sums: Sums, token: number, unigram: number, { counts, seen, best }: After): void {
  sums.tokens++;
  sums.nats -= Math.log(unigram);
  sums.bigramHits += Number(token === best);
  priors.forEach((prior, place) => {
    const share = ((counts.get(token) ?? 0) + prior * unigram) / (seen + prior);
    sums.bigramNats[place] = (sums.bigramNats[place] ?? 0) - Math.log(share);
  });
}

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
  const commonest = likeliest(followers.total.entries());
  const sums: Sums = { tokens: 0, nats: 0, hits: 0, bigramNats: priors.map(() => 0), bigramHits: 0 };
  // What follows a token is summed up once, however often the token occurs.
  const known = new Map<number, After>();
  for (const text of measured)
    for (let at = 1; at < text.length; at++) {
      const [before, token] = [text[at - 1] ?? 0, text[at] ?? 0];
      const after = known.get(before) ?? afterOf(followers, before, commonest);
      known.set(before, after);
      sums.hits += Number(token === commonest);
      addToken(sums, token, unigrams[token] ?? 0, after);
    }
  return {
    unigram: scoreOf(sums.nats, sums.hits, sums.tokens),
    bigram: scoreOf(Math.min(...sums.bigramNats), sums.bigramHits, sums.tokens),
  };
}
