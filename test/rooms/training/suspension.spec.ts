import { expect } from "chai";
import type { Client } from "../../support/client.js";
import { deleteTenant, resumeTenant, suspendTenant } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import {
  createDataset,
  createModel,
  ended,
  follow,
  metered,
  missHeartbeats,
  OtherProcess,
  quick,
  start,
  trainingPids,
  until,
} from "./support.js";

const settings = { epochs: 80, batchSize: 8 };

interface Stored {
  status: string;
  epoch: number;
  eta: number | null;
  trained: number;
  started: boolean;
  checkpoint: number | null;
}

interface Queued {
  state: string;
  attempts: number;
  waits: boolean;
}

describe("training: of a tenant that is suspended", () => {
  let world: World;
  let operator: Client;
  let tenant: TenantOfWorld;
  let datasetId: string;
  let modelId: string;
  let undisturbed: string;
  before(async () => {
    world = await World.start({ deletionDays: 0 });
    operator = await world.operator();
    tenant = await world.tenant("pausing");
    datasetId = await createDataset(tenant.owner);
    modelId = await createModel(tenant.owner);
    undisturbed = (await ended(tenant.owner, await startOne())).version.sha256;
  });
  after(() => world.stop());

  const startOne = () => start(tenant.owner, { modelId, datasetId, seed: 11, hyperparameters: settings });
  const halfWay = (jobId: string) => follow(tenant.owner, jobId, ({ epoch }) => epoch >= 20);
  const suspend = ({ id }: { id: string } = tenant) => operator.get(suspendTenant, { input: { id } });
  const resume = ({ id }: { id: string } = tenant) => operator.get(resumeTenant, { input: { id } });

  /** What the tables say, since nobody of a suspended tenant may ask. */
  async function stored(jobId: string, { schema } = tenant): Promise<Stored> {
    const [row] = await world.admin<Stored & Record<string, unknown>>(
      `select status, coalesce((progress ->> 'epoch')::int, 0) as epoch, (progress ->> 'etaMs')::float8 as eta,
         trained_ms as trained, started_at is not null as started, (select epoch from ${schema}.training_checkpoint where job_id = id) as checkpoint
       from ${schema}.training_job where id = $1`,
      [jobId],
    );
    if (!row) throw new Error("The job is gone.");
    return row;
  }

  async function queued({ id } = tenant): Promise<Queued[]> {
    return world.admin<Queued & Record<string, unknown>>(
      `select state::text, retry_count as attempts, start_after > now() as waits
       from pgboss.job where name = 'training.run' and group_id = $1 and state <= 'active'`,
      [id],
    );
  }

  const postponed = async (): Promise<boolean> => {
    const jobs = await queued();
    return jobs.length > 0 && jobs.every(({ state, waits }) => state === "created" && waits);
  };

  /** A process is ended with its training; another may already be kept ready in its place. */
  const trainingGone = (pid: number) => () => !trainingPids(process.pid).includes(pid);

  async function facts(jobId: string): Promise<string[]> {
    const rows = await world.admin<{ action: string }>(
      `select action from ${tenant.schema}.audit_event where subject = $1 order by id`,
      [jobId],
    );
    return rows.map(({ action }) => action.replace("training.", ""));
  }

  /** The version of an undisturbed run, and each trained epoch metered once. */
  async function expectOnce(jobId: string): Promise<void> {
    const { status, version, progress } = await ended(tenant.owner, jobId);
    expect({ status, epoch: progress.epoch }).to.deep.equal({ status: "SUCCEEDED", epoch: settings.epochs });
    expect(version.sha256).to.equal(undisturbed);
    const { trained, checkpoint } = await stored(jobId);
    expect(checkpoint).to.equal(null);
    const usage = await world.admin(
      `select quantity::int from ${tenant.schema}.usage_event where subject = $1 and meter = 'TRAINING_MS'`,
      [jobId],
    );
    expect(usage).to.deep.equal([{ quantity: Math.ceil(trained) }]);
  }

  it("stops when it runs, and goes on to the same weights after the resumption", async () => {
    const jobId = await startOne();
    await halfWay(jobId);
    const [pid = 0] = trainingPids(process.pid);
    await suspend();
    await until(trainingGone(pid));
    await until(postponed);
    const paused = await stored(jobId);
    expect(paused).to.include({ status: "QUEUED", eta: null });
    expect(paused.epoch).to.be.within(20, settings.epochs - 1);
    expect(paused.checkpoint).to.equal(paused.epoch);
    expect(await queued()).to.deep.equal([{ state: "created", attempts: 0, waits: true }]);
    expect(await tenant.owner.send("{ tenant { id } }")).to.failWith("TENANT_SUSPENDED");
    // Another tenant's training gets the place, and meanwhile nothing is recorded here.
    await trainForAnother("neighbour");
    expect(await stored(jobId)).to.deep.equal(paused);
    expect(await metered(world, tenant, "TRAINING_MS")).to.include({ events: 1 });
    await resume();
    const [first] = await follow(tenant.owner, jobId, () => true);
    expect(first?.epoch).to.be.at.least(paused.epoch);
    await expectOnce(jobId);
    expect(await facts(jobId)).to.deep.equal(["queued", "started", "paused", "resumed", "succeeded"]);
  });

  async function trainForAnother(slug: string): Promise<void> {
    const { owner } = await world.tenant(slug);
    const input = { modelId: await createModel(owner), datasetId: await createDataset(owner) };
    const done = await ended(owner, await start(owner, { ...input, hyperparameters: quick }));
    expect(done.status).to.equal("SUCCEEDED");
  }

  it("is not started when it waits, and starts when the tenant is resumed", async () => {
    const running = await startOne();
    await halfWay(running);
    const waiting = await startOne();
    await suspend();
    await until(async () => (await queued()).length === 2 && postponed());
    expect(await stored(waiting)).to.include({ status: "QUEUED", epoch: 0, trained: 0, started: false });
    await resume();
    await expectOnce(running);
    await expectOnce(waiting);
    expect(await facts(waiting)).to.deep.equal(["queued", "started", "succeeded"]);
  });

  it("loses nothing when suspension and resumption follow each other closely", async () => {
    const jobId = await startOne();
    await halfWay(jobId);
    for (let times = 0; times < 5; times++) {
      await suspend();
      await resume();
    }
    await expectOnce(jobId);
  });

  it("stops with a deletion, and goes on when the tenant is restored", async () => {
    const jobId = await startOne();
    await halfWay(jobId);
    await operator.get(deleteTenant, { input: { id: tenant.id, slug: tenant.slug } });
    await until(postponed);
    const paused = await stored(jobId);
    expect(paused.status).to.equal("QUEUED");
    await resume();
    await expectOnce(jobId);
  });

  it("can be cancelled once the tenant is back, and costs what was trained", async () => {
    const jobId = await startOne();
    await halfWay(jobId);
    await suspend();
    await until(postponed);
    const { trained } = await stored(jobId);
    const before = await metered(world, tenant, "TRAINING_MS");
    await resume();
    const answer = await tenant.owner.send(
      "mutation ($jobId: ID!) { cancelTraining(input: { jobId: $jobId }) { trainingJob { status } } }",
      { jobId },
    );
    expect(answer.data.cancelTraining.trainingJob.status).to.equal("CANCELLED");
    const after = await metered(world, tenant, "TRAINING_MS");
    expect(after.events).to.equal(before.events + 1);
    expect(after.quantity - before.quantity).to.be.at.least(Math.ceil(trained));
    expect(await queued()).to.deep.equal([]);
  });

  it("is stopped though the news of the suspension was lost", async () => {
    const jobId = await startOne();
    await halfWay(jobId);
    // Listening ends before the suspension and comes back after it, as when the connection breaks.
    await world.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'tenfold-listen' and datname = current_database()`,
    );
    await suspend();
    await until(postponed);
    expect(await stored(jobId)).to.include({ status: "QUEUED" });
    await resume();
    await expectOnce(jobId);
  });

  it("goes with its tenant: nothing of it is left in the queue", async () => {
    const gone = await world.tenant("leaving");
    const input = { modelId: await createModel(gone.owner), datasetId: await createDataset(gone.owner) };
    const jobId = await start(gone.owner, { ...input, hyperparameters: settings });
    await follow(gone.owner, jobId, ({ epoch }) => epoch >= 3);
    await start(gone.owner, { ...input, hyperparameters: settings });
    const [pid = 0] = trainingPids(process.pid);
    await operator.get(deleteTenant, { input: { id: gone.id, slug: gone.slug } });
    expect(await world.app.house.tenancy.purgeDue()).to.equal(1);
    await until(trainingGone(pid));
    await until(async () => (await queued(gone)).length === 0);
    const turns = await world.admin("select 1 from control.queue_turn where tenant_id = $1", [gone.id]);
    const failures = await world.admin("select 1 from pgboss.job where name = 'training.run.failed'");
    expect([...turns, ...failures]).to.deep.equal([]);
    await trainForAnother("successor");
  });
});

describe("training: suspended while workers die", () => {
  let world: World;
  const workers: OtherProcess[] = [];
  before(async () => {
    world = await World.start({ role: "api" });
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.end("SIGKILL"))));
  after(() => world.stop());

  const hire = (): OtherProcess => {
    const worker = new OtherProcess(world, "worker");
    workers.push(worker);
    return worker;
  };

  it("is put off by the next worker when the first was killed, and ends with the same weights", async () => {
    const operator = await world.operator();
    const tenant = await world.tenant("unlucky");
    const { owner, id, schema } = tenant;
    const input = { modelId: await createModel(owner), datasetId: await createDataset(owner), seed: 11 };
    const startOne = () => start(owner, { ...input, hyperparameters: settings });
    const first = hire();
    const undisturbed = (await ended(owner, await startOne())).version.sha256;
    const jobId = await startOne();
    await follow(owner, jobId, ({ epoch }) => epoch >= 20);
    await first.end("SIGKILL");
    await operator.get(suspendTenant, { input: { id } });
    const statusOf = async () => {
      const [row] = await world.admin<{ status: string }>(
        `select status from ${schema}.training_job where id = $1`,
        [jobId],
      );
      return row?.status;
    };
    expect(await statusOf()).to.equal("RUNNING");
    await missHeartbeats(world);
    const second = hire();
    await until(async () => (await statusOf()) === "QUEUED");
    await second.end("SIGKILL");
    hire();
    await operator.get(resumeTenant, { input: { id } });
    const { status, version } = await ended(owner, jobId);
    expect({ status, sha256: version.sha256 }).to.deep.equal({ status: "SUCCEEDED", sha256: undisturbed });
    expect((await metered(world, tenant, "TRAINING_MS")).events).to.equal(2);
  });
});
