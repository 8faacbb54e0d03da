/** What the trees learn: numbers by their squared errors, classes by the log loss of a softmax. */
export interface Objective {
  /** Scores of a row: one a class; of two classes the logarithm of their odds alone, and of a number the number. */
  readonly scores: number;
  /** What is said of a row before any tree. */
  readonly begin: Float64Array;
  /** By how much one tree may change a score, before its rate. */
  readonly mostStep: number;
  /** Of each row, how its scores should change: minus the first derivative of its loss, and the second one. */
  derive(scores: Float64Array, first: Float64Array, second: Float64Array): void;
}

/** Rows with what is right for each: the place of a class, or a number. */
export interface Answers {
  values: ArrayLike<number>;
  /** How much each row counts. */
  weights: Float64Array;
  /** Null where numbers are learnt. */
  classes: number | null;
}

export interface Losses {
  loss: number;
  accuracy: number | null;
}

/**
 * Of rows that are foretold with certainty nearly nothing is left of the second derivative: one of them that is wrong
 * would move its leaf by millions, and no later tree would find back. (`max_delta_step` of XGBoost, where 1 to 10 help.)
 */
const mostLogOdds = 10;

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

function numbers({ values, weights }: Answers): Objective {
  let total = 0;
  for (let row = 0; row < weights.length; row++) total += (weights[row] ?? 0) * (values[row] ?? 0);
  return {
    scores: 1,
    begin: Float64Array.of(total / sum(weights)),
    mostStep: Number.POSITIVE_INFINITY,
    derive(scores, first, second) {
      for (let row = 0; row < weights.length; row++) {
        const weight = weights[row] ?? 0;
        first[row] = weight * ((values[row] ?? 0) - (scores[row] ?? 0));
        second[row] = weight;
      }
    },
  };
}

/** Logarithms of how much of the weight is each class's. */
function priorsOf({ values, weights }: Answers, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  for (let row = 0; row < weights.length; row++) {
    const place = values[row] ?? 0;
    shares[place] = (shares[place] ?? 0) + (weights[row] ?? 0);
  }
  return shares.map((share) => Math.log(share / sum(weights)));
}

function twoClasses(answers: Answers): Objective {
  const { values, weights } = answers;
  const [none = 0, one = 0] = priorsOf(answers, 2);
  return {
    scores: 1,
    begin: Float64Array.of(one - none),
    mostStep: mostLogOdds,
    derive(scores, first, second) {
      for (let row = 0; row < weights.length; row++) {
        const chance = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
        const weight = weights[row] ?? 0;
        first[row] = weight * ((values[row] ?? 0) - chance);
        second[row] = weight * chance * (1 - chance);
      }
    },
  };
}

/** Writes the chances of one row's classes into `out`. */
function softmax(scores: Float64Array, from: number, out: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < out.length; at++) most = Math.max(most, scores[from + at] ?? 0);
  let total = 0;
  for (let at = 0; at < out.length; at++) {
    const share = Math.exp((scores[from + at] ?? 0) - most);
    out[at] = share;
    total += share;
  }
  for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) / total;
}

function manyClasses(answers: Answers, classes: number): Objective {
  const { values, weights } = answers;
  const chances = new Float64Array(classes);
  // One score too many: without this each would take the step that the others take as well (Friedman 2001, eq. 33).
  const shared = classes / (classes - 1);
  return {
    scores: classes,
    begin: priorsOf(answers, classes),
    mostStep: mostLogOdds,
    derive(scores, first, second) {
      for (let row = 0; row < weights.length; row++) {
        const weight = weights[row] ?? 0;
        softmax(scores, row * classes, chances);
        for (let place = 0; place < classes; place++) {
          const chance = chances[place] ?? 0;
          first[row * classes + place] = weight * (Number(place === values[row]) - chance);
          second[row * classes + place] = weight * shared * chance * (1 - chance);
        }
      }
    },
  };
}

export function objectiveOf(answers: Answers): Objective {
  const { classes } = answers;
  if (classes === null) return numbers(answers);
  return classes === 2 ? twoClasses(answers) : manyClasses(answers, classes);
}

/** Chances of all classes, of two of them from the one score there is. */
function chancesOf(scores: Float64Array, row: number, out: Float64Array): void {
  if (out.length > 2) return softmax(scores, row * out.length, out);
  const score = scores[row] ?? 0;
  out[0] = 1 / (1 + Math.exp(score));
  out[1] = 1 / (1 + Math.exp(-score));
}

const largestOf = (values: Float64Array): number =>
  values.reduce((best, value, at) => (value > (values[best] ?? 0) ? at : best), 0);

/** The least that a logarithm is taken of: a chance that rounding has made zero costs as much as can be told of it. */
const leastChance = Number.MIN_VALUE;

/** Means over the rows. A row of a class that nobody knows costs nothing and is never right. */
export function lossesOf({ values, weights, classes }: Answers, scores: Float64Array): Losses {
  const rows = weights.length;
  let [loss, right] = [0, 0];
  const chances = new Float64Array(classes ?? 0);
  for (let row = 0; row < rows; row++) {
    const [value, weight] = [values[row] ?? 0, weights[row] ?? 0];
    if (classes === null) loss += weight * (value - (scores[row] ?? 0)) ** 2;
    else if (value >= 0) {
      chancesOf(scores, row, chances);
      const chance = chances[value] ?? 0;
      loss -= weight * Math.log(Number.isNaN(chance) ? chance : Math.max(chance, leastChance));
      right += Number(largestOf(chances) === value);
    }
  }
  return { loss: loss / rows, accuracy: classes === null ? null : right / rows };
}
