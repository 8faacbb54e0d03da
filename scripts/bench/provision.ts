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
    const world = await World.start();
    try {
      const empty = await refillRate(world, 40);
      await settle(world, present);
      const full = await refillRate(world, 2 * measured + warmUp);
      const create = await newTenants(world.app);
      await claims(create, warmUp);
      const quiet = await claims(create, measured);
      // Making schemas tells every connection to forget what it knows of the catalogs.
      const refilling = world.app.kernel.schemas.refill(2 * measured);
      const busy = await claims(create, measured);
      await refilling;
      report(figure("provision.warm.p50", median(quiet), "ms"));
      report(figure("provision.warm.p95", percentile(quiet, 0.95), "ms"));
      report(figure("provision.refilling.p95", percentile(busy, 0.95), "ms", percentile(quiet, 0.95)));
      report(figure("provision.refill", full, "schemas/s", empty));
    } finally {
      await world.stop();
    }
  },
};

/** Milliseconds of each of `count` tenants made one after the other. */
async function claims(create: (slug: string) => Promise<void>, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let made = 0; made < count; made += 1) took.push(await timed(() => create(uniqueSlug())));
  return took;
}

/** Schemas a second until `wanted` are warm. */
async function refillRate(world: World, wanted: number): Promise<number> {
  let made = 0;
  const ms = await timed(async () => {
    made = await world.app.kernel.schemas.refill(wanted);
  });
  return (made / ms) * 1000;
}
