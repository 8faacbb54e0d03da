import { expect } from "chai";
import fc from "fast-check";
import { clock } from "../../../src/kernel/clock.js";
import type { TenfoldError } from "../../../src/kernel/errors.js";
import { system } from "../../../src/kernel/context.js";
import type { TenantScope } from "../../../src/kernel/database/tenant-scope.js";
import { Meter, MeteringService } from "../../../src/rooms/metering/index.js";
import { deactivateUser, inviteUser, reactivateUser, updateTenant } from "../../support/operations.js";
import { days, later, minutes } from "../../support/time.js";
import { type TenantOfWorld, World } from "../../support/world.js";

const usage = `query ($from: DateTime!, $to: DateTime!, $groupBy: UsageGrouping) {
  usage(from: $from, to: $to, groupBy: $groupBy) {
    lines { meter key quantity events } limits { limit allowed used resetsAt } } }`;
const today = { from: "2026-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" };

describe("limits", () => {
  let world: World;
  const metering = new MeteringService();
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  /** The tenant's scope with limits of the test's choice. */
  const scopeOf = async (
    { id }: TenantOfWorld,
    limits: Record<string, number | null>,
  ): Promise<TenantScope> => {
    const { tenancy } = world.app.house;
    const known = await tenancy.directory.find({ id });
    if (!known) throw new Error("The tenant is not there.");
    return tenancy.scope(
      { ...known, limits },
      { viewer: system, origin: { requestId: "test", ip: null, userAgent: null } },
    );
  };
  const consume = (scope: TenantScope, quantity: number): Promise<TenfoldError | null> =>
    scope
      .write("test.consume", (work) => metering.consume(work, Meter.PREDICTIONS, quantity, null))
      .then(
        () => null,
        (error: TenfoldError) => error,
      );

  it("of seats hold when fifty are invited at once, and free seats are taken again", async () => {
    const { owner } = await world.tenant("seated", "STARTER");
    const invite = (index: number) =>
      owner.send(inviteUser, { input: { email: `p${index}@seated.test`, name: "P", role: "VIEWER" } });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => invite(index)));
    const invited = answers.filter((answer) => !answer.errors);
    expect(invited).to.have.length(4);
    for (const answer of answers.filter(({ errors }) => errors)) {
      expect(answer).to.failWith("QUOTA_EXCEEDED");
      expect(answer.errors?.[0]?.extensions).to.include({ limit: "seats", allowed: 5, resetsAt: null });
    }
    const id: string = invited[0]?.data.inviteUser.user.id;
    await owner.get(deactivateUser, { input: { id } });
    expect(await invite(100)).to.succeed();
    expect(await invite(101)).to.failWith("QUOTA_EXCEEDED");
  });

  it("of seats count who comes back, and grow with the plan", async () => {
    const { id, owner, person } = await world.tenant("full", "STARTER");
    const member = await (await person("MEMBER")).get("{ viewer { id } }");
    await owner.get(deactivateUser, { input: { id: member.viewer.id } });
    for (let index = 0; index < 4; index += 1)
      await owner.get(inviteUser, { input: { email: `p${index}@full.test`, name: "P", role: "VIEWER" } });
    expect(await owner.send(reactivateUser, { input: { id: member.viewer.id } })).to.failWith(
      "QUOTA_EXCEEDED",
    );
    await (await world.operator()).get(updateTenant, { input: { id, plan: "PROFESSIONAL" } });
    expect(await owner.send(reactivateUser, { input: { id: member.viewer.id } })).to.succeed();
  });

  it("of models hold when many are made at once", async () => {
    const { owner } = await world.tenant("modelled", "STARTER");
    const make = (index: number) =>
      owner.send("mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }", {
        input: { name: `model ${index}`, type: "CLASSIFICATION", target: "y" },
      });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => make(index)));
    expect(answers.filter((answer) => !answer.errors)).to.have.length(10);
    for (const answer of answers.filter(({ errors }) => errors)) expect(answer).to.failWith("QUOTA_EXCEEDED");
  });

  it("in a window are never passed by the sum of what was granted, whoever asks at once", async () => {
    const tenant = await world.tenant("windowed");
    let window = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 25 }),
        async (allowed, quantities) => {
          window += 1;
          const scope = await scopeOf(tenant, { predictionsPerMinute: allowed });
          const { now } = clock;
          const frozen = new Date(Date.UTC(2026, 0, 1, 0, window));
          clock.now = () => frozen;
          const answers = await Promise.all(quantities.map((quantity) => consume(scope, quantity))).finally(
            () => {
              clock.now = now;
            },
          );
          const granted = quantities.reduce(
            (sum, quantity, index) => sum + (answers[index] ? 0 : quantity),
            0,
          );
          expect(granted).to.be.at.most(allowed);
          // What was refused would not have fitted either.
          const left = allowed - granted;
          for (const [index, quantity] of quantities.entries())
            if (answers[index]) expect(quantity).to.be.above(left);
          const [counter] = await scope.query<{ used: number }>(
            "select used::int from quota_counter where window_name = 'MINUTE' and starts_at = $1",
            [frozen],
          );
          const [recorded] = await scope.query<{ sum: number }>(
            "select coalesce(sum(quantity), 0)::int as sum from usage_event where at = $1",
            [frozen],
          );
          expect(counter?.used ?? 0).to.equal(granted);
          expect(recorded?.sum).to.equal(granted);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("say which one it was and when it resets, and when waiting would not help", async () => {
    const scope = await scopeOf(await world.tenant("telling"), {
      predictionsPerMinute: 10,
      predictionsPerHour: 15,
      predictionsPerDay: null,
    });
    expect(await consume(scope, 8)).to.equal(null);
    const minute = await consume(scope, 8);
    expect(minute?.extensions).to.include({
      code: "QUOTA_EXCEEDED",
      limit: "predictionsPerHour",
      allowed: 15,
    });
    const short = await consume(scope, 4);
    expect(short?.extensions).to.include({ limit: "predictionsPerMinute", allowed: 10 });
    expect(new Date(String(short?.extensions.resetsAt)).getTime() % 60_000).to.equal(0);
    expect(short?.message).to.contain("It resets at");
    const never = await consume(scope, 16);
    // Fifteen would fit into the hour, but not into a minute.
    expect(never?.message).to.contain("at most 10 at once").and.not.contain("resets");
    expect(await later(minutes(61), () => consume(scope, 10))).to.equal(null);
    expect(await consume(scope, 0)).to.equal(null);
  });

  it("can be asked beforehand, which refuses what would be refused and takes nothing", async () => {
    const tenant = await world.tenant("asking");
    const scope = await scopeOf(tenant, { predictionsPerMinute: 10, predictionsPerDay: 100 });
    const ask = (quantity: number): Promise<TenfoldError | null> =>
      metering.check(scope, Meter.PREDICTIONS, quantity).then(
        () => null,
        (error: TenfoldError) => error,
      );
    expect(await ask(10)).to.equal(null);
    expect(await ask(10)).to.equal(null);
    expect((await ask(11))?.extensions).to.include({ code: "QUOTA_EXCEEDED", limit: "predictionsPerMinute" });
    expect((await ask(101))?.message).to.contain("at most 10 at once");
    expect(await consume(scope, 8)).to.equal(null);
    expect(await ask(2)).to.equal(null);
    const [before, after] = [await ask(3), await consume(scope, 3)];
    expect(before?.message).to.equal(after?.message);
    expect(before?.extensions).to.deep.equal(after?.extensions);
    expect(await later(minutes(1), () => ask(3))).to.equal(null);
    const free = await scopeOf(tenant, {});
    expect(await metering.check(free, Meter.PREDICTIONS, 1_000_000)).to.equal(undefined);
  });

  it("let unlimited plans pass, and are counted from when there is one", async () => {
    const scope = await scopeOf(await world.tenant("unlimited"), {});
    expect(await consume(scope, 1_000_000)).to.equal(null);
  });

  it("keep no counters of windows long past", async () => {
    const scope = await scopeOf(await world.tenant("sweeping"), {
      predictionsPerMinute: 10,
      predictionsPerDay: 100,
    });
    await consume(scope, 1);
    await later(days(3), () => consume(scope, 1));
    const rows = await scope.query("select 1 from quota_counter where window_name <> 'LEVEL'");
    expect(rows).to.have.length(2);
  });

  it("and usage are reported as they stand, by what one asks for", async () => {
    const tenant = await world.tenant("reported", "STARTER");
    const scope = await scopeOf(tenant, {
      predictionsPerMinute: 100,
      predictionsPerHour: 1000,
      predictionsPerDay: 10_000,
    });
    await later(-minutes(2), () => consume(scope, 5));
    const spent = async () => (await tenant.owner.get(usage, today)).usage;
    await later(minutes(2), async () => {
      await consume(scope, 7);
      const { lines, limits } = await spent();
      expect(lines).to.deep.equal([{ meter: "PREDICTIONS", key: null, quantity: 12, events: 2 }]);
      const minute = limits.find(({ limit }: { limit: string }) => limit === "predictionsPerMinute");
      expect(minute).to.include({ allowed: 100, used: 7 });
      expect(limits.map(({ limit }: { limit: string }) => limit)).to.have.members([
        "seats",
        "models",
        "predictionsPerMinute",
        "predictionsPerHour",
        "predictionsPerDay",
        "generatedTokensPerMinute",
        "generatedTokensPerHour",
        "generatedTokensPerDay",
      ]);
      // No plan names it, so it follows from the predictions.
      const tokens = limits.find(({ limit }: { limit: string }) => limit === "generatedTokensPerMinute");
      expect(tokens).to.include({ allowed: 5_000, used: 0 });
    });
    for (const groupBy of ["METER", "DAY", "HOUR", "SUBJECT", "ACTOR"]) {
      const { lines } = (await tenant.owner.get(usage, { ...today, groupBy })).usage;
      expect(lines.reduce((sum: number, line: { quantity: number }) => sum + line.quantity, 0)).to.equal(12);
    }
    const backwards = await tenant.owner.send(usage, { from: today.to, to: today.from });
    expect(backwards).to.failWith("BAD_USER_INPUT");
    expect(backwards.errors?.[0]?.extensions?.fields).to.have.nested.property("[0].path", "to");
  });
});
