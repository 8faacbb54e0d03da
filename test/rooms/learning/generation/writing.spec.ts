import { expect } from "chai";
import {
  type GenerationRequest,
  type LearningResult,
  type ModelSource,
  PredictorPool,
  servingEngine,
  type WrittenPiece,
} from "../../../../src/rooms/learning/index.js";
import { codeOf, dataSet, learn } from "../data.js";
import { messages, planFor, quick, small, tableOf } from "./texts.js";

const request: GenerationRequest = {
  prompt: "I ",
  maxTokens: 60,
  temperature: 0.8,
  topK: null,
  topP: null,
  seed: 5,
  stop: [],
};
const sourceOf = ({ artefact, sha256 }: LearningResult): ModelSource => ({
  key: sha256,
  load: () => Promise.resolve(artefact),
});

describe("generation: writing in the threads of predictions", function () {
  this.timeout(60_000);
  let model: ModelSource;
  let words: ModelSource;
  let artefact: Uint8Array;
  let pool: PredictorPool;
  const penguins = dataSet("penguins");
  before(async () => {
    const table = tableOf(messages(300));
    const characters = await learn(table, planFor({ architecture: small, hyperparameters: quick }));
    ({ artefact } = characters);
    model = sourceOf(characters);
    const hyperparameters = { ...quick, tokens: "WORD", contextLength: 8 };
    words = sourceOf(await learn(table, planFor({ architecture: small, hyperparameters })));
  });
  beforeEach(() => {
    pool = new PredictorPool({ threads: 1 });
  });
  afterEach(() => pool.close());

  async function pieces(from: ModelSource, more: Partial<GenerationRequest> = {}): Promise<WrittenPiece[]> {
    const all: WrittenPiece[] = [];
    for await (const piece of pool.generate(from, { ...request, ...more })) all.push(piece);
    return all;
  }
  async function write(from: ModelSource, more: Partial<GenerationRequest> = {}) {
    const all = await pieces(from, more);
    const tokens = all.reduce((sum, piece) => sum + piece.tokens, 0);
    return { text: all.map(({ text }) => text).join(""), tokens, finishReason: all.at(-1)?.finishReason };
  }

  it("gives the same text for the same seed, in whatever thread, and another for another", async () => {
    const first = await write(model);
    const other = new PredictorPool({ threads: 3 });
    let again = "";
    for await (const { text } of other.generate(model, request)) again += text;
    await other.close();
    expect(again).to.equal(first.text);
    expect((await write(model, { seed: 6 })).text).to.not.equal(first.text);
    expect((await write(model, { prompt: "Free " })).text).to.not.equal(first.text);
  });

  it("says the same each time at temperature 0, whatever the seed", async () => {
    const greedy = await write(model, { temperature: 0 });
    expect(await write(model, { temperature: 0, seed: 99 })).to.deep.equal(greedy);
    expect((await write(model, { topK: 1, seed: 99 })).text).to.equal(greedy.text);
    expect((await write(model, { temperature: 1e-4 })).text).to.equal(greedy.text);
  });

  it("ends at the longest wanted, and tells how many tokens it made", async () => {
    for (const maxTokens of [1, 16, 17]) {
      const { text, tokens, finishReason } = await write(model, { maxTokens, temperature: 0 });
      expect([tokens, finishReason]).to.deep.equal([maxTokens, "LENGTH"]);
      expect(Array.from(text)).to.have.length(maxTokens);
    }
  });

  it("ends where the model says so, and goes beyond its context", async () => {
    const ends = await Promise.all(
      Array.from({ length: 8 }, (_, seed) => write(model, { seed, maxTokens: 1_000, temperature: 1 })),
    );
    const ended = ends.filter(({ finishReason }) => finishReason === "END");
    expect(ended).to.not.have.length(0);
    expect(Math.max(...ends.map(({ tokens }) => tokens))).to.be.above(quick.contextLength);
    for (const { text, tokens } of ended) expect(Array.from(text)).to.have.length(tokens);
  });

  it("ends before a stop text, of which nothing is shown", async () => {
    const { text } = await write(model, { temperature: 0, maxTokens: 40 });
    const stop = text.slice(7, 9);
    const stopped = await write(model, { temperature: 0, maxTokens: 40, stop: ["###", stop] });
    expect(stopped.finishReason).to.equal("STOP");
    expect(stopped.text).to.equal(text.slice(0, text.indexOf(stop)));
    expect(stopped.tokens).to.be.at.least(stopped.text.length);
  });

  it("goes on after what it does not know, and never writes that", async () => {
    const { text, tokens } = await write(model, { prompt: "日本 😀 \u0007", maxTokens: 200, temperature: 2 });
    expect(tokens).to.be.above(0);
    expect(text).to.not.match(/[日本😀\ufffd]/u);
  });

  it("joins words as they were in the texts", async () => {
    const { text } = await write(words, { prompt: "", maxTokens: 40 });
    expect(text).to.not.match(/^ | {2}|\p{L} [.,!?]\p{L}/u);
    expect(text).to.match(/\p{L} \p{L}/u);
    const spaced = await write(words, { prompt: "I ", temperature: 0 });
    const open = await write(words, { prompt: "I", temperature: 0 });
    expect(spaced.text).to.equal(open.text.trimStart());
  });

  it("takes any prompt, as long as it may be", async () => {
    for (const prompt of ["", " ", "\ud800", "x".repeat(10_000), "I went to ".repeat(1_000)])
      expect((await write(model, { prompt, maxTokens: 3 })).tokens).to.be.within(0, 3);
  });

  it("lets others' predictions through while it writes", async () => {
    const trained = await learn(penguins.table, { ...penguins.plan, hyperparameters: { epochs: 2 } });
    const other = sourceOf(trained);
    await pool.predict(other, penguins.objects.slice(0, 1));
    await write(model, { maxTokens: 1 });
    let turns = 0;
    const count = async (seed: number): Promise<void> => {
      for await (const { tokens } of pool.generate(model, { ...request, seed, maxTokens: 1_000 }))
        turns += Number(tokens > 0);
    };
    const texts = Promise.all(Array.from({ length: 30 }, (_, seed) => count(seed)));
    await pool.predict(other, penguins.objects.slice(0, 1));
    // Thirty texts wait for their turns, and the prediction has waited for one or two of them.
    expect(turns).to.be.below(6);
    await texts;
    expect(turns).to.be.above(30);
  });

  it("stops computing when nobody reads on", async () => {
    const text = pool.generate(model, { ...request, maxTokens: 1_000 });
    await text.next();
    await text.return();
    expect(await text.next()).to.deep.equal({ done: true, value: undefined });
  });

  it("goes on in a new thread when one was killed, from the next request on", async () => {
    const text = pool.generate(model, { ...request, temperature: 0 });
    const before = (await text.next()).value as WrittenPiece;
    await pool.kill();
    const rest = await text.next();
    expect((rest.value as WrittenPiece).tokens).to.be.above(0);
    expect((await write(model, { temperature: 0 })).text.startsWith(before.text)).to.equal(true);
  });

  it("keeps to its own kind of model, and ends with the pool", async () => {
    expect(await codeOf(pool.predict(model, [{}]))).to.equal("ARTEFACT_INVALID");
    const trained = await learn(penguins.table, { ...penguins.plan, hyperparameters: { epochs: 1 } });
    expect(await codeOf(write(sourceOf(trained)))).to.equal("ARTEFACT_INVALID");
    expect(await servingEngine(artefact)).to.equal("TFJS");
    await pool.close();
    expect(await codeOf(write(model))).to.equal("UNAVAILABLE");
  });
});
