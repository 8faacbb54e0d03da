import { expect } from "chai";
import { clock } from "../../../src/kernel/clock.js";
import { World } from "../../support/world.js";
import { deployedModel, metered, penguin, predict } from "../training/support.js";

describe("serving: limits and usage", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  const now = clock.now;
  /** The windows of limits begin on the clock; a spec that runs across a minute would see two. */
  const stopClock = (): void => {
    const minute = new Date(Math.floor(now().getTime() / 60_000) * 60_000 + 1_000);
    clock.now = () => minute;
  };
  afterEach(() => {
    clock.now = now;
  });

  const outcomes = (answers: { errors?: { extensions?: { code?: string } }[] }[]) => ({
    granted: answers.filter(({ errors }) => !errors).length,
    refused: answers.filter(({ errors }) => errors?.[0]?.extensions?.code === "QUOTA_EXCEEDED").length,
  });

  it("grants exactly the plan's predictions to 32 clients at once, and meters what it granted", async () => {
    const tenant = await world.tenant("starter", "STARTER");
    const modelId = await deployedModel(tenant.owner);
    stopClock();
    const clients = Array.from({ length: 32 }, async () => {
      const answers = [];
      for (let count = 0; count < 5; count++) answers.push(await predict(tenant.owner, modelId));
      return answers;
    });
    const answers = (await Promise.all(clients)).flat();
    expect(outcomes(answers)).to.deep.equal({ granted: 100, refused: 60 });
    expect(await metered(world, tenant, "PREDICTIONS")).to.deep.equal({ events: 100, quantity: 100 });
    const refusal = answers.find(({ errors }) => errors)?.errors?.[0];
    expect(refusal?.extensions).to.include({ limit: "predictionsPerMinute", allowed: 100 });
    expect(Date.parse(String(refusal?.extensions?.resetsAt))).to.equal(
      Math.ceil(clock.now().getTime() / 60_000) * 60_000,
    );
    const { usage } = await tenant.owner.get(
      '{ usage(from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z") { limits { limit used allowed } } }',
    );
    expect(usage.limits).to.deep.include({ limit: "predictionsPerMinute", used: 100, allowed: 100 });
  });

  it("decides requests of different sizes one by one where together they do not fit", async () => {
    const tenant = await world.tenant("sizes", "STARTER");
    const modelId = await deployedModel(tenant.owner);
    stopClock();
    const sizes = Array.from({ length: 32 }, (_, place) => [1, 7, 30, 101][place % 4] ?? 1);
    const answers = await Promise.all(
      sizes.map((size) => predict(tenant.owner, modelId, Array(size).fill(penguin))),
    );
    const granted = sizes.filter((_, place) => !answers[place]?.errors).reduce((sum, size) => sum + size, 0);
    expect((await metered(world, tenant, "PREDICTIONS")).quantity).to.equal(granted);
    expect(granted).to.be.within(94, 100);
    // Whatever is left over is smaller than the smallest that was refused.
    const refused = sizes.filter((_, place) => answers[place]?.errors);
    expect(granted + Math.min(...refused)).to.be.greaterThan(100);
  });

  it("begins again with the next minute", async () => {
    const tenant = await world.tenant("minutes", "STARTER");
    const modelId = await deployedModel(tenant.owner);
    stopClock();
    expect(await predict(tenant.owner, modelId, Array(100).fill(penguin))).to.succeed();
    expect(await predict(tenant.owner, modelId)).to.failWith("QUOTA_EXCEEDED");
    const next = new Date(clock.now().getTime() + 60_000);
    clock.now = () => next;
    expect(await predict(tenant.owner, modelId)).to.succeed();
  });

  it("meters every answer under load without limits", async () => {
    const tenant = await world.tenant("many");
    const modelId = await deployedModel(tenant.owner);
    const answers = await Promise.all(Array.from({ length: 200 }, () => predict(tenant.owner, modelId)));
    expect(outcomes(answers).granted).to.equal(200);
    expect((await metered(world, tenant, "PREDICTIONS")).quantity).to.equal(200);
  });

  it("does not let one tenant wait for another's lock", async () => {
    const [slow, fast] = [await world.tenant("slow", "STARTER"), await world.tenant("fast", "STARTER")];
    const [slowModel, fastModel] = [await deployedModel(slow.owner), await deployedModel(fast.owner)];
    expect(await predict(slow.owner, slowModel)).to.succeed();
    let held: Promise<unknown> = Promise.resolve();
    let answered = false;
    const lock = world.admin(
      `do $$ begin lock table ${slow.schema}.quota_counter in access exclusive mode; perform pg_sleep(2); end $$`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    held = predict(slow.owner, slowModel).then(() => (answered = true));
    for (let count = 0; count < 5; count++) expect(await predict(fast.owner, fastModel)).to.succeed();
    expect(answered).to.equal(false);
    await Promise.all([lock, held]);
    expect((await metered(world, slow, "PREDICTIONS")).quantity).to.equal(2);
  });

  it("answers nothing that is not metered when the connections break, and recovers", async () => {
    const tenant = await world.tenant("breaks");
    const modelId = await deployedModel(tenant.owner);
    let answered = 0;
    let refused = 0;
    const clients = Array.from({ length: 16 }, async () => {
      for (let count = 0; count < 40; count++) {
        const { errors } = await predict(tenant.owner, modelId);
        if (errors) refused += 1;
        else answered += 1;
      }
    });
    for (let cut = 0; cut < 10; cut++) {
      await world.admin(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename = 'tenfold_app' and datname = current_database() and application_name not like 'tenfold-%'`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(clients);
    expect(answered + refused).to.equal(640);
    const { quantity } = await metered(world, tenant, "PREDICTIONS");
    // A commit whose answer was lost counts, and was not answered; never the other way round.
    expect(quantity).to.be.within(answered, answered + refused);
    expect(await predict(tenant.owner, modelId)).to.succeed();
  });
});
