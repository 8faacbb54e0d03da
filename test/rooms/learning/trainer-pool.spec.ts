import { execFile, spawn } from "node:child_process";
import { constants, getPriority } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import {
  type LearningResult,
  TrainerPool,
  type TrainerPoolOptions,
  type TrainingRequest,
} from "../../../src/rooms/learning/index.js";
import { foldsFor } from "../../../src/rooms/learning/search/index.js";
import { codeOf, dataSet, learn } from "./data.js";

const program = fileURLToPath(new URL("./lifecycle.js", import.meta.url));
const { table, plan } = dataSet("penguins");
const request: TrainingRequest = {
  ...plan,
  columns: table.columns,
  rows: table.rows,
  hyperparameters: { epochs: 8 },
};
const endless: TrainingRequest = { ...request, hyperparameters: { epochs: 1_000 } };

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Waits until none of the processes is left; mocha's time limit is the only clock. */
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(10);
}

/** More rows than any memory holds. */
function* endlessly(): Generator<string[]> {
  for (let row = 0; ; row++) yield table.columns.map((column) => `${column} ${row}`.padEnd(2_000, "x"));
}

describe("learning: training processes", function () {
  this.timeout(30_000);
  const pools: TrainerPool[] = [];
  const pool = (options: Partial<TrainerPoolOptions> = {}) => {
    pools.push(new TrainerPool({ size: 1, warm: 1, ...options }));
    return pools.at(-1) as TrainerPool;
  };
  afterEach(() => Promise.all(pools.splice(0).map((each) => each.close())));

  it("train to the same artefact as this process does, and report every epoch in order", async () => {
    const epochs: number[] = [];
    const onEpoch = async ({ epoch }: { epoch: number }) => {
      await sleep(epoch === 2 ? 30 : 0);
      epochs.push(epoch);
    };
    const result = await pool().train(request, { onEpoch });
    const here = await learn(table, { ...plan, hyperparameters: { epochs: 8 } });
    expect(result.sha256).to.equal(here.sha256);
    expect(Buffer.from(result.artefact).equals(here.artefact)).to.equal(true);
    expect(result.metrics).to.deep.equal(here.metrics);
    expect(result.history).to.have.length(8);
    expect(epochs).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("report losses, accuracies and the time to go", async () => {
    const seen: Record<string, unknown>[] = [];
    await pool().train(request, { onEpoch: (progress) => void seen.push({ ...progress }) });
    expect(Object.keys(seen[0] ?? {}).sort()).to.deep.equal([
      "accuracy",
      "epoch",
      "epochMs",
      "epochs",
      "etaMs",
      "loss",
      "valAccuracy",
      "valLoss",
    ]);
    expect(seen.at(-1)).to.include({ epoch: 8, epochs: 8, etaMs: 0 });
    expect(
      seen.every((progress) => Object.values(progress).every((value) => Number.isFinite(value))),
    ).to.equal(true);
  });

  it("leave processors to whoever answers callers", () => {
    const [pid = 0] = pool().pids;
    expect(getPriority(pid)).to.equal(constants.priority.PRIORITY_LOW);
  });

  it("resume after SIGKILL to the same weights, to the bit", async () => {
    const whole = await pool().train(request);
    const trainers = pool({ warm: 0 });
    let last: Uint8Array | null = null;
    const killAtFour = ({ epoch }: { epoch: number }, checkpoint: Uint8Array | null) => {
      last = checkpoint;
      if (epoch === 4) for (const pid of trainers.pids) process.kill(pid, "SIGKILL");
    };
    expect(await codeOf(trainers.train(request, { onEpoch: killAtFour }))).to.equal("TRAINING_CRASHED");
    const epochs: number[] = [];
    const onEpoch = ({ epoch }: { epoch: number }) => void epochs.push(epoch);
    const resumed: LearningResult = await trainers.train({ ...request, checkpoint: last }, { onEpoch });
    expect(epochs).to.deep.equal([5, 6, 7, 8]);
    expect(resumed.sha256).to.equal(whole.sha256);
    expect(resumed.history).to.deep.equal(whole.history);
  });

  it("look at the rows of a search one after the other in one process, where idle ones may stay", async () => {
    const trainers = pool({ kept: 2 });
    const folds = foldsFor(table.rows.length);
    const { task, seed } = plan;
    const survey = { task, seed, columns: table.columns, rows: table.rows, folds };
    expect(await trainers.survey(survey)).to.deep.equal({ folds });
    const { pids } = trainers;
    expect(pids).to.have.length(2);
    for (let turn = 0; turn < 3; turn++) await trainers.survey(survey);
    expect(trainers.pids).to.deep.equal(pids);
    const rows = table.rows.filter((row) => row[0] === table.rows[0]?.[0]);
    expect(await codeOf(trainers.survey({ ...survey, rows }))).to.equal("TRAINING_DATA_UNUSABLE");
  });

  it("refuse the checkpoint of other data, another seed or other settings", async () => {
    const trainers = pool();
    let checkpoint: Uint8Array | null = null;
    await trainers.train(request, { onEpoch: (_, bytes) => void (checkpoint = bytes) });
    const others = [{ seed: 2 }, { rows: table.rows.slice(0, -4) }, { hyperparameters: { epochs: 9 } }];
    for (const other of others) {
      expect(await codeOf(trainers.train({ ...request, ...other, checkpoint }))).to.equal(
        "CHECKPOINT_MISMATCH",
      );
    }
  });

  it("are killed at once when cancelled, and replaced", async () => {
    const trainers = pool();
    const stop = new AbortController();
    const pids = trainers.pids;
    const training = trainers.train(endless, { signal: stop.signal, onEpoch: () => stop.abort() });
    expect(await codeOf(training)).to.equal("TRAINING_ABORTED");
    await gone(pids);
    expect((await trainers.train(request)).epochs).to.equal(8);
  });

  it("are not started for what is cancelled before, or while waiting", async () => {
    const trainers = pool();
    expect(await codeOf(trainers.train(request, { signal: AbortSignal.abort() }))).to.equal(
      "TRAINING_ABORTED",
    );
    const [first, second] = [new AbortController(), new AbortController()];
    const running = trainers.train(endless, { signal: first.signal, onEpoch: () => second.abort() });
    const waiting = codeOf(trainers.train(request, { signal: second.signal }));
    const ended = codeOf(running);
    expect(await waiting).to.equal("TRAINING_ABORTED");
    first.abort();
    expect(await ended).to.equal("TRAINING_ABORTED");
  });

  it("take more jobs than there are processes one after the other", async () => {
    const trainers = pool({ size: 2, warm: 1, recycleAfter: 2 });
    let [running, most] = [0, 0];
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 1) most = Math.max(most, ++running);
      if (epoch === 8) running--;
    };
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => trainers.train({ ...request, seed }, { onEpoch })),
    );
    expect(new Set(results.map(({ sha256 }) => sha256)).size).to.equal(5);
    expect(most).to.be.at.most(2);
  });

  it("are replaced after their number of jobs", async () => {
    const trainers = pool({ recycleAfter: 1 });
    const [before] = trainers.pids;
    await trainers.train(request);
    await trainers.train(request);
    expect(trainers.pids).to.not.include(before);
  });

  it("pass on declared failures with their fields", async () => {
    const trainers = pool();
    const failing = { ...request, architecture: { layers: [{ units: 0, activation: "RELU" }] } };
    const error: unknown = await trainers.train(failing).catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "BAD_USER_INPUT");
    expect(error).to.have.nested.property("extensions.fields[0].path", "architecture.layers.0.units");
    const diverging = {
      ...request,
      hyperparameters: { optimizer: "SGD", learningRate: 10, epochs: 300 },
      task: { ...plan.task, type: "REGRESSION" as const, target: "body_mass_g" },
    };
    expect(await codeOf(trainers.train(diverging))).to.equal("TRAINING_DIVERGED");
  });

  it("end the training when a hook or the source of rows fails", async () => {
    const trainers = pool();
    const broken = () => Promise.reject(new Error("disk full"));
    expect(await codeOf(trainers.train(endless, { onEpoch: broken }))).to.contain("disk full");
    async function* rows() {
      yield* table.rows.slice(0, 2);
      await sleep(1);
      throw new Error("connection lost");
    }
    expect(await codeOf(trainers.train({ ...request, rows: rows() }))).to.contain("connection lost");
    expect((await trainers.train(request)).epochs).to.equal(8);
  });

  it("are held to their time and memory", async () => {
    expect(await codeOf(pool({ timeLimitMs: 300 }).train(endless))).to.equal("TRAINING_LIMIT_EXCEEDED");
    expect(await codeOf(pool({ memoryBytes: 2 ** 20 }).train(request))).to.equal("TRAINING_LIMIT_EXCEEDED");
    const columns = ["x", "t"];
    function* large() {
      for (let row = 0; row < 3_000; row++) yield [`${row}`.padEnd(40_000, " "), row % 2 ? "a" : "b"];
    }
    const task = {
      type: "CLASSIFICATION" as const,
      target: "t",
      features: [{ column: "x", kind: "NUMBER" as const }],
    };
    const crashing = pool({ memoryBytes: 64 * 2 ** 20 }).train({ columns, rows: large(), task, seed: 1 });
    expect(await codeOf(crashing)).to.equal("TRAINING_LIMIT_EXCEEDED");
  });

  it("fail alone where they run out of memory: a neighbour goes on to the same weights", async () => {
    const trainers = pool({ size: 2, memoryBytes: 400 * 2 ** 20 });
    let greedy: Promise<unknown> | undefined;
    const onEpoch = () => {
      greedy ??= trainers.train({ ...request, rows: endlessly() }).catch((error: unknown) => error);
    };
    const neighbour = await trainers.train({ ...request, hyperparameters: { epochs: 60 } }, { onEpoch });
    expect(await greedy).to.have.property("code", "TRAINING_LIMIT_EXCEEDED");
    expect(await greedy).to.have.nested.property("extensions.limit", "MEMORY");
    const alone = await learn(table, { ...plan, hyperparameters: { epochs: 60 } });
    expect(neighbour.sha256).to.equal(alone.sha256);
    expect((await trainers.train(request)).epochs).to.equal(8);
  });

  it("tell a time limit from one of memory", async () => {
    const error: unknown = await pool({ timeLimitMs: 300 })
      .train(endless)
      .catch((reason: unknown) => reason);
    expect(error).to.have.nested.property("extensions.limit", "TIME");
  });

  it("say that an error is ours where no other run would end otherwise", async () => {
    const broken = { ...request, task: null } as unknown as TrainingRequest;
    expect(await codeOf(pool().train(broken))).to.equal("TRAINING_BROKEN");
  });

  it("have the next one started beside a running one, and no more than wished for", async () => {
    const trainers = pool({ size: 1, warm: 1, recycleAfter: 1 });
    const seen: number[] = [];
    expect(trainers.pids).to.have.length(1);
    const [spare] = trainers.pids;
    await trainers.train(request, {
      onEpoch: () => {
        expect(trainers.pids).to.include(spare);
        seen.push(trainers.pids.length);
      },
    });
    expect(seen).to.deep.equal(Array<number>(8).fill(2));
    while (trainers.pids.length > 1) await sleep(5);
    expect(trainers.pids).to.not.include(spare);
    expect(pool({ warm: 0 }).pids).to.deep.equal([]);
  });

  it("start without a spare one that died meanwhile", async () => {
    const trainers = pool();
    const [spare = 0] = trainers.pids;
    process.kill(spare, "SIGKILL");
    await gone([spare]);
    expect((await trainers.train(request)).epochs).to.equal(8);
  });

  it("send no checkpoint that was not asked for", async () => {
    const sizes: number[] = [];
    const onEpoch = (_: unknown, bytes: Uint8Array | null) => void sizes.push(bytes?.length ?? 0);
    await pool({ checkpointEvery: 3 }).train(request, { onEpoch });
    expect(sizes.map((size) => size > 0)).to.deep.equal([
      false,
      false,
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it("refuse work once closed, and end what is running", async () => {
    const trainers = pool();
    const running = codeOf(trainers.train(endless, { onEpoch: () => trainers.close() }));
    const waiting = codeOf(trainers.train(request));
    const pids = trainers.pids;
    expect(await running).to.equal("TRAINING_CRASHED");
    expect(await waiting).to.equal("UNAVAILABLE");
    expect(await codeOf(trainers.train(request))).to.equal("UNAVAILABLE");
    await gone(pids);
    expect(trainers.pids).to.deep.equal([]);
  });

  it("die with their parent", async () => {
    const parent = spawn(process.execPath, [program, "hang"], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
    const { value } = await lines.next();
    const { pids } = JSON.parse(String(value)) as { pids: number[] };
    expect(pids, "one at work and two spare").to.have.length(3);
    parent.kill("SIGKILL");
    await gone(pids);
  });

  it("and prediction threads leave nothing behind after close: the program ends by itself", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, "use"]);
    expect(JSON.parse(stdout)).to.deep.equal({ predictions: 3, pids: [] });
  });
});
