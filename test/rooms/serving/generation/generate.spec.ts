import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { clock } from "../../../../src/kernel/clock.js";
import type { Answer, Client } from "../../../support/client.js";
import { eventually } from "../../../support/time.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import { messages, quick, small } from "../../learning/generation/texts.js";
import {
  createModel,
  deploy,
  deployedModel,
  ended,
  metered,
  start,
  tryCreateModel,
  tryStart,
} from "../../training/support.js";

const fields = "text tokens finishReason seed latencyMs version { number }";
const mutation = `mutation ($input: GenerateTextInput!) { generateText(input: $input) { ${fields} } }`;
const subscription = `subscription ($input: GenerateTextInput!) { textGeneration(input: $input) {
  text tokens finishReason seed version { number } } }`;
const hyperparameters = { ...quick, epochs: 1 };

interface Piece {
  text: string;
  tokens: number;
  finishReason: string | null;
  seed: number;
}

const generate = (client: Client, input: object): Promise<Answer> => client.send(mutation, { input });

async function* streamed(client: Client, input: object): AsyncGenerator<Answer> {
  const socket = client.socket();
  try {
    for await (const result of socket.iterate({ query: subscription, variables: { input } }))
      yield result as unknown as Answer;
  } finally {
    await socket.dispose();
  }
}

async function stream(client: Client, input: object): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const { data, errors } of streamed(client, input)) {
    if (errors) throw new Error(JSON.stringify(errors));
    pieces.push(data.textGeneration);
  }
  return pieces;
}

const refusal = ({
  errors,
}: Answer): { code?: string; path: string | undefined; message: string | undefined } => {
  const extensions = errors?.[0]?.extensions as { code?: string; fields?: { path: string }[] } | undefined;
  return {
    ...(extensions?.code && { code: extensions.code }),
    path: extensions?.fields?.[0]?.path,
    message: errors?.[0]?.message,
  };
};

describe("serving: texts", function () {
  this.timeout(60_000);
  let world: World;
  let tenant: TenantOfWorld;
  let stranger: TenantOfWorld;
  let modelId: string;
  let datasetId: string;

  async function corpus(client: Client, columns = ["id", "note"]): Promise<string> {
    const lines = messages(200).map((text, row) => `${row}\t${text.replaceAll('"', "'")}`);
    const { createDataset } = await client.get(
      "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }",
      { input: { name: columns.join(), format: "TSV", content: [columns.join("\t"), ...lines].join("\n") } },
    );
    return createDataset.dataset.id;
  }

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("writes");
    stranger = await world.tenant("reads-along");
    datasetId = await corpus(tenant.owner);
    modelId = await createModel(tenant.owner, { type: "TEXT_GENERATION", target: null, architecture: small });
    const job = await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, hyperparameters }));
    expect(job.failure).to.equal(null);
    await deploy(tenant.owner, modelId);
  });
  after(() => world.stop());

  const used = async () => (await metered(world, tenant, "GENERATED_TOKENS")).quantity;

  it("shows what the version foretells beside what counting does, in its metrics and on its card", async () => {
    const { model } = await tenant.owner.get(
      `query ($id: ID!) { model(id: $id) { versions { nodes { engine modelCard evaluation { rows intervals { value } classes { label } }
        hyperparameters { tokens contextLength } signature { inputs { column kind } output { column type classes } }
        metrics { loss perplexity accuracy tokens rows r2 baselines { unigram { perplexity } bigram { loss perplexity accuracy } } } } } } }`,
      { id: modelId },
    );
    const [version] = model.versions.nodes;
    const { metrics, modelCard, evaluation } = version;
    expect(metrics.perplexity).to.be.closeTo(Math.exp(metrics.loss), 1e-6);
    expect(metrics.baselines.bigram.perplexity).to.be.below(metrics.baselines.unigram.perplexity);
    expect(metrics.r2).to.equal(null);
    expect(evaluation).to.deep.equal({ rows: metrics.rows, intervals: [], classes: null });
    expect(version.hyperparameters).to.deep.equal({ tokens: null, contextLength: 32 });
    expect(version.signature.output).to.deep.equal({
      column: "note",
      type: "TEXT_GENERATION",
      classes: null,
    });
    expect(version.engine).to.equal("TFJS");
    expect(modelCard)
      .to.match(/## Baselines[^#]*\| bigram \|/)
      .and.include("how a text goes on");
  });

  it("goes on with a text, metered by the token, the same again by seed", async () => {
    const before = await used();
    const input = { modelId, prompt: "I am ", maxTokens: 30, temperature: 1, topK: 20, topP: 0.95, seed: 11 };
    const { data } = await generate(tenant.owner, input);
    const { text, tokens, finishReason, seed, version, latencyMs } = data.generateText;
    expect([seed, version.number]).to.deep.equal([11, "1.0.0"]);
    expect(["END", "LENGTH"]).to.include(finishReason);
    expect(text.length > 0 && latencyMs > 0).to.equal(true);
    expect((await used()) - before).to.equal(tokens);
    expect((await generate(tenant.owner, input)).data.generateText.text).to.equal(text);
    const unseeded = (await generate(tenant.owner, { modelId, maxTokens: 5 })).data.generateText;
    const again = await generate(tenant.owner, { modelId, maxTokens: 5, seed: unseeded.seed });
    expect(again.data.generateText.text).to.equal(unseeded.text);
  });

  it("streams the very same text in pieces, the last of which says why it ended", async () => {
    const input = { modelId, prompt: "Free ", maxTokens: 120, temperature: 0.7, seed: 3 };
    const whole = (await generate(tenant.owner, input)).data.generateText;
    const before = await used();
    const pieces = await stream(tenant.owner, input);
    expect(pieces.map(({ text }) => text).join("")).to.equal(whole.text);
    expect(pieces.map(({ finishReason }) => finishReason)).to.deep.equal([
      ...pieces.slice(1).map(() => null),
      whole.finishReason,
    ]);
    const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
    expect(tokens).to.equal(whole.tokens);
    expect((await used()) - before).to.equal(tokens);
  });

  it("meters of a stream that is left what was told, and frees its place", async () => {
    const before = await used();
    let told = 0;
    for (let each = 0; each < 4; each++)
      for await (const { data } of streamed(tenant.owner, {
        modelId,
        maxTokens: 1_000,
        temperature: 1.2,
        seed: each,
      })) {
        told += data.textGeneration.tokens;
        break;
      }
    expect(told).to.be.above(0);
    let tokens = 0;
    await eventually(async () => {
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => generate(tenant.owner, { modelId, maxTokens: 1, temperature: 0 })),
      );
      tokens += answers.reduce((sum, { data }) => sum + (data?.generateText?.tokens ?? 0), 0);
      return answers.every(({ errors }) => !errors);
    });
    // A piece may be on its way, metered, when the reader leaves; nothing is computed to the end for nobody.
    expect((await used()) - before - tokens).to.be.within(told, told + 4 * 250);
    const settled = await used();
    await wait(300);
    expect(await used()).to.equal(settled);
  });

  it("sends who wants rows from it, or texts from another, to the right operation", async () => {
    const predicted = await tenant.owner.send(
      "mutation ($input: PredictInput!) { predict(input: $input) { latencyMs } }",
      { input: { modelId, rows: [{ note: "x" }] } },
    );
    expect(refusal(predicted)).to.include({ code: "BAD_USER_INPUT", path: "modelId" });
    expect(refusal(predicted).message).to.include("generateText");
    const other = await deployedModel(tenant.owner);
    const written = await generate(tenant.owner, { modelId: other });
    expect(refusal(written)).to.include({ code: "BAD_USER_INPUT", path: "modelId" });
    expect(refusal(written).message).to.include("Call predict");
    for await (const answer of streamed(tenant.owner, { modelId: other }))
      expect(refusal(answer).message).to.include("Call predict");
  });

  for (const [name, input] of Object.entries({
    maxTokens: { maxTokens: 1_001 },
    temperature: { temperature: -0.1 },
    topK: { topK: 0 },
    topP: { topP: 0 },
    seed: { seed: -1 },
    stop: { stop: ["a", "b", "c", "d", "e"] },
    prompt: { prompt: "x".repeat(10_001) },
  }))
    it(`refuses a bad ${name}, also at the beginning of a stream`, async () => {
      const before = await used();
      expect(refusal(await generate(tenant.owner, { modelId, ...input }))).to.include({
        code: "BAD_USER_INPUT",
        path: name,
      });
      let failure: unknown;
      await stream(tenant.owner, { modelId, ...input }).catch((error: unknown) => (failure = error));
      expect(JSON.stringify(failure) + String(failure)).to.include("BAD_USER_INPUT");
      expect(await used()).to.equal(before);
    });

  it("knows another tenant's model as little as one that there is not", async () => {
    const unknown = "model_00000000000000000000000000";
    const answers = await Promise.all(
      [modelId, unknown].map((id) => generate(stranger.owner, { modelId: id })),
    );
    expect(refusal(answers[0] as Answer)).to.deep.equal(refusal(answers[1] as Answer));
    expect(refusal(answers[0] as Answer).code).to.equal("NOT_FOUND");
    const codes: (string | undefined)[] = [];
    for (const id of [modelId, unknown]) {
      let failure: unknown;
      await stream(stranger.owner, { modelId: id }).catch((error: unknown) => (failure = error));
      codes.push(/NOT_FOUND|There is no such model/.exec(JSON.stringify(failure) + String(failure))?.[0]);
    }
    expect(codes[0]).to.be.a("string").and.equal(codes[1]);
  });

  it("asks for the permission to predict", async () => {
    const viewer = await tenant.apiKey(["model:read"]);
    expect(refusal(await generate(viewer, { modelId })).code).to.equal("FORBIDDEN");
    const writer = await tenant.apiKey(["prediction:create"]);
    expect((await generate(writer, { modelId, maxTokens: 1 })).errors).to.equal(undefined);
  });

  it("needs a deployed version", async () => {
    const bare = await createModel(tenant.owner, { type: "TEXT_GENERATION", target: null });
    expect(refusal(await generate(tenant.owner, { modelId: bare })).message).to.include("deployed");
  });

  it("writes so many texts of one tenant at once, and no more", async () => {
    const input = { modelId, maxTokens: 1_000, temperature: 2 };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, seed) => generate(tenant.owner, { ...input, seed })),
    );
    const codes = answers.map((answer) => refusal(answer).code ?? "written");
    expect(codes.filter((code) => code === "written").length).to.be.at.least(4);
    expect(codes.every((code) => code === "written" || code === "RATE_LIMITED")).to.equal(true);
    expect((await generate(tenant.owner, { modelId, maxTokens: 1 })).errors).to.equal(undefined);
  });

  it("learns from one column of texts, and says which where that is not clear", async () => {
    const create = (input: object) =>
      tryCreateModel(tenant.owner, { name: `${performance.now()}`, type: "TEXT_GENERATION", ...input });
    expect(refusal(await create({ target: "note" })).path).to.equal("target");
    expect(refusal(await create({ features: ["id", "note"] })).path).to.equal("features");
    const numbers = await createModel(tenant.owner, {
      type: "TEXT_GENERATION",
      target: null,
      features: ["id"],
    });
    expect(refusal(await tryStart(tenant.owner, { modelId: numbers, datasetId })).message).to.include(
      "one column of text",
    );
    const blind = {
      layers: [
        { type: "EMBEDDING", dimensions: 8 },
        { type: "GRU", units: 8 },
      ],
    };
    const ahead = await createModel(tenant.owner, {
      type: "TEXT_GENERATION",
      target: null,
      architecture: blind,
    });
    expect(refusal(await tryStart(tenant.owner, { modelId: ahead, datasetId })).message).to.include(
      "returnSequences",
    );
  });

  it("is refused beyond the plan's tokens, and a stream then ends with the reason and its socket stays", async () => {
    const poor = await world.tenant("writes-little", "STARTER");
    const own = await corpus(poor.owner);
    const id = await createModel(poor.owner, { type: "TEXT_GENERATION", target: null, architecture: small });
    await ended(poor.owner, await start(poor.owner, { modelId: id, datasetId: own, hyperparameters }));
    await deploy(poor.owner, id);
    const { now } = clock;
    // The windows of limits begin on the clock; a spec that runs across a minute would see two.
    const minute = new Date(Math.floor(now().getTime() / 60_000) * 60_000 + 1_000);
    clock.now = () => minute;
    try {
      const spent = async () => (await metered(world, poor, "GENERATED_TOKENS")).quantity;
      let seed = 0;
      let answer = await generate(poor.owner, { modelId: id, maxTokens: 1_000, temperature: 2, seed });
      while (!answer.errors) {
        seed += 1;
        answer = await generate(poor.owner, { modelId: id, maxTokens: 1_000, temperature: 2, seed });
      }
      expect(refusal(answer).code).to.equal("QUOTA_EXCEEDED");
      expect(answer.errors?.[0]?.extensions).to.include({
        limit: "generatedTokensPerMinute",
        allowed: 5_000,
      });
      const [socket, before] = [poor.owner.socket(), await spent()];
      const results: Answer[] = [];
      const input = { modelId: id, maxTokens: 1_000, temperature: 2, seed };
      for await (const result of socket.iterate({ query: subscription, variables: { input } }))
        results.push(result as unknown as Answer);
      const told = results.flatMap(({ data }) => data?.textGeneration?.tokens ?? []);
      expect(refusal(results.at(-1) as Answer).code).to.equal("QUOTA_EXCEEDED");
      expect((await spent()) - before).to.equal(told.reduce((sum, tokens) => sum + tokens, 0));
      for await (const { data } of socket.iterate({ query: "{ viewer { id } }" }))
        expect(data).to.have.property("viewer");
      await socket.dispose();
      expect(await spent()).to.be.at.most(5_000);
    } finally {
      clock.now = now;
    }
  });

  it("leaves in every format", async () => {
    for (const format of ["ONNX", "TFJS", "SAFETENSORS"]) {
      const { exportVersion } = await tenant.owner.get(
        "mutation ($input: ExportVersionInput!) { exportVersion(input: $input) { url } }",
        { input: { modelId, version: "1.0.0", format } },
      );
      expect(exportVersion.url).to.be.a("string");
    }
  });

  it("goes on learning from a version, as that reads texts, and is no comparison of rows", async () => {
    const from = { modelId, datasetId, fromVersion: "1.0.0", trainableLayers: 1 };
    for (const [name, value] of Object.entries({ tokens: "WORD", contextLength: 9 })) {
      const refused = refusal(await tryStart(tenant.owner, { ...from, hyperparameters: { [name]: value } }));
      expect(refused).to.include({ code: "BAD_USER_INPUT", path: `hyperparameters.${name}` });
      expect(refused.message).to.include("Version 1.0.0");
    }
    const { version } = await ended(tenant.owner, await start(tenant.owner, { ...from, hyperparameters }));
    expect(version.number).to.equal("1.1.0");
    const compared = await tenant.owner.send(
      "mutation ($input: CompareVersionsInput!) { compareVersions(input: $input) { comparison { predictions } } }",
      { input: { modelId, versions: ["1.0.0", "1.1.0"] } },
    );
    expect(refusal(compared)).to.include({ code: "BAD_USER_INPUT", path: "versions" });
    expect(refusal(compared).message).to.include("perplexity");
  });
});
