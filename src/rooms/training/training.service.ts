import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Dataset, DatasetService } from "../datasets/index.js";
import { type LearningTask, parseHyperparameters } from "../learning/index.js";
import { type Model, type ModelService, ModelType } from "../models/index.js";
import { TrainingFinished } from "./training.errors.js";
import type { TrainingEvent } from "./training.events.js";
import type { StartTrainingInput } from "./training.inputs.js";
import { queueId, trainingRun } from "./training.job.js";
import { isFinal, TrainingJob, TrainingJobStatus } from "./training-job.entity.js";

/** Starting and cancelling; what happens in between is the runner's. */
export class TrainingService {
  constructor(
    private readonly kernel: Kernel,
    private readonly models: ModelService,
    private readonly datasets: DatasetService,
  ) {}

  /** Row, queue entry and audit event in one transaction. Whatever can be told from the profile is refused here. */
  async start({ tenant, viewer }: TenantContext, input: StartTrainingInput): Promise<TrainingJob> {
    const [model, dataset] = await Promise.all([
      this.models.require(tenant, input.modelId),
      this.datasets.require(tenant, input.datasetId),
    ]);
    this.datasets.profile(dataset);
    checkTarget(model, dataset, this.datasets);
    taskOf(model, dataset);
    const job = Object.assign(new TrainingJob(), {
      id: newId("job"),
      modelId: model.id,
      datasetId: dataset.id,
      versionId: null,
      status: TrainingJobStatus.QUEUED,
      seed: input.seed ?? clock.randomBytes(4).readUInt32BE() >>> 1,
      hyperparameters: parseHyperparameters(given(input.hyperparameters), model.type, dataset.rowCount ?? 0),
      progress: null,
      failure: null,
      trainedMs: 0,
      createdBy: viewer.id,
      createdAt: clock.now(),
      startedAt: null,
      finishedAt: null,
    });
    await tenant.write("training.start", async (work) => {
      await work.manager.insert(TrainingJob, job);
      const { modelId, datasetId, seed, hyperparameters } = job;
      work.emit<TrainingEvent>({
        type: "training.queued",
        subject: job.id,
        after: { modelId, datasetId, seed, hyperparameters },
      });
      const options = {
        id: queueId(job.id),
        perTenant: tenant.tenant.limits.concurrentTrainings ?? undefined,
      };
      work.control((sql) =>
        this.kernel.jobs.enqueue(sql, trainingRun, tenant.id, { jobId: job.id }, options),
      );
    });
    return job;
  }

  /** Final at its commit; a running process is killed within a second. Throws NOT_FOUND, TRAINING_FINISHED. */
  async cancel({ tenant }: TenantContext, jobId: string): Promise<TrainingJob> {
    return tenant.write("training.cancel", async (work) => {
      const job = await work.manager.findOne(TrainingJob, {
        where: { id: jobId },
        lock: { mode: "pessimistic_write" },
      });
      if (!job) throw new NotFound("There is no such training job.");
      if (isFinal(job.status)) throw new TrainingFinished(`This training is ${job.status} already.`);
      const change = { status: TrainingJobStatus.CANCELLED, finishedAt: clock.now() };
      await work.manager.update(TrainingJob, { id: jobId }, change);
      await work.query("delete from training_checkpoint where job_id = $1", [jobId]);
      work.emit<TrainingEvent>({
        type: "training.cancelled",
        subject: jobId,
        before: { status: job.status },
      });
      work.control((sql) => this.kernel.jobs.cancel(sql, trainingRun, queueId(jobId)));
      work.notify("training", { job: jobId });
      return Object.assign(job, change);
    });
  }
}

/** GraphQL's null means "not given" here. */
const given = (input: object | null | undefined): object =>
  Object.fromEntries(
    Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );

/** What is to be learnt, by the model's wishes and the dataset's profile. Throws BAD_USER_INPUT where they don't fit. */
export function taskOf(model: Model, dataset: Dataset): LearningTask {
  const columns = dataset.columns ?? [];
  const names = columns.map(({ name }) => name);
  const target = targetOf(model, dataset);
  const missing = model.features?.find((feature) => !names.includes(feature));
  if (missing !== undefined)
    throw badInput(
      "modelId",
      `The dataset has no column ${JSON.stringify(missing)}, a feature of the model. It has: ${listed(names)}.`,
    );
  const features = (model.features ?? names.filter((name) => name !== target)).map((column) => {
    const kind = columns.find(({ name }) => name === column)?.kind ?? "TEXT";
    // A column without any value teaches nothing; as a text it is left out, with the reason.
    return { column, kind: kind === "EMPTY" ? "TEXT" : kind };
  });
  return { type: model.type, target, features };
}

function targetOf({ target }: Model, { columns }: Dataset): string {
  const names = (columns ?? []).map(({ name }) => name);
  const name = target ?? names.at(-1) ?? "";
  if (names.includes(name)) return name;
  throw badInput(
    "modelId",
    `The dataset has no column ${JSON.stringify(name)}, the model's target. It has: ${listed(names)}.`,
  );
}

function checkTarget(model: Model, dataset: Dataset, datasets: DatasetService): void {
  const target = targetOf(model, dataset);
  const { classes, complete, kind } = datasets.targetBalance(dataset, target);
  if (model.type === ModelType.REGRESSION && kind !== "NUMBER")
    throw badInput(
      "modelId",
      `The target ${JSON.stringify(target)} is not a number, so a regression cannot learn it. Choose CLASSIFICATION.`,
    );
  if (model.type === ModelType.CLASSIFICATION && complete && classes && classes.length < 2)
    throw badInput(
      "modelId",
      `The target ${JSON.stringify(target)} has only one class; classification needs two or more.`,
    );
}

const listed = (names: readonly string[]): string =>
  names.length <= 20 ? names.join(", ") : `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`;
