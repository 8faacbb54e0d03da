import { World } from "../../test/support/world.js";
import { figure, median, percentile, timed } from "../support/figures.js";
import { newTenants } from "../support/new-tenants.js";
import type { Bench } from "../support/programs.js";
import { settle, uniqueSlug } from "../support/tenants.js";

const present = 1_000;
const measured = 200;

/** createTenant without the hashing of its owner's password, which alone takes tens of milliseconds by design. */
export const program: Bench = {
  summary: `createTenant from a warm pool with ${present} tenants present, and the pool's refill rate`,
  targets: { "provision.warm.p95": { of: "value", atMost: 10 } },
  async run(report) {
    const world = await World.start();
    try {
      const empty = await refillRate(world, 40);
      await settle(world, present);
      const full = await refillRate(world, measured);
      const create = await newTenants(world.app);
      const took: number[] = [];
      for (let made = 0; made < measured; made += 1) took.push(await timed(() => create(uniqueSlug())));
      report(figure("provision.warm.p50", median(took), "ms"));
      report(figure("provision.warm.p95", percentile(took, 0.95), "ms"));
      report(figure("provision.refill", full, "schemas/s", empty));
    } finally {
      await world.stop();
    }
  },
};

async function refillRate(world: World, count: number): Promise<number> {
  const ms = await timed(() => world.app.kernel.schemas.refill(count));
  return (count / ms) * 1000;
}
