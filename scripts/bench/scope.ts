import { system } from "../../src/kernel/context.js";
import type { TenantScope } from "../../src/kernel/database/tenant-scope.js";
import { World } from "../../test/support/world.js";
import { figure, median, timed } from "../support/figures.js";
import type { Bench } from "../support/programs.js";

const rounds = 40;
const reads = 200;

/** Microseconds a read, at `width` reads at once, through the same pool. */
async function pace(read: () => Promise<unknown>, width: number): Promise<number> {
  let left = reads;
  const reader = async (): Promise<void> => {
    while (left-- > 0) await read();
  };
  const ms = await timed(() => Promise.all(Array.from({ length: width }, reader)));
  return (ms * 1000) / reads;
}

/** The same statement on the same table: inside the tenant's scope, and as a bare query that names the schema. */
export const program: Bench = {
  summary: "a scoped read against the same read unscoped",
  targets: { "scope.read.1": { of: "ratio", atMost: 1.3 }, "scope.read.16": { of: "ratio", atMost: 1.3 } },
  async run(report) {
    const world = await World.start();
    try {
      const { id, schema } = await world.tenant("scope");
      // The application's login cannot read the tenant's table, which is the point; the baseline may, for this run.
      await world.admin(
        `grant usage on schema ${schema} to tenfold_app; grant select on ${schema}.user_account to tenfold_app`,
      );
      const { kernel, house } = world.app;
      const tenant = await house.tenancy.directory.find({ id });
      if (!tenant) throw new Error("The tenant just made is not found.");
      const origin = { requestId: "bench", ip: null, userAgent: null };
      const scope: TenantScope = house.tenancy.scope(tenant, { viewer: system, origin });
      const [owner] = await scope.query<{ id: string }>("select id from user_account");
      const scoped = (): Promise<unknown> =>
        scope.query("select id, name from user_account where id = $1", [owner?.id]);
      const text = `select id, name from ${schema}.user_account where id = $1`;
      const bare = (): Promise<unknown> => kernel.source.query(text, [owner?.id]);
      for (const width of [1, 16]) {
        const took: { scoped: number[]; bare: number[] } = { scoped: [], bare: [] };
        for (let round = 0; round < rounds; round += 1) {
          took.scoped.push(await pace(scoped, width));
          took.bare.push(await pace(bare, width));
        }
        report(figure(`scope.read.${width}`, median(took.scoped), "µs", median(took.bare)));
      }
    } finally {
      await world.stop();
    }
  },
};
