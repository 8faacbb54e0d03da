import type { TenantOfWorld, World } from "../../test/support/world.js";
import { farTimes, ids, many, pick, put, type Row, raw, texts, times } from "./planner-rows.js";

/** Whether the rows are such as the graph can say, however awkward, or such as it must answer with errors. */
type Kind = "sayable" | "unsayable";

const counts = { user: 8, dataset: 7, model: 9, version: 24, job: 26, deployment: 12, audit: 20, key: 5 };

const numbers = [
  "1e-7",
  "1e21",
  "0.10",
  "-0",
  "1.0",
  "123456789012345678901234567890",
  "0.1",
  "-2.50",
  "5e-324",
];

/** Seeds a tenant past the API with what no API would let in. */
export async function seed(world: World, { schema }: TenantOfWorld, kind: Kind): Promise<void> {
  const seeds = new Seeds(kind === "unsayable");
  for (const [table, rows] of Object.entries(seeds.tables())) await put(world, schema, table, rows);
  if (kind === "unsayable")
    await world.admin(
      `update ${schema}.training_job set hyperparameters = 'null', progress = 'null' where id = $1`,
      [seeds.ids.job[5]],
    );
}

class Seeds {
  readonly ids = Object.fromEntries(
    Object.entries(counts).map(([prefix, count]) => [prefix, ids(prefix, count)]),
  ) as Record<keyof typeof counts, string[]>;

  constructor(private readonly broken: boolean) {}

  tables(): Record<string, Row[]> {
    const { user, dataset, model, version, job, deployment, audit, key } = this.ids;
    return {
      user_account: user.map((id, index) => this.#user(id, index)),
      dataset: dataset.map((id, index) => this.#dataset(id, index)),
      model: model.map((id, index) => this.#model(id, index)),
      model_version: version.map((id, index) => this.#version(id, index)),
      deployment: deployment.map((id, index) => this.#deployment(id, index)),
      training_job: job.map((id, index) => this.#job(id, index)),
      training_epoch: job.flatMap((id, index) => many(index % 4, (each) => this.#epoch(id, each))),
      audit_event: audit.map((id, index) => this.#audit(id, index)),
      api_key: key.map((id, index) => this.#key(id, index)),
      persisted_operation: texts.slice(0, 4).map((text, index) => this.#operation(text, index)),
    };
  }

  /** Now and then something that the graph has no name for. */
  #odd<T>(index: number, every: number, odd: T, usual: T): T {
    return this.broken && index % every === every - 1 ? odd : usual;
  }

  #time(index: number): string {
    return this.#odd(index, 4, pick(farTimes, index), pick(times, index));
  }

  /** People, programs, somebody deleted, nobody. */
  #maker(index: number): string | null {
    const { user, key } = this.ids;
    return pick(
      [user[index % 5] ?? null, key[0] ?? null, "user_00000000000000000000000000", null, "system"],
      index,
    );
  }

  #user(id: string, index: number): Row {
    return {
      id,
      email: `${index}-${pick(texts, index).slice(0, 60)}@planner.test`,
      name: pick(texts, index),
      role: this.#odd(index, 4, "WIZARD", pick(["OWNER", "MEMBER", "VIEWER"], index)),
      status: pick(["INVITED", "ACTIVE", "DEACTIVATED"], index),
      invitation_expires_at: index % 2 ? null : this.#time(index),
      last_active_at: index % 3 ? this.#time(index + 1) : null,
      created_at: this.#time(index),
      updated_at: times[0],
    };
  }

  #column(index: number): Row {
    return {
      name: pick(texts, index),
      kind: this.#odd(index, 3, "COLOUR", pick(["NUMBER", "CATEGORY", "TEXT", "EMPTY"], index)),
      missing: index,
      distinct: index % 2 ? null : 3,
      distinctExceeded: index % 2 === 1,
      integer: false,
      minimum: raw(pick(numbers, index)),
      maximum: raw(pick(numbers, index + 1)),
      mean: index % 3 ? null : raw("0.30000000000000004"),
      ...(index % 4 ? { standardDeviation: null } : {}),
      categories: many(index % 4, (each) => ({ value: pick(texts, each), count: each })),
      examples: many(index % 3, (each) => pick(texts, each)),
      unknownToTheGraph: [1, { a: null }],
    };
  }

  #dataset(id: string, index: number): Row {
    const isReady = index % 3 !== 2;
    return {
      id,
      name: pick(texts, index),
      format: this.#odd(index, 5, "XML", pick(["CSV", "TSV", "JSONL"], index)),
      header: index % 2 === 0,
      status: isReady ? "READY" : "PENDING",
      row_count: isReady ? pick([0, 2_147_483_647, 7], index) : null,
      size_bytes: isReady
        ? this.#odd<unknown>(index, 4, raw("9007199254740993"), pick([0, 9_007_199_254_740_991], index))
        : null,
      sha256: isReady ? "ab".repeat(32) : null,
      columns: isReady ? many(index, (each) => this.#column(each)) : null,
      upload_hash: null,
      series_id: id,
      version: 1,
      parent_id: index > 0 ? pick(this.ids.dataset, index - 1) : null,
      images: index % 2 ? this.#images(index) : null,
      upload_expires_at: index % 2 ? null : this.#time(index),
      created_by: this.#maker(index),
      created_at: this.#time(index + 2),
      updated_at: this.#time(index),
    };
  }

  #images(index: number): Row {
    const sizes = { minimumWidth: 1, maximumWidth: 2, minimumHeight: 3, maximumHeight: 4_096 };
    const twice = {
      duplicates: 0,
      duplicatesAcrossSplit: this.#odd<unknown>(index, 3, 1.5, 2),
      conflictingLabels: 1,
    };
    const labels = many(index % 3, (each) => ({ label: pick(texts, each + index), count: each }));
    return {
      count: index,
      labels,
      modes: [{ mode: this.#odd(index, 2, "SEPIA", "GREY"), count: index }],
      ...sizes,
      ...twice,
    };
  }

  #architecture(index: number): Row | null {
    const layer = (each: number): Row => ({
      units: this.#odd(each + index, 3, pick<unknown>([2 ** 31, "8", 1.5, null, raw("1e400")], index), 8),
      activation: this.#odd(each + index, 4, "STEP", "RELU"),
      dropout: raw(pick(numbers, each + index)),
      l2: raw(pick(numbers, each)),
      batchNormalization: this.#odd(each, 3, pick<unknown>(["true", 1, null], index), true),
      more: { unknown: true },
    });
    const layers = many(index % 4, layer);
    return pick<Row | null>([{ layers }, null, { layers, extra: 1 }, { layers: [] }], index);
  }

  #model(id: string, index: number): Row {
    return {
      id,
      name: `${pick(texts, index).slice(0, 190)}${index > 9 ? index : ""}`,
      type: this.#odd(index, 5, "MAGIC", pick(["CLASSIFICATION", "REGRESSION"], index)),
      target: index % 3 ? pick(texts, index) : null,
      features: pick<unknown>([null, [], [texts[0], texts[1], ""], ["a", "NULL", "a b"]], index),
      architecture: this.#odd<unknown>(index, 6, { layers: {} }, this.#architecture(index)),
      created_by: this.#maker(index),
      created_at: times[0],
      updated_at: this.#time(index),
    };
  }

  #metrics(index: number): Row {
    const rows = this.#odd<unknown>(index, 3, pick<unknown>([null, "7", [7], raw("1e10"), 0.5], index), 7);
    return {
      accuracy: raw(pick(numbers, index)),
      ...(index % 2 ? { precision: null } : { f1: raw(pick(numbers, index + 3)) }),
      loss: this.#odd<unknown>(
        index,
        5,
        pick<unknown>([null, raw("1e400"), true, "0.5"], index),
        raw("0.10"),
      ),
      confusion: pick<unknown>([null, [], [[1, 2], [], [3]], this.broken ? [[1, null], null] : [[0]]], index),
      rows,
    };
  }

  #signature(index: number): Row {
    const input = (each: number): Row => ({
      column: pick(texts, each),
      kind: this.#odd(each + index, 4, "TIME", pick(["NUMBER", "BOOLEAN", "CATEGORY"], each)),
      categories: each % 3 === 2 ? this.#odd<unknown>(index, 4, ["a", null, 3], [texts[1], texts[2]]) : null,
    });
    return {
      inputs: many(index % 4, input),
      ignored: this.#odd<unknown>(index, 6, "none", index % 2 ? [] : [texts[0]]),
      output: {
        column: texts[3],
        type: pick(["REGRESSION", "CLASSIFICATION"], index),
        ...(index % 2 ? { classes: ["a"] } : {}),
      },
    };
  }

  #version(id: string, index: number): Row {
    return {
      id,
      model_id: this.#odd(
        index,
        11,
        "model_00000000000000000000000000",
        pick(this.ids.model.slice(0, 5), index * index),
      ),
      number: `1.${index}.0`,
      ordinal: index,
      // What was imported was measured by nobody.
      metrics: index % 6 === 5 ? null : this.#metrics(index),
      source: index % 6 === 5 ? "IMPORTED" : this.#odd(index, 9, "MOON", "TRAINED"),
      signature: this.#signature(index),
      sha256: "cd".repeat(32),
      size_bytes: this.#odd<unknown>(index, 7, raw("-9223372036854775808"), 1_000 + index),
      created_by: this.#maker(index),
      created_at: times[0],
    };
  }

  #deployment(id: string, index: number): Row {
    return {
      id,
      model_id: pick(this.ids.model, Math.floor(index / 3)),
      environment: this.#odd(index, 5, "MOON", pick(["STAGING", "DEVELOPMENT", "PRODUCTION"], index)),
      version_id: this.#odd(index, 4, "version_00000000000000000000000000", pick(this.ids.version, index)),
      canary_version_id: index % 2 ? null : pick(this.ids.version, index + 1),
      canary_percent: index % 2 ? null : pick([1, 99], index),
      created_by: this.#maker(index),
      created_at: times[0],
      updated_at: this.#time(index),
    };
  }

  #epoch(jobId: string, index: number): Row {
    return {
      id: `${jobId}:${index + 1}`,
      job_id: jobId,
      epoch: index + 1,
      loss: raw(pick(numbers, index)),
      accuracy: index % 2 ? raw("0.30000000000000004") : null,
      val_loss: null,
      val_accuracy: raw(pick(numbers, index + 2)),
      duration_ms: pick([0, 2_147_483_647], index),
    };
  }

  #hyperparameters(index: number): Row {
    return {
      epochs: this.#odd<unknown>(index, 5, pick<unknown>([null, "5", raw("1e2"), true, {}], index), 5),
      batchSize: 999_999_999,
      learningRate: raw(pick(numbers, index)),
      optimizer: this.#odd(index, 7, "LION", "ADAM"),
      validationSplit: raw("0.20"),
      earlyStopping: pick<unknown>(
        [null, { patience: 1, minDelta: raw("1e-7"), x: 1 }, this.broken ? [] : null],
        index,
      ),
      classWeights: pick(["NONE", "BALANCED"], index),
    };
  }

  #job(id: string, index: number): Row {
    const status = pick(["SUCCEEDED", "FAILED", "CANCELLED", "QUEUED", "RUNNING"], index);
    const { dataset, model, version } = this.ids;
    return {
      id,
      model_id: this.#odd(index, 9, "model_00000000000000000000000000", pick(model.slice(0, 6), index * 5)),
      dataset_id: index % 3 || status === "QUEUED" || status === "RUNNING" ? pick(dataset, index) : null,
      version_id: index % 2 || index >= version.length ? null : version[index],
      // Jobs that wait or run would be looked for by workers.
      status: this.#odd(index, 8, "LOST", status),
      seed: pick([0, -2_147_483_648, 2_147_483_647], index),
      hyperparameters: this.#hyperparameters(index),
      plan: { task: {} },
      progress: pick<unknown>([null, { epoch: 2, epochs: 5, loss: raw("1e-7"), etaMs: null }, {}], index),
      failure: pick<unknown>(
        [null, { code: "INTERNAL", message: texts[1] }, this.broken ? { code: "NO_SUCH" } : null],
        index,
      ),
      trained_ms: raw("0.1"),
      created_by: this.#maker(index),
      created_at: times[0],
      started_at: index % 2 ? this.#time(index) : null,
      finished_at: index % 3 ? this.#time(index) : null,
    };
  }

  #audit(id: string, index: number): Row {
    const state = {
      7: 1,
      a: raw(pick(numbers, index)),
      __proto__x: null,
      "": [texts[0], { deep: {} }],
      1: raw("1e400"),
    };
    return {
      id,
      at: this.#time(index),
      action: pick(["model.created", texts[0], "user.updated"], index),
      operation: "drill",
      actor_kind: this.#odd(
        index,
        6,
        "robot",
        pick(["anonymous", "user", "apiKey", "operator", "system"], index),
      ),
      actor_id: this.#maker(index),
      subject: index % 4 ? pick(this.ids.model, index) : null,
      before: pick<unknown>([null, state, this.broken ? [1] : {}, this.broken ? "text" : null], index),
      after: index % 2 ? state : null,
      outcome: pick(["SUCCESS", "FAILURE"], index),
      ip: index % 2 ? "::1" : null,
      user_agent: index % 3 ? pick(texts, index) : null,
      request_id: "drill",
    };
  }

  #key(id: string, index: number): Row {
    return {
      id,
      name: pick(texts, index),
      secret_hash: "",
      scopes: pick([[], ["model:read"], [texts[0], 'a,b"c', "{}"]], index),
      persisted_only: index % 2 === 1,
      created_by: this.#maker(index),
      created_at: this.#time(index),
      expires_at: index % 2 ? this.#time(index) : null,
      revoked_at: index % 3 ? null : this.#time(index),
      last_used_at: null,
    };
  }

  #operation(text: string, index: number): Row {
    return {
      hash: `sha256:${String(index).padStart(64, "0")}`,
      id: ids("operation", 1)[0],
      document: text,
      name: index % 2 ? text : null,
      kind: this.#odd(index, 3, "dance", pick(["query", "mutation", "subscription"], index)),
      cost: index,
      permissions: index % 2 ? [] : ["model:read"],
      created_by: this.#maker(index),
      created_at: this.#time(index),
    };
  }
}
