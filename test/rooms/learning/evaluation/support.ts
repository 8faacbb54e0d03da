import fc from "fast-check";
import type { Outcomes } from "../../../../src/rooms/learning/index.js";

/*
 * The rows of the fixtures. The numbers that specs expect of them are scikit-learn 1.2.1's and SciPy 1.10.1's:
 *
 *   import numpy as np
 *   from sklearn.metrics import *
 *   from sklearn.calibration import calibration_curve
 *   from scipy.stats import binomtest
 *   y = np.array([0,0,1,1,0,1,0,1,1,0,1,0]); s = np.array([.1,.4,.35,.8,.4,.9,.2,.4,.7,.55,.65,.05])
 *   roc_curve(y, s), roc_auc_score(y, s), precision_recall_curve(y, s), average_precision_score(y, s)
 *   brier_score_loss(y, s), log_loss(y, s), f1_score(y, s > .5, average="macro")
 *   pred = (s > .5).astype(int); calibration_curve((pred == y).astype(int), np.maximum(s, 1 - s), n_bins=10)
 *   P = np.array([[.7,.2,.1],[.3,.4,.3],[.2,.2,.6],[.5,.3,.2],[.1,.8,.1],[.3,.3,.4],[.4,.5,.1],[.25,.25,.5],[.6,.1,.3]])
 *   Y = np.array([0,1,2,1,1,0,0,2,2])
 *   roc_auc_score(Y, P, multi_class="ovr", average="macro"); [roc_auc_score(Y == k, P[:, k]) for k in range(3)]
 *   [average_precision_score(Y == k, P[:, k]) for k in range(3)]; precision_recall_fscore_support(Y, P.argmax(1))
 *   np.mean(((P - np.eye(3)[Y]) ** 2).sum(1)), log_loss(Y, P)
 *   a = np.array([3.,-.5,2,7,4.2,1.1,8.5,0]); b = np.array([2.5,0,2,8,4.0,1.9,7.1,.4]); r = a - b
 *   r2_score(a, b), mean_absolute_error(a, b), mean_squared_error(a, b, squared=False)
 *   r.mean(), r.std(ddof=1), [np.quantile(r, q) for q in (0,.05,.25,.5,.75,.95,1)], np.histogram(r, bins=20)
 *   binomtest(k, n).proportion_ci(method="wilson"); binomtest(min(b, c), b + c, .5).pvalue
 */

export const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.2, 0.4, 0.7, 0.55, 0.65, 0.05];

/** Outcomes of a list of rows, from the first place on. */
export const outcomes = (
  classes: readonly string[] | null,
  actual: readonly number[],
  outputs: readonly number[],
): Outcomes => ({ classes, actual, rows: actual.map((_, row) => row), outputs: Float64Array.from(outputs) });

export const two = outcomes(
  ["no", "yes"],
  [0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0],
  scores.flatMap((score) => [1 - score, score]),
);

export const three = outcomes(
  ["a", "b", "c"],
  [0, 1, 2, 1, 1, 0, 0, 2, 2],
  [
    [0.7, 0.2, 0.1],
    [0.3, 0.4, 0.3],
    [0.2, 0.2, 0.6],
    [0.5, 0.3, 0.2],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
    [0.4, 0.5, 0.1],
    [0.25, 0.25, 0.5],
    [0.6, 0.1, 0.3],
  ].flat(),
);

export const numbers = outcomes(null, [3, -0.5, 2, 7, 4.2, 1.1, 8.5, 0], [2.5, 0, 2, 8, 4, 1.9, 7.1, 0.4]);

/** Rows of two classes whose scores often tie; some rows may be of no class that the model knows. */
export const anyTwo = (least = 1, most = 60): fc.Arbitrary<Outcomes> =>
  fc
    .array(fc.record({ truth: fc.integer({ min: -1, max: 1 }), score: fc.integer({ min: 0, max: 12 }) }), {
      minLength: least,
      maxLength: most,
    })
    .map((rows) =>
      outcomes(
        ["no", "yes"],
        rows.map(({ truth }) => truth),
        rows.flatMap(({ score }) => [1 - score / 12, score / 12]),
      ),
    );
