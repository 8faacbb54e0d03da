import { readFileSync } from "node:fs";
import type { GraphQLSchema } from "graphql";
import { clock } from "../kernel/clock.js";
import type { Kernel } from "../kernel/kernel.js";
import type { IdentityRoom } from "../rooms/identity/index.js";
import { OnboardingService } from "../rooms/onboarding/index.js";
import { type KnownTenant, Plan, type TenancyService } from "../rooms/tenancy/index.js";
import { type DemoFile, newDemo, readDemo, writeDemo } from "./demo-file.js";
import { DemoGraph, systemContext } from "./demo-graph.js";
import * as operations from "./demo-operations.js";

/** What of a running Tenfold the demo is made with. */
export interface DemoGround {
  readonly kernel: Kernel;
  readonly schema: GraphQLSchema;
  readonly house: { readonly tenancy: TenancyService; readonly identity: IdentityRoom };
}

/** Told while the demo is made: what is being done, and how much of all of it is behind. */
export type DemoProgress = (step: string, share: number) => void;

/** Palmer penguins: https://doi.org/10.5281/zenodo.3960218, CC0. Read from the package, which tsc doesn't copy from. */
const penguins = new URL("../../../src/demo/penguins.csv", import.meta.url);

const names = { dataset: "Palmer penguins", model: "penguin-species" };

const rows = [
  {
    island: "Torgersen",
    bill_length_mm: 39.1,
    bill_depth_mm: 18.7,
    flipper_length_mm: 181,
    body_mass_g: 3750,
  },
  { island: "Biscoe", bill_length_mm: 50, bill_depth_mm: 15.3, flipper_length_mm: 220, body_mass_g: 5550 },
  { island: "Dream", bill_length_mm: 50.5, bill_depth_mm: 19.6, flipper_length_mm: 201 },
];

const ended = new Set(["SUCCEEDED", "FAILED", "CANCELLED"]);

/**
 * Makes what is missing of the demo tenant, and answers how to get in; null where a tenant of somebody else has the
 * name. A start that was killed in the middle is continued; once complete nothing is ever made again, so what
 * people delete stays deleted.
 */
export async function ensureDemo(ground: DemoGround, tell: DemoProgress): Promise<DemoFile | null> {
  const { kernel, house, schema } = ground;
  const { dataDirectory } = kernel.config;
  const kept = readDemo(dataDirectory);
  if (kept?.tenantId !== undefined && (await isRegistered(kernel, kept.tenantId))) return kept;
  const known = await house.tenancy.directory.find({ slug: "demo" });
  if (known && !kept) return null;
  // Of a database that is gone only the password is still good.
  const file: DemoFile = {
    ...(kept ?? newDemo()),
    ...(!known && { apiKey: undefined, tenantId: undefined }),
  };
  if (!known) writeDemo(dataDirectory, file);
  tell("tenant", 0);
  const tenant = known ?? (await createTenant(ground, file));
  const graph = new DemoGraph(kernel, schema, tenant);
  const modelId = await ensureModel(graph, tell);
  const apiKey = file.apiKey ?? (await createKey(graph));
  const complete = { ...file, apiKey, modelId, tenantId: tenant.id };
  writeDemo(dataDirectory, complete);
  tell("ready", 1);
  return complete;
}

/** Also a tenant that was deleted since: whoever did it does not want it back at the next start. */
async function isRegistered({ control }: Kernel, tenantId: string): Promise<boolean> {
  const found = await control.query("select from control.tenant where id = $1", [tenantId]);
  return found.length > 0;
}

async function createTenant({ kernel, house }: DemoGround, file: DemoFile): Promise<KnownTenant> {
  const onboarding = new OnboardingService(house.tenancy, house.identity.users);
  const owner = { email: file.email, name: "Demo Owner", password: file.password };
  const context = systemContext(kernel, null);
  const { tenant } = await onboarding.createTenant(context, {
    slug: file.tenant,
    name: "Demo",
    plan: Plan.PROFESSIONAL,
    owner,
  });
  const known = await house.tenancy.directory.find({ id: tenant.id });
  if (known) return known;
  throw new Error("The demo tenant was deleted while it was made.");
}

/** Dataset, model, training, deployment, predictions: each only where an earlier start didn't get that far. */
async function ensureModel(graph: DemoGraph, tell: DemoProgress): Promise<string> {
  const period = {
    from: new Date(0).toISOString(),
    to: new Date(clock.now().getTime() + 1000).toISOString(),
  };
  const state = await graph.run<operations.DemoState>(operations.stateQuery, period);
  const dataset = state.datasets.nodes.find(
    ({ name, status }) => name === names.dataset && status === "READY",
  );
  const model = state.models.nodes.find(({ name }) => name === names.model);
  const datasetId = dataset?.id ?? (await createDataset(graph, tell));
  const modelId = model?.id ?? (await createModel(graph));
  if (!model?.deployments.some(({ environment }) => environment === "PRODUCTION")) {
    const job = model?.latestTrainingJob;
    // One that failed is not what the next start should end with too.
    const going = job && job.status !== "FAILED" && job.status !== "CANCELLED" ? job.id : null;
    await train(graph, going ?? (await startTraining(graph, modelId, datasetId)), tell);
    await graph.run(operations.deployModel, {
      input: { modelId, version: await newestVersion(graph, period), environment: "PRODUCTION" },
    });
  }
  tell("predictions", 0.95);
  if (!state.usage.lines.some(({ meter }) => meter === "PREDICTIONS"))
    await graph.run(operations.predict, { input: { modelId, rows } });
  return modelId;
}

async function createDataset(graph: DemoGraph, tell: DemoProgress): Promise<string> {
  tell("dataset", 0.05);
  const input = { name: names.dataset, format: "CSV", content: readFileSync(penguins, "utf8") };
  const { createDataset } = await graph.run<{ createDataset: { dataset: { id: string } } }>(
    operations.createDataset,
    { input },
  );
  return createDataset.dataset.id;
}

async function createModel(graph: DemoGraph): Promise<string> {
  const input = { name: names.model, type: "CLASSIFICATION", target: "species" };
  const { createModel } = await graph.run<{ createModel: { model: { id: string } } }>(
    operations.createModel,
    { input },
  );
  return createModel.model.id;
}

async function startTraining(graph: DemoGraph, modelId: string, datasetId: string): Promise<string> {
  const { startTraining } = await graph.run<{ startTraining: { trainingJob: { id: string } } }>(
    operations.startTraining,
    { input: { modelId, datasetId, seed: 1 } },
  );
  return startTraining.trainingJob.id;
}

/** Waits for the end; throws where it is not success. */
async function train(graph: DemoGraph, jobId: string, tell: DemoProgress): Promise<void> {
  const events = graph.follow<operations.DemoProgress>(operations.trainingProgress, { jobId });
  for await (const { trainingProgress: progress } of events) {
    const { status, epoch, epochs } = progress;
    tell(epoch > 0 ? `training, epoch ${epoch} of ${epochs}` : "training", 0.1 + (0.8 * epoch) / epochs);
    if (ended.has(status) && status !== "SUCCEEDED")
      throw new Error(`The demo's training ended as ${status}.`);
  }
}

async function newestVersion(graph: DemoGraph, period: object): Promise<string> {
  const { models } = await graph.run<operations.DemoState>(operations.stateQuery, { ...period });
  const model = models.nodes.find(({ name }) => name === names.model);
  return model?.latestTrainingJob?.version?.number ?? "1.0.0";
}

async function createKey(graph: DemoGraph): Promise<string> {
  const input = { name: "Commands shown at start", scopes: ["prediction:create", "usage:read"] };
  const { createApiKey } = await graph.run<{ createApiKey: { secret: string } }>(operations.createApiKey, {
    input,
  });
  return createApiKey.secret;
}
