import { expect } from "chai";
import { ApiFailure, TenfoldClient } from "../../schema/transport.js";
import { ownerPassword, World } from "../support/world.js";

const failureOf = async (answer: Promise<unknown>): Promise<ApiFailure> => {
  const error = await answer.then(
    () => new Error("It succeeded."),
    (reason: unknown) => reason,
  );
  if (error instanceof ApiFailure) return error;
  throw error;
};

describe("the typed client", () => {
  let world: World;
  let client: TenfoldClient;

  before(async () => {
    world = await World.start();
    const { slug } = await world.tenant("typed");
    const input = { email: `owner@${slug}.test`, password: ownerPassword };
    const nobody = new TenfoldClient(world.url, { "x-tenant": slug });
    const { signIn } = await nobody.sdk.signIn({ input });
    client = nobody.bearing(signIn.accessToken);
  });
  after(() => world.stop());

  it("acts as whom it signed in", async () => {
    const { viewer } = await client.sdk.viewer();
    expect(viewer.tenant?.slug).to.equal("typed");
    expect(viewer.user?.email).to.equal("owner@typed.test");
  });

  it("makes and reads things", async () => {
    const input = { name: "flat", type: "REGRESSION", target: "price" } as const;
    const { createModel } = await client.sdk.createModel({ input });
    const { model } = await client.sdk.model({ id: createModel.model.id });
    expect(model).to.include({ name: "flat", type: "REGRESSION", target: "price" });
  });

  it("tells a refusal with its code, operation and request", async () => {
    const input = { modelId: "model_00000000000000000000000000", datasetId: "nothing" };
    const failure = await failureOf(client.sdk.startTraining({ input }));
    expect(failure.code).to.equal("NOT_FOUND");
    expect(failure.message).to.match(/^startTraining: /);
    expect(failure.errors[0]?.extensions?.requestId).to.be.a("string");
  });

  it("tells a refused stream the same way", async () => {
    const stream = client.sdk.trainingProgress({ jobId: "job_00000000000000000000000000" });
    const failure = await failureOf(stream[Symbol.asyncIterator]().next());
    expect(failure.code).to.equal("NOT_FOUND");
  });

  it("has no rights without credentials", async () => {
    const nobody = new TenfoldClient(world.url);
    expect((await failureOf(nobody.sdk.tenant())).code).to.equal("UNAUTHENTICATED");
    const stream = nobody.sdk.trainingProgress({ jobId: "job_00000000000000000000000000" });
    expect((await failureOf(stream[Symbol.asyncIterator]().next())).code).to.equal("UNAUTHENTICATED");
  });
});
