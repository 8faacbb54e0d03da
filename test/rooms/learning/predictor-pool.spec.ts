import { expect } from "chai";
import {
  type LearningResult,
  type ModelSource,
  PredictorPool,
  type PredictorPoolOptions,
  servingEngine,
} from "../../../src/rooms/learning/index.js";
import { codeOf, dataSet, learn } from "./data.js";

const { table, plan, objects } = dataSet("penguins");
const cars = dataSet("mpg");

describe("learning: prediction threads", function () {
  this.timeout(30_000);
  let penguins: LearningResult;
  let mpg: LearningResult;
  const pools: PredictorPool[] = [];
  const pool = (options: Partial<PredictorPoolOptions> = {}) => {
    pools.push(new PredictorPool({ threads: 1, ...options }));
    return pools.at(-1) as PredictorPool;
  };
  before(async () => {
    penguins = await learn(table, plan);
    mpg = await learn(cars.table, cars.plan);
  });
  afterEach(() => Promise.all(pools.splice(0).map((each) => each.close())));

  let loads = 0;
  const modelOf = (result: LearningResult, key = result.sha256): ModelSource => ({
    key,
    load: async () => {
      loads++;
      return result.artefact;
    },
  });

  it("serve exactly the metrics that training measured", async () => {
    const test = objects.filter((_, row) => row % 4 === 3);
    const { predictions } = await pool().predict(modelOf(penguins), test);
    const hits = predictions.filter(({ label }, row) => label === test[row]?.["species"]);
    expect(penguins.metrics).to.have.property("accuracy", hits.length / test.length);
  });

  it("answer side by side with replicas, each of which loads the model once it is needed", async () => {
    const both = pool({ threads: 3, microBatching: false });
    const model = { ...modelOf(penguins), replicas: 2 };
    const rows = objects.slice(0, 1);
    loads = 0;
    const {
      predictions: [alone],
    } = await both.predict(model, rows);
    expect(loads).to.equal(1);
    const answers = await Promise.all(Array.from({ length: 40 }, () => both.predict(model, rows)));
    expect(loads).to.equal(2);
    for (const { predictions } of answers) expect(predictions).to.deep.equal([alone]);
    both.evict(model.key);
    await Promise.all(Array.from({ length: 40 }, () => both.predict(model, rows)));
    expect(loads).to.equal(4);
  });

  it("give label, confidence and every class's probability", async () => {
    const { predictions } = await pool().predict(modelOf(penguins), objects.slice(0, 1));
    const [first] = predictions;
    expect(first).to.include({ label: "Adelie", value: null });
    expect(first?.confidence).to.equal(first?.probabilities?.[0]?.probability);
    expect(first?.probabilities?.map(({ label }) => label).sort()).to.deep.equal([
      "Adelie",
      "Chinstrap",
      "Gentoo",
    ]);
    const sum = first?.probabilities?.reduce((total, { probability }) => total + probability, 0);
    expect(sum).to.be.closeTo(1, 1e-9);
  });

  it("give numbers in the target's own unit", async () => {
    const { predictions } = await pool().predict(modelOf(mpg), cars.objects.slice(0, 1));
    expect(predictions[0]).to.include({ label: null, confidence: null, probabilities: null });
    expect(predictions[0]?.value).to.be.within(12, 24);
  });

  it("answer a row alike alone, in a request and in a batch of many callers", async () => {
    const [batching, single] = [pool(), pool({ microBatching: false })];
    const model = modelOf(penguins);
    const together = (await single.predict(model, objects)).predictions;
    const alone = await Promise.all(objects.map((row) => batching.predict(model, [row])));
    expect(alone.flatMap(({ predictions }) => predictions)).to.deep.equal(together);
  });

  it("compute by onnxruntime, or by tfjs where nothing else is allowed, and answer alike", async () => {
    const quick = await pool().predict(modelOf(penguins), objects);
    const plain = await pool({ engines: ["TFJS"] }).predict(modelOf(penguins), objects);
    expect([quick.engine, plain.engine]).to.deep.equal(["ONNXRUNTIME", "TFJS"]);
    quick.predictions.forEach(({ label, confidence }, row) => {
      expect(label).to.equal(plain.predictions[row]?.label);
      expect(confidence).to.be.closeTo(plain.predictions[row]?.confidence ?? Number.NaN, 1e-5);
    });
  });

  it("tell before a version is published what will compute its answers", async () => {
    expect(await servingEngine(penguins.artefact)).to.equal("ONNXRUNTIME");
    expect(await servingEngine(penguins.artefact.subarray(1))).to.equal(null);
  });

  it("answer another owner while one floods them, and send away what has no room", async () => {
    const crowded = pool({ room: { requests: 300, bytes: 2 ** 20 }, microBatching: false });
    const [flooding, other] = ["loud", "quiet"].map((owner) => ({ ...modelOf(penguins, owner), owner })) as [
      ModelSource,
      ModelSource,
    ];
    await Promise.all([flooding, other].map((model) => crowded.predict(model, objects.slice(0, 1))));
    let answered = 0;
    const asked = Array.from({ length: 400 }, () =>
      crowded.predict(flooding, objects.slice(0, 50)).then(() => (answered += 1)),
    );
    const codes = Promise.all(asked.map((each) => codeOf(each)));
    await crowded.predict(other, objects.slice(0, 1));
    // Of the other's turns a few were begun before, and nothing like all.
    expect(answered).to.be.below(100);
    const told = await codes;
    expect(told.filter((code) => code === "RATE_LIMITED").length).to.be.within(100, 399);
    expect(new Set(told)).to.deep.equal(new Set(["none", "RATE_LIMITED"]));
    expect(await codeOf(crowded.predict(flooding, objects.slice(0, 1)))).to.equal("none");
  });

  it("take JSON values as well as the text of a data file", async () => {
    const text = {
      island: "Dream",
      bill_length_mm: "49.3",
      bill_depth_mm: "19.9",
      flipper_length_mm: "203",
      body_mass_g: "4050",
      sex: "MALE",
    };
    const json = {
      ...text,
      bill_length_mm: 49.3,
      bill_depth_mm: 19.9,
      flipper_length_mm: 203,
      body_mass_g: 4050,
    };
    const { predictions } = await pool().predict(modelOf(penguins), [text, json]);
    expect(predictions[0]).to.deep.equal(predictions[1]);
    expect(predictions[0]?.label).to.equal("Chinstrap");
  });

  it("treat an absent column, null and every marker alike, and unknown categories as none", async () => {
    const [whole] = objects.slice(3, 4);
    const { sex: _, ...absent } = { ...objects[0] };
    const rows = [
      absent,
      { ...absent, sex: null },
      { ...absent, sex: " n/a " },
      { ...absent, sex: "OTHER" },
      whole,
      {},
    ];
    const { predictions } = await pool().predict(modelOf(penguins), rows);
    expect(predictions[1]).to.deep.equal(predictions[0]);
    expect(predictions[2]).to.deep.equal(predictions[0]);
    expect(predictions[3]).to.not.deep.equal(predictions[0]);
    expect(predictions.every(({ confidence }) => Number.isFinite(confidence))).to.equal(true);
  });

  it("refuse one request of a batch and answer the others", async () => {
    const threads = pool();
    const model = modelOf(penguins);
    const good = threads.predict(model, objects.slice(0, 2));
    const bad: Promise<unknown> = threads.predict(model, [{ island: "Dream" }, { iland: "Dream" }]);
    const error = await bad.catch((reason: unknown) => reason);
    expect(error).to.have.nested.property("extensions.fields[0].path", "rows.1.iland");
    expect((await good).predictions).to.have.length(2);
  });

  it("refuse what is no row before a model is even loaded", async () => {
    loads = 0;
    expect(await codeOf(pool().predict(modelOf(penguins), [{ island: { $gt: "" } }]))).to.equal(
      "BAD_USER_INPUT",
    );
    expect(loads).to.equal(0);
  });

  it("are not misled by columns named like parts of every object", async () => {
    const rows = table.rows.map(([species = "", , ...rest]) => [
      species,
      rest[0] === "NA" ? "" : `k${rest[3]?.length}`,
    ]);
    const task = {
      type: "CLASSIFICATION" as const,
      target: "t",
      features: [{ column: "constructor", kind: "CATEGORY" as const }],
    };
    const odd = await learn(
      { columns: ["t", "constructor"], rows },
      { task, seed: 1, hyperparameters: { epochs: 1 } },
    );
    const { predictions } = await pool().predict(modelOf(odd), [{}, { constructor: null }]);
    expect(predictions[0]).to.deep.equal(predictions[1]);
  });

  it("load a model once, however many ask, and again after eviction", async () => {
    const threads = pool({ microBatching: false });
    loads = 0;
    await Promise.all(objects.slice(0, 50).map((row) => threads.predict(modelOf(penguins), [row])));
    expect(loads).to.equal(1);
    threads.evict(penguins.sha256);
    await threads.predict(modelOf(penguins), objects.slice(0, 1));
    expect(loads).to.equal(2);
  });

  it("hold no more models than fit, the least used go first", async () => {
    const threads = pool({ cacheBytes: 200_000 });
    const models = ["a", "b", "c"].map((key) => modelOf(penguins, key));
    loads = 0;
    for (const model of models) await threads.predict(model, objects.slice(0, 1));
    await threads.predict(models[2] as ModelSource, objects.slice(0, 1));
    expect(loads).to.equal(3);
    await threads.predict(models[0] as ModelSource, objects.slice(0, 1));
    expect(loads).to.equal(4);
    expect(
      await codeOf(pool({ cacheBytes: 1_000 }).predict(modelOf(penguins), objects.slice(0, 1))),
    ).to.equal("UNAVAILABLE");
  });

  it("pass on a failed load and a damaged artefact, and recover", async () => {
    const threads = pool();
    const failing = { key: "k", load: () => Promise.reject(new Error("no such object")) };
    expect(await codeOf(threads.predict(failing, [{}]))).to.contain("no such object");
    const damaged = { key: "k", load: () => Promise.resolve(penguins.artefact.subarray(1)) };
    expect(await codeOf(threads.predict(damaged, [{}]))).to.equal("ARTEFACT_INVALID");
    expect((await threads.predict(modelOf(penguins, "k"), [{}])).predictions).to.have.length(1);
  });

  it("are replaced when they die; who waited learns that it may ask again", async () => {
    const threads = pool();
    await threads.predict(modelOf(penguins), objects.slice(0, 1));
    // Its artefact comes only after the death, so that every request is still waiting when the thread dies.
    const artefact = Promise.withResolvers<Uint8Array>();
    const slow = { key: "slow", load: () => artefact.promise };
    const waiting = Array.from({ length: 20 }, () => codeOf(threads.predict(slow, objects)));
    await new Promise((resolve) => setImmediate(resolve));
    await threads.kill();
    artefact.resolve(penguins.artefact);
    expect(new Set(await Promise.all(waiting))).to.include("UNAVAILABLE");
    expect((await threads.predict(modelOf(penguins), objects.slice(0, 1))).predictions).to.have.length(1);
  });

  it("survive the largest requests that are let through, many at once", async () => {
    const threads = pool({ heapMegabytes: 256 });
    const wide = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, place) => [`column ${place}`, `${"x".repeat(50)}${place}`]),
    );
    expect(await codeOf(threads.predict(modelOf(penguins), Array(1_000).fill(wide)))).to.equal(
      "BAD_USER_INPUT",
    );
    const large = Array.from({ length: 12 }, () =>
      codeOf(threads.predict(modelOf(penguins), Array(25).fill(wide))),
    );
    expect(new Set(await Promise.all(large))).to.deep.equal(new Set(["BAD_USER_INPUT"]));
    expect((await threads.predict(modelOf(penguins), objects.slice(0, 1))).predictions).to.have.length(1);
  });

  it("are replaced without a lost request when their memory has grown", async () => {
    const threads = pool({ mostHeapBytes: 1, microBatching: false });
    // Every other request has a thread of its own here, which takes a while to start.
    const rows = objects.slice(0, 20);
    const expected = (await pool().predict(modelOf(penguins), rows)).predictions;
    const answers = await Promise.all(rows.map((row) => threads.predict(modelOf(penguins), [row])));
    expect(answers.flatMap(({ predictions }) => predictions)).to.deep.equal(expected);
    const later = await threads.predict(modelOf(penguins), objects.slice(0, 1));
    expect(later.predictions).to.deep.equal(expected.slice(0, 1));
  });

  it("answer what was asked before closing, and refuse what comes after", async () => {
    const threads = pool();
    const asked = threads.predict(modelOf(penguins), objects.slice(0, 5));
    await threads.close();
    expect((await asked).predictions).to.have.length(5);
    expect(await codeOf(threads.predict(modelOf(penguins), [{}]))).to.equal("UNAVAILABLE");
  });

  it("share the models among them by key", async () => {
    const threads = pool({ threads: 3 });
    const keys = Array.from({ length: 12 }, (_, place) => `key ${place}`);
    loads = 0;
    for (let round = 0; round < 2; round++) {
      await Promise.all(keys.map((key) => threads.predict(modelOf(penguins, key), objects.slice(0, 1))));
    }
    expect(loads).to.equal(12);
  });
});
