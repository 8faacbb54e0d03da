import { deployedModel, penguin } from "../../../test/rooms/training/support.js";
import type { TenantOfWorld } from "../../../test/support/world.js";
import { World } from "../../../test/support/world.js";
import { figure, median } from "../../support/figures.js";
import type { Report } from "./compare.js";
import { type Load, Loader } from "./loader.js";
import { startTenfold } from "./server.js";
import { ownerHeaders } from "./world.js";

const document = `mutation Predict($input: PredictInput!) { predict(input: $input) {
  predictions { label confidence probabilities { label probability } } version { number } latencyMs } }`;

async function registered({ owner }: TenantOfWorld): Promise<string> {
  const { registerPersistedOperations: made } = await owner.get(
    `mutation ($input: RegisterPersistedOperationsInput!) {
      registerPersistedOperations(input: $input) { operations { hash } } }`,
    { input: { operations: [{ document }] } },
  );
  return made.operations[0].hash;
}

/**
 * A registered prediction of one row by one client, with nothing else running. The server answers how long the
 * prediction took from the resolver on, metering committed; the rest of what the client waited is HTTP and GraphQL.
 */
export async function predictionFigures(report: Report, quick: boolean): Promise<void> {
  const world = await World.start();
  const loader = new Loader();
  try {
    const tenant = await world.tenant("prediction");
    const modelId = await deployedModel(tenant.owner);
    const documentId = await registered(tenant);
    const { headers: credentials } = await ownerHeaders(world, tenant);
    const server = await startTenfold(world);
    const headers = { ...credentials, "content-type": "application/json" };
    const predict = { documentId, variables: { input: { modelId, rows: [penguin] } } };
    const run = (body: object, ms: number, itself?: string): Promise<Load> =>
      loader.run({
        url: server.url,
        path: "/graphql",
        requests: [{ headers, body: JSON.stringify(body) }],
        clients: 1,
        ms,
        itself,
      });
    await run(predict, 3_000);
    const predictions: Load[] = [];
    const bare: Load[] = [];
    for (let round = 0; round < (quick ? 2 : 7); round += 1) {
      predictions.push(await run(predict, 2_000, "latencyMs"));
      bare.push(await run({ query: "{ __typename }" }, 1_000));
    }
    await server.stop();
    const total = median(predictions.map(({ p50 }) => p50));
    report(figure("graphql.prediction.total", total, "ms"));
    report(
      figure("graphql.prediction.adds", median(predictions.flatMap(({ addedMs }) => addedMs ?? [])), "ms"),
    );
    // Of which this is what a request costs that asks for nothing.
    report(figure("graphql.prediction.empty-request", median(bare.map(({ p50 }) => p50)), "ms"));
  } finally {
    await loader.stop();
    await world.stop();
  }
}
