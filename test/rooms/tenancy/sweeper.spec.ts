import { expect } from "chai";
import type { TenantScope } from "../../../src/kernel/database/tenant-scope.js";
import { TenantSweeper } from "../../../src/rooms/tenancy/index.js";
import { deleteTenant, suspendTenant } from "../../support/operations.js";
import { type TenantOfWorld, World } from "../../support/world.js";

describe("a sweep of all tenants", () => {
  let world: World;
  let first: TenantOfWorld;
  let second: TenantOfWorld;
  before(async () => {
    world = await World.start({ deletionDays: 0 });
    const operator = await world.operator();
    [first, second] = [await world.tenant("swept"), await world.tenant("suspended")];
    await operator.get(suspendTenant, { input: { id: second.id } });
    const { id, slug } = await world.tenant("gone");
    await operator.get(deleteTenant, { input: { id, slug } });
    await world.app.house.tenancy.purgeDue();
  });
  after(() => world.stop());

  const sweeper = (of: (scope: TenantScope, stop: AbortSignal) => Promise<number>): TenantSweeper =>
    new TenantSweeper(world.app.kernel, world.app.house.tenancy, { name: "spec.sweep", everyMs: 5, of });
  const schemaOf = async (scope: TenantScope): Promise<string> => {
    const [row] = await scope.query<{ schema: string }>("select current_schema() as schema");
    return row?.schema ?? "";
  };

  it("comes to each within its own schema, suspended ones too, and to none that is gone", async () => {
    const schemas: string[] = [];
    const done = await sweeper(async (scope) => schemas.push(await schemaOf(scope))).sweep();
    // What the duty answers is summed: 1 and 2 are how many there were by then.
    expect(done).to.equal(3);
    expect(schemas).to.deep.equal([first.schema, second.schema]);
  });

  it("goes on where one fails", async () => {
    const done = await sweeper(async ({ id }) => {
      if (id === first.id) throw new Error("This one can't be swept.");
      return 10;
    }).sweep();
    expect(done).to.equal(10);
  });

  it("runs one at a time, and when it is closed ends with the tenant under way", async () => {
    const visited: string[] = [];
    let under = 0;
    let most = 0;
    const begun = Promise.withResolvers<void>();
    const slow = sweeper(async ({ id }, stop) => {
      visited.push(id);
      most = Math.max(most, (under += 1));
      begun.resolve();
      await new Promise((resolve) => stop.addEventListener("abort", resolve));
      under -= 1;
      return 1;
    });
    slow.start();
    await begun.promise;
    // Several times its turn comes, while the first has not ended.
    await new Promise((resolve) => setTimeout(resolve, 30));
    await slow.close();
    expect({ most, under, visited }).to.deep.equal({ most: 1, under: 0, visited: [first.id] });
  });
});
