/** Rows that just one of two models has right, and how likely they would fall so by chance. */
export interface McNemar {
  onlyFirst: number;
  onlySecond: number;
  /** Two-sided and exact. */
  pValue: number;
}

/**
 * McNemar's test (Psychometrika 12, 1947) in its exact form: were both models equally good, each row that they differ
 * on would be a coin's toss.
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  let [onlyFirst, onlySecond] = [0, 0];
  first.forEach((right, row) => {
    onlyFirst += Number(right && !second[row]);
    onlySecond += Number(!right && second[row] === true);
  });
  const tosses = onlyFirst + onlySecond;
  const pValue = Math.min(1, 2 * fairTail(Math.min(onlyFirst, onlySecond), tosses));
  return { onlyFirst, onlySecond, pValue };
}

/** The chance of at most `most` heads in so many tosses of a fair coin; by logarithms, since 2^-2000 is no double. */
function fairTail(most: number, tosses: number): number {
  let term = -tosses * Math.LN2;
  let sum = Math.exp(term);
  for (let heads = 1; heads <= most; heads++) {
    term += Math.log((tosses - heads + 1) / heads);
    sum += Math.exp(term);
  }
  return sum;
}
