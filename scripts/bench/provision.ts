import { World } from "../../test/support/world.js";
import { figure, median, percentile, timed } from "../support/figures.js";
import { newTenants } from "../support/new-tenants.js";
import type { Bench } from "../support/programs.js";
import { settle, uniqueSlug } from "../support/tenants.js";

const present = 1_000;
const measured = 200;
/** Claims before the measured ones, while the connection and the compiler get to know the statements. */
const warmUp = 20;

/** createTenant without the hashing of its owner's password, which alone takes tens of milliseconds by design. */
export const program: Bench = {
  summary: `createTenant from a warm pool with ${present} tenants present, and the pool's refill rate`,
  targets: { "provision.warm.p95": { of: "value", atMost: 10 } },
  async run(report) {
    // Half of the measured claims happen while the pool is being filled again.
    const world = await World.start({ warmTenants: measured / 2 });
    try {
      const empty = await refillRate(world, measured / 2 + 40);
      await settle(world, present);
      const full = await refillRate(world, measured + warmUp);
      const create = await newTenants(world.app);
      for (let made = 0; made < warmUp; made += 1) await create(uniqueSlug());
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

/** Schemas a second until `wanted` are warm. */
async function refillRate(world: World, wanted: number): Promise<number> {
  let made = 0;
  const ms = await timed(async () => {
    made = await world.app.kernel.schemas.refill(wanted);
  });
  return (made / ms) * 1000;
}
