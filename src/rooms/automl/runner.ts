import { clock } from "../../kernel/clock.js";
import type { Config } from "../../kernel/config.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { TenfoldError } from "../../kernel/errors.js";
import { type JobInput, leaveInterrupted } from "../../kernel/jobs/index.js";
import {
  causeOf,
  type FailureCause,
  failureCauses,
  type LearningResult,
  servingEngine,
  TrainerPool,
} from "../learning/index.js";
import { scopeFor, untilServed } from "../tenancy/index.js";
import {
  type Failure,
  isFinal,
  isVerdict,
  mostTrainingBytes,
  type RunnerServices,
  tellable,
  TrainingJobStatus,
  type TrainingWork,
} from "../training/index.js";
import type { AutomlEvent } from "./automl.events.js";
import { AutomlRun } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";
import { RunMovedOn } from "./records.js";
import { endRun, lockRun } from "./run-end.js";
import { Search } from "./search.js";
import { SearchState } from "./search-state.js";

/**
 * Runs queued searches, each in one training process at a time. Delivery is at least once, so every step asks the
 * tables first: a worker that takes a run up goes on with the trials as they are stored there.
 */
export class AutomlRunner implements TrainingWork {
  readonly #pools = new Set<TrainerPool>();

  constructor(
    private readonly config: Pick<Config, "trainingProcessors">,
    private readonly services: RunnerServices,
  ) {}

  /** Resolves when the run has ended, in whatever way; throws to have it tried again, or postponed. */
  async run({ tenantId, payload: { jobId }, signal }: JobInput<{ jobId: string }>): Promise<void> {
    const scope = await scopeFor(this.services.tenancy, tenantId, jobId);
    if (!scope) return;
    await this.services.tenancy.watch.whileServed(scope.id, async (served) => {
      const state = served.aborted
        ? await this.#postpone(scope, jobId, served)
        : await this.#begin(scope, jobId);
      if (state) await this.#attempt(scope, state, signal, served);
    });
  }

  async #attempt(
    scope: TenantScope,
    state: SearchState,
    signal: AbortSignal,
    served: AbortSignal,
  ): Promise<void> {
    try {
      const result = await this.#search(scope, state, AbortSignal.any([signal, served]));
      await this.#finish(scope, state.run, result);
    } catch (error) {
      if (signal.aborted) return leaveInterrupted(signal);
      if (served.aborted) return this.#postpone(scope, state.run.id, served);
      if (error instanceof RunMovedOn) return;
      if (!isVerdict(error)) throw error;
      const { code, message } = error;
      await this.fail(scope.id, state.run.id, { code, message, cause: causeFor(error) });
    }
  }

  /** In processes of the run's own, which end with it: no other tenant's data ever meets theirs. */
  async #search(scope: TenantScope, state: SearchState, signal: AbortSignal): Promise<LearningResult> {
    const pool = new TrainerPool({
      size: 1,
      warm: 1,
      // The one that trained, and the spare one that takes over where a failure ends it.
      kept: 2,
      recycleAfter: 64,
      processors: this.config.trainingProcessors,
      memoryBytes: mostTrainingBytes,
    });
    this.#pools.add(pool);
    try {
      const dataset = await this.services.datasets.require(scope, state.run.datasetId ?? "");
      return await new Search(scope, state, { pool, sources: this.services, dataset, signal }).run();
    } finally {
      this.#pools.delete(pool);
      await pool.close();
    }
  }

  /** Marks the run RUNNING and answers it with its trials; null where it has ended or was deleted. */
  #begin(scope: TenantScope, id: string): Promise<SearchState | null> {
    return scope.write("automl.run", async (work) => {
      const run = await lockRun(work, id);
      if (!run || isFinal(run.status)) return null;
      if (run.status !== TrainingJobStatus.RUNNING) {
        const change = { status: TrainingJobStatus.RUNNING, startedAt: run.startedAt ?? clock.now() };
        await work.manager.update(AutomlRun, { id }, change);
        const type = run.startedAt ? "automl.resumed" : "automl.started";
        work.emit<AutomlEvent>({ type, subject: id });
        work.notify("automl", { job: id });
        Object.assign(run, change);
      }
      const trials = await work.manager.find(AutomlTrial, { where: { runId: id }, order: { number: "ASC" } });
      return new SearchState(run, trials);
    });
  }

  async #finish(scope: TenantScope, state: AutomlRun, result: LearningResult): Promise<void> {
    const { metering, versions } = this.services;
    const { id, modelId, trainedMs } = state;
    const engine = await servingEngine(result.artefact);
    await scope.write("automl.run", async (work) => {
      // The model before the run, as its deletion locks them.
      await versions.lockModel(work, modelId);
      const run = await lockRun(work, id);
      if (!run || isFinal(run.status)) return;
      const { id: versionId, number } = await versions.publish(work, scope, run, { ...result, engine });
      run.trainedMs = Math.max(1, trainedMs);
      await work.manager.update(AutomlRun, { id }, { trainedMs: run.trainedMs });
      await endRun(work, metering, run, { status: TrainingJobStatus.SUCCEEDED, versionId });
      const winner = run.winner?.number;
      work.emit<AutomlEvent>({ type: "automl.succeeded", subject: id, after: { versionId, number, winner } });
    });
  }

  /** Ends the run as FAILED, with what it used; a run that has ended stays as it is. */
  async fail(tenantId: string | null, id: string, failure: Failure): Promise<void> {
    const scope = await scopeFor(this.services.tenancy, tenantId, id);
    await scope?.write("automl.run", async (work) => {
      const run = await lockRun(work, id);
      if (!run || isFinal(run.status)) return;
      const told = tellable(failure);
      await endRun(work, this.services.metering, run, { status: TrainingJobStatus.FAILED, failure: told });
      work.emit<AutomlEvent>({ type: "automl.failed", subject: id, after: told, outcome: "FAILURE" });
    });
  }

  /** Puts a run off until its tenant is served again, with all its trials kept. Always throws, as `untilServed`. */
  #postpone(scope: TenantScope, id: string, served: AbortSignal): Promise<never> {
    return untilServed(served, () =>
      scope.write("automl.run", async (work) => {
        const run = await lockRun(work, id);
        if (run?.status !== TrainingJobStatus.RUNNING) return;
        await work.manager.update(AutomlRun, { id }, { status: TrainingJobStatus.QUEUED });
        work.emit<AutomlEvent>({ type: "automl.paused", subject: id });
        work.notify("automl", { job: id });
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools].map((pool) => pool.close()));
  }
}

/** Where no trial could be trained, the reason is that of the trials. */
const causeFor = (error: TenfoldError): FailureCause =>
  failureCauses.find((cause) => cause === error.extensions.cause) ?? causeOf(error);
