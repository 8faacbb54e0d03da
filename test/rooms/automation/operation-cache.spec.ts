import { expect } from "chai";
import { Notifications } from "../../../src/kernel/database/notifications.js";
import { createLog } from "../../../src/kernel/log.js";
import { OperationCache } from "../../../src/rooms/automation/operation-cache.js";
import { World } from "../../support/world.js";

describe("the cache of registered operations", () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  /** How often an operation asked for three times was read. */
  async function reads(notifications: Notifications): Promise<number> {
    const cache = new OperationCache(notifications);
    let count = 0;
    const read = async () => {
      count += 1;
      return { document: "{ __typename }", permissions: [] };
    };
    for (let time = 0; time < 3; time += 1) await cache.get("tenant", "hash", read);
    return count;
  }

  it("answers from memory as long as removals elsewhere would be heard of", async () => {
    expect(await reads(world.app.kernel.notifications)).to.equal(1);
  });

  it("asks every time while they would not", async () => {
    expect(await reads(new Notifications("postgres://127.0.0.1:1/none", createLog("silent")))).to.equal(3);
  });
});
