import { clock, newId } from "../../../src/kernel/clock.js";
import type { World } from "../../../test/support/world.js";
import { put, type Row } from "../../support/planner-rows.js";

/** How much a tenant holds. */
export interface Shape {
  readonly users: number;
  readonly models: number;
  readonly versions: number;
  /** Of a model on average: every third has one more and every third one less, so that some pages are not the last. */
  readonly jobs: number;
}

export const usual: Shape = { users: 20, models: 200, versions: 3, jobs: 5 };

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const metrics = { accuracy: 0.97, precision: 0.96, recall: 0.95, f1: 0.955, loss: 0.1, rows: 70 };
const signature = {
  inputs: ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"].map((column) => ({
    column,
    kind: "NUMBER",
    categories: null,
  })),
  ignored: ["sex"],
  output: { column: "species", type: "CLASSIFICATION", classes: ["Adelie", "Chinstrap", "Gentoo"] },
};
const hyperparameters = { epochs: 50, batchSize: 32, optimizer: "ADAM", learningRate: 0.001 };
const statuses = ["SUCCEEDED", "SUCCEEDED", "FAILED", "CANCELLED"];

/** When the `index`-th thing was made: a minute apart, with microseconds, which a Date in JavaScript would lose. */
const madeAt = (index: number): string =>
  new Date(Date.UTC(2026, 0, 1) + index * 60_000 + (index % 1_000)).toISOString();

function people({ users }: Shape): Row[] {
  return times(users, (index) => ({
    id: newId("user"),
    email: `person-${index}@bench.test`,
    name: `Person Number ${index}`,
    role: index % 3 === 0 ? "ADMIN" : "MEMBER",
    status: "ACTIVE",
    created_at: madeAt(index),
    updated_at: madeAt(index),
  }));
}

/** One model in ten has no owner, as one made by an API key. */
function models(shape: Shape, owners: readonly Row[]): Row[] {
  return times(shape.models, (index) => ({
    id: newId("model"),
    name: `Model number ${index}`,
    type: index % 4 === 0 ? "REGRESSION" : "CLASSIFICATION",
    target: "species",
    created_by: index % 10 === 9 ? null : owners[index % owners.length]?.id,
    created_at: madeAt(index),
    updated_at: madeAt(index),
  }));
}

const versionsOf = (shape: Shape, model: Row): Row[] =>
  times(shape.versions, (index) => ({
    id: newId("version"),
    model_id: model.id,
    number: `1.${index}.0`,
    ordinal: index,
    metrics,
    source: "TRAINED",
    signature,
    sha256: clock.randomBytes(32).toString("hex"),
    size_bytes: 24_000,
    created_by: model.created_by,
    created_at: madeAt(index),
  }));

const jobsOf = (shape: Shape, model: Row, place: number): Row[] =>
  times(shape.jobs + (place % 3) - 1, (index) => ({
    id: newId("job"),
    model_id: model.id,
    status: statuses[(place + index) % statuses.length],
    seed: index,
    hyperparameters,
    plan: { task: { type: "CLASSIFICATION", target: "species", features: null }, architecture: null },
    progress: { epoch: 50, epochs: 50, loss: 0.1, accuracy: 0.97, valLoss: 0.1, valAccuracy: 0.96, etaMs: 0 },
    trained_ms: 900,
    created_by: model.created_by,
    created_at: madeAt(place + index),
  }));

/** Fills a tenant's tables as if it had been worked in, and tells the planner of Postgres what is in them. */
export async function seed(world: World, schema: string, shape: Shape = usual): Promise<void> {
  const owners = people(shape);
  const made = models(shape, owners);
  const versions = made.map((model) => versionsOf(shape, model));
  const deployments = versions.flatMap(([first]) =>
    first
      ? [{ ...pick(first), id: newId("deployment"), environment: "PRODUCTION", version_id: first.id }]
      : [],
  );
  const tables: [string, Row[]][] = [
    ["user_account", owners],
    ["model", made],
    ["model_version", versions.flat()],
    ["deployment", deployments],
    ["training_job", made.flatMap((model, place) => jobsOf(shape, model, place))],
  ];
  for (const [table, rows] of tables) {
    await put(world, schema, table, rows);
    await world.admin(`analyze ${schema}.${table}`);
  }
}

const pick = ({ model_id, created_by, created_at }: Row): Row => ({
  model_id,
  created_by,
  created_at,
  updated_at: created_at,
});
