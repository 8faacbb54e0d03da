import { expect } from "chai";
import { parseArtefact, signatureOf } from "../../../../src/rooms/learning/artefact.js";
import { Generator } from "../../../../src/rooms/learning/generation/index.js";
import type { GenerationMetrics } from "../../../../src/rooms/learning/metrics.js";
import { codeOf, fieldsOf, interruptedSha256, learn } from "../data.js";
import { messages, planFor, quick, small, tableOf } from "./texts.js";

const metricsOf = ({ metrics }: { metrics: unknown }): GenerationMetrics => metrics as GenerationMetrics;
const few = tableOf(messages(300));

describe("generation: learning", function () {
  this.timeout(120_000);

  it("is better than counting on texts it never saw, in characters, and much better than guessing", async () => {
    const plan = planFor({
      architecture: { preset: "GRU", parameters: { units: 64, dimensions: 32, dropout: 0 } },
      hyperparameters: { epochs: 4, learningRate: 0.006 },
    });
    const result = await learn(tableOf(messages(1_600)), plan);
    const { loss, perplexity, accuracy, baselines, tokens, rows } = metricsOf(result);
    expect(loss).to.be.below(baselines.bigram.loss - 0.1);
    expect(baselines.bigram.loss).to.be.below(baselines.unigram.loss);
    expect(accuracy).to.be.above(baselines.bigram.accuracy);
    expect(perplexity).to.be.closeTo(Math.exp(loss), 1e-9);
    expect([rows, tokens > 20_000]).to.deep.equal([result.rows.test, true]);
    expect(result.history.at(-1)?.loss).to.be.below(result.history[0]?.loss ?? 0);
    expect(result.history.at(-1)?.valLoss).to.be.a("number");
    expect(result.evaluation).to.include({ rows, classes: null, residuals: null });
  });

  it("is better than counting in words as well", async () => {
    const plan = planFor({
      architecture: { preset: "GRU", parameters: { units: 32, dimensions: 24, dropout: 0.3 } },
      hyperparameters: { epochs: 6, batchSize: 4, tokens: "WORD", learningRate: 0.006, contextLength: 16 },
    });
    const result = await learn(tableOf(messages(1_200)), plan);
    const { loss, baselines } = metricsOf(result);
    expect(loss).to.be.below(baselines.bigram.loss);
    expect(loss).to.be.below(baselines.unigram.loss);
    const [feature] = result.preprocessing.features;
    expect(feature).to.have.nested.property("sequence.unit", "WORD");
  });

  for (const architecture of [
    small,
    { preset: "LSTM", parameters: { units: 16, dimensions: 16, depth: 2 } },
    { preset: "TRANSFORMER", parameters: { depth: 1, heads: 2, dimensions: 16, units: 32 } },
    {
      layers: [
        { type: "EMBEDDING", dimensions: 16, tokens: "WORD" },
        { type: "DENSE", units: 16 },
        { type: "GRU", units: 16, returnSequences: true, l2: 0.001 },
      ],
    },
  ]) {
    const name = "preset" in architecture ? architecture.preset : "layers of one's own";
    it(`gives the same bits again, interrupted or not: ${name}`, async () => {
      const plan = planFor({ architecture, hyperparameters: { ...quick, epochs: 4 } });
      const { sha256 } = await learn(few, plan);
      expect(await interruptedSha256(few, plan)).to.equal(sha256);
      expect((await learn(few, { ...plan, seed: 2 })).sha256).to.not.equal(sha256);
    });
  }

  it("sees no token to come: the scores after a beginning are those of that beginning alone", async () => {
    for (const preset of ["GRU", "LSTM", "TRANSFORMER"]) {
      const architecture = { preset, parameters: { dimensions: 16, units: 16 } };
      const { artefact } = await learn(
        few,
        planFor({ architecture, hyperparameters: { ...quick, epochs: 1 } }),
      );
      const generator = Generator.load(parseArtefact(artefact));
      const { context, size } = generator.tokens;
      const window = new Float32Array(context);
      window.set(generator.tokens.prompt("Ok lar... Joking wif u oni").slice(0, context));
      const scores = generator.scores(window, 1);
      for (const place of [0, 3, 9]) {
        const alone = generator.next(Array.from(window.slice(0, place + 1)));
        expect(alone).to.deep.equal(scores.slice(place * size, (place + 1) * size));
      }
      generator.dispose();
    }
  });

  it("has no text in two parts, and takes rows without one for dropped", async () => {
    const texts = messages(120);
    const table = tableOf([...texts, ...texts, null, "", "   "]);
    const { rows } = await learn(table, planFor({ architecture: small, hyperparameters: quick }));
    const different = new Set(texts.map((text) => text.trim()));
    expect(rows.train + rows.validation + rows.test).to.equal(240);
    expect(rows.dropped).to.equal(3);
    // Every text is there twice, so every part has an even number of rows where no two texts are the same.
    if (different.size === texts.length) expect(rows.test % 2).to.equal(0);
  });

  it("tells what it reads", async () => {
    const { preprocessing } = await learn(few, planFor({ architecture: small, hyperparameters: quick }));
    expect(signatureOf(preprocessing)).to.deep.equal({
      inputs: [{ column: "text", kind: "TEXT", categories: null }],
      ignored: ["text"],
      output: { column: "text", type: "TEXT_GENERATION", classes: null },
    });
  });

  const refused: [string, object, RegExp][] = [
    [
      "a layer that mixes steps",
      {
        layers: [
          { type: "EMBEDDING", dimensions: 8 },
          { type: "CONV1D", filters: 8 },
        ],
      },
      /CONV1D mixes steps/,
    ],
    [
      "a state that comes at the end alone",
      {
        layers: [
          { type: "EMBEDDING", dimensions: 8 },
          { type: "LSTM", units: 8 },
        ],
      },
      /returnSequences to true/,
    ],
    [
      "attention to what is to come",
      {
        layers: [
          { type: "EMBEDDING", dimensions: 8 },
          { type: "TRANSFORMER_BLOCK", units: 8, heads: 2 },
        ],
      },
      /causal to true/,
    ],
    [
      "means over a batch of steps",
      {
        layers: [
          { type: "EMBEDDING", dimensions: 8 },
          { type: "DENSE", units: 8, batchNormalization: true },
        ],
      },
      /batchNormalization mixes steps/,
    ],
    [
      "a network without an EMBEDDING",
      { layers: [{ type: "DENSE", units: 8 }] },
      /Put an EMBEDDING before it/,
    ],
    ["a preset that mixes steps", { preset: "CNN_1D" }, /mixes steps/],
  ];
  for (const [name, architecture, message] of refused)
    it(`refuses ${name}, and says what to do`, async () => {
      let said = "";
      await learn(few, planFor({ architecture, hyperparameters: quick })).catch((error: Error) => {
        said = error.message;
      });
      expect(said).to.match(message);
    });

  it("refuses what can't be learnt from: too few texts, too short ones, and nothing in common", async () => {
    const codes = [
      ["a", "b"],
      Array<string>(40).fill("same"),
      Array.from({ length: 40 }, (_, at) => String.fromCodePoint(0x4e00 + at)),
    ].map((texts) => codeOf(learn(tableOf(texts), planFor({ architecture: small, hyperparameters: quick }))));
    expect(await Promise.all(codes)).to.deep.equal(Array(3).fill("TRAINING_DATA_UNUSABLE"));
  });

  it("has settings that no other model has", async () => {
    const { parseHyperparameters } = await import("../../../../src/rooms/learning/hyperparameters.js");
    for (const given of [{ tokens: "WORD" }, { contextLength: 32 }]) {
      expect(fieldsOf(() => parseHyperparameters(given, "SENTIMENT", 100))[0]?.message).to.match(
        /TEXT_GENERATION/,
      );
      expect(parseHyperparameters(given, "TEXT_GENERATION", 100)).to.include(given);
    }
    const weighed = { classWeights: "BALANCED" };
    expect(fieldsOf(() => parseHyperparameters(weighed, "TEXT_GENERATION", 100))[0]?.path).to.equal(
      "hyperparameters.classWeights",
    );
    expect(fieldsOf(() => parseHyperparameters({ contextLength: 7 }, "TEXT_GENERATION", 100))).to.have.length(
      1,
    );
  });
});
