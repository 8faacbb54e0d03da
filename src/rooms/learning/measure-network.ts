import {
  evaluate,
  keptOutcomes,
  measurerOf,
  metricsOf,
  type Outcomes,
  packOutcomes,
} from "./evaluation/index.js";
import type { Measured, Scored } from "./learner.js";
import type { HeldOut } from "./parts.js";
import { Predictor } from "./predictor.js";
import { columnCells, RowEncoder } from "./preprocessing.js";
import { measureSeries } from "./series/index.js";
import { classesOf, columnOf, targetValues } from "./target.js";

/** What the network says of rows that know their places in the dataset, beside what is true of them. */
async function outcomesOf(predictor: Predictor, test: HeldOut): Promise<Outcomes> {
  const { target, preprocessing } = predictor;
  const actual = targetValues(target, columnCells(test, columnOf(target)));
  const outputs = await predictor.run(test.rows, new RowEncoder(preprocessing.features, test.columns));
  return { classes: classesOf(target), rows: test.places, actual, outputs };
}

/** No other engine: a training process may load no native code. */
async function withArtefact<T>(artefact: Uint8Array, use: (predictor: Predictor) => Promise<T>): Promise<T> {
  const predictor = await Predictor.load(artefact, ["TFJS"]);
  return use(predictor).finally(() => predictor.dispose());
}

/** The artefact on rows held out from it. */
export const measureNetwork = (artefact: Uint8Array, test: HeldOut, seed: number): Promise<Measured> =>
  withArtefact(artefact, async (predictor) => {
    if (predictor.series)
      return measureSeries(predictor.preprocessing, test, seed, (windows) => predictor.forecast(windows));
    const outcomes = await outcomesOf(predictor, test);
    return {
      metrics: metricsOf(outcomes),
      evaluation: evaluate(outcomes, seed),
      outcomes: packOutcomes(keptOutcomes(outcomes)),
    };
  });

/** The same in short, for a search. */
export const scoreNetwork = (artefact: Uint8Array, test: HeldOut): Promise<Scored> =>
  withArtefact(artefact, async (predictor) => {
    const outcomes = await outcomesOf(predictor, test);
    return { measures: measurerOf(outcomes)(), rows: outcomes.actual.length };
  });
