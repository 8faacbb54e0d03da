import { parseArtefact } from "../artefact.js";
import { unevaluated } from "../evaluation/index.js";
import type { Measured } from "../learner.js";
import { Generator } from "./generator.js";
import { measureTexts } from "./measure.js";
import type { MeasuredTexts } from "./prepare.js";

/** What is measured on the artefact, as it will be served. */
export function measureGeneration(artefact: Uint8Array, { texts, baselines }: MeasuredTexts): Measured {
  const generator = Generator.load(parseArtefact(artefact));
  const score = measureTexts(generator, texts);
  generator.dispose();
  const rows = texts.length;
  const tokens = texts.reduce((sum, { length }) => sum + length - 1, 0);
  return {
    metrics: { ...score, rows, tokens, baselines },
    evaluation: unevaluated(rows),
    // What was foretold of each token is kept nowhere: it is as large as the texts, and compares with nothing.
    outcomes: null,
  };
}
