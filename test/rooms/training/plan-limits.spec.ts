import { expect } from "chai";
import { planLimits, Plan } from "../../../src/rooms/tenancy/index.js";
import { limitsOf, mostTrainingBytes } from "../../../src/rooms/training/index.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, quick, start } from "./support.js";

describe("training: limits of the plan", () => {
  let world: World;
  before(async () => {
    world = await World.start({ trainingProcesses: 2 });
  });
  after(() => world.stop());

  const prepared = async (slug: string, plan: Plan) => {
    const tenant = await world.tenant(slug, plan);
    const datasetId = await createDataset(tenant.owner);
    return { tenant, on: { datasetId, modelId: await createModel(tenant.owner) } };
  };
  const failure = async ({ owner }: TenantOfWorld, id: string) => {
    await ended(owner, id);
    const { trainingJob } = await owner.get(
      "query ($id: ID!) { trainingJob(id: $id) { status failure { cause code } } }",
      { id },
    );
    return trainingJob;
  };

  it("end a training beyond its time or memory, and none beside it", async () => {
    const { trainingMinutes, trainingMegabytes } = planLimits[Plan.STARTER];
    const [short, other] = [
      await prepared("short", Plan.STARTER),
      await prepared("other", Plan.PROFESSIONAL),
    ];
    const beside = await start(other.tenant.owner, { ...other.on, hyperparameters: { epochs: 60 } });
    try {
      planLimits[Plan.STARTER].trainingMinutes = 0.5 / 60;
      const late = await start(short.tenant.owner, { ...short.on, hyperparameters: { epochs: 1_000 } });
      expect(await failure(short.tenant, late)).to.deep.equal({
        status: "FAILED",
        failure: { cause: "OUT_OF_TIME", code: "TRAINING_LIMIT_EXCEEDED" },
      });
      Object.assign(planLimits[Plan.STARTER], { trainingMinutes, trainingMegabytes: 1 });
      const large = await start(short.tenant.owner, { ...short.on, hyperparameters: quick });
      expect(await failure(short.tenant, large)).to.deep.equal({
        status: "FAILED",
        failure: { cause: "OUT_OF_MEMORY", code: "TRAINING_LIMIT_EXCEEDED" },
      });
    } finally {
      Object.assign(planLimits[Plan.STARTER], { trainingMinutes, trainingMegabytes });
    }
    expect((await failure(other.tenant, beside)).status).to.equal("SUCCEEDED");
  });

  it("count what earlier attempts took, and leave to the pool what a plan does not say", () => {
    const scope = (limits: object) => ({ tenant: { limits } }) as unknown as Parameters<typeof limitsOf>[0];
    expect(limitsOf(scope({ trainingMinutes: 2 }), 90_000)).to.deep.equal({ timeLimitMs: 30_000 });
    expect(limitsOf(scope({ trainingMinutes: 2 }), 500_000)).to.deep.equal({ timeLimitMs: 1 });
    expect(limitsOf(scope({ trainingMegabytes: 3 }))).to.deep.equal({ memoryBytes: 3 * 2 ** 20 });
    expect(limitsOf(scope({ trainingMinutes: null }))).to.deep.equal({});
    expect(mostTrainingBytes).to.equal(6 * 2 ** 30);
  });
});
