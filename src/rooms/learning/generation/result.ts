import { parseArtefact } from "../artefact.js";
import { type Evaluation, packOutcomes } from "../evaluation/index.js";
import type { GenerationMetrics } from "../metrics.js";
import { Generator } from "./generator.js";
import { measureTexts } from "./measure.js";
import type { MeasuredTexts } from "./prepare.js";

/** Tokens are no rows: there is nothing to resample, and no class or residual to tell of. */
const nothingMore = {
  resamples: 0,
  rocArea: null,
  averagePrecision: null,
  intervals: [],
  classes: null,
  calibration: null,
  residuals: null,
};

interface Measured {
  metrics: GenerationMetrics;
  evaluation: Evaluation;
  outcomes: Uint8Array;
}

/** What is measured on the artefact, as it will be served. */
export function measureGeneration(artefact: Uint8Array, { texts, baselines }: MeasuredTexts): Measured {
  const generator = Generator.load(parseArtefact(artefact));
  const score = measureTexts(generator, texts);
  generator.dispose();
  const rows = texts.length;
  const tokens = texts.reduce((sum, { length }) => sum + length - 1, 0);
  return {
    metrics: { ...score, rows, tokens, baselines },
    evaluation: { rows, ...nothingMore },
    // What was foretold of each token is kept nowhere: it is as large as the texts, and compares with nothing.
    outcomes: packOutcomes({ classes: null, rows: [], actual: [], outputs: new Float64Array() }),
  };
}
