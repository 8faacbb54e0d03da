import { expect } from "chai";
import {
  type Artefact,
  imageInputOf,
  packArtefact,
  signatureOf,
} from "../../../src/rooms/learning/artefact.js";
import { PredictorPool } from "../../../src/rooms/learning/index.js";
import { probeOf } from "../../../src/rooms/serving/health/probe.js";
import { artefactOf, tokenArtefact, weigh } from "../learning/exchange/artefacts.js";
import { textPreprocessing } from "../learning/exchange/texts.js";

const target = { type: "CLASSIFICATION" as const, column: "kind", classes: ["a", "b"] };

/** A network that tells what is in images of so many channels. */
const ofImages = (channels: 1 | 3): Artefact => {
  const scale = Array<number>(channels).fill(1);
  const image = { kind: "IMAGE", column: "picture", width: 5, height: 4, channels } as const;
  return weigh(
    { features: [{ ...image, mean: scale, deviation: scale }], leftOut: [], target },
    { layers: [{ type: "FLATTEN" }] },
  );
};

/** A network that goes on with a series of two columns, of which rows may say when they were. */
const ofSeries = (): Artefact => {
  const features = ["y", "z"].map((column) => ({
    kind: "SERIES" as const,
    column,
    window: 6,
    mean: 3,
    deviation: 2,
  }));
  return weigh(
    {
      features,
      leftOut: [],
      target: {
        type: "TIME_SERIES",
        column: "y",
        timeColumn: "day",
        window: 6,
        horizon: 2,
        season: 1,
        anchor: "LAST",
        floor: null,
        deviation: 1,
        scale: null,
      },
    },
    { layers: [{ type: "FLATTEN" }] },
  );
};

describe("serving: the made-up rows of a deployment's health", () => {
  const pool = new PredictorPool({ threads: 1 });
  after(() => pool.close());

  for (const [name, artefact] of [
    ["numbers, truths and categories", artefactOf([{ type: "FLATTEN" }], 2)],
    ["texts, beside categories", weigh(textPreprocessing(), { layers: [] })],
    ["texts in tokens", tokenArtefact(5, [{ type: "EMBEDDING", dimensions: 2 }, { type: "FLATTEN" }])],
    ["grey images", ofImages(1)],
    ["coloured images", ofImages(3)],
    ["a series with times", ofSeries()],
  ] as [string, Artefact][])
    it(`are answered by a version that reads ${name}`, async () => {
      const signature = signatureOf(artefact.preprocessing);
      const source = {
        key: name,
        image: imageInputOf(signature),
        load: async () => packArtefact(artefact).bytes,
      };
      const { predictions } = await pool.predict(source, probeOf(signature));
      expect(predictions).to.have.length.greaterThan(0);
    });
});
