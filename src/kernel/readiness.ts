import type { OpenDatabase } from "./database/open.js";
import { inspectWall } from "./database/wall.js";
import type { Readiness } from "./http/options.js";
import type { Kernel } from "./kernel.js";

/**
 * Whether traffic may come, stone by stone of the wall, so that an operator sees what is amiss. Stones that a managed
 * Postgres withheld at start-up were reported then and do not stop traffic; one that has fallen since does.
 */
export async function readiness(
  { control, notifications }: Kernel,
  { missingStones }: Pick<OpenDatabase, "missingStones">,
): Promise<Readiness> {
  const wall = await inspectWall(control);
  const broken = wall.filter(({ ok }) => !ok).map(({ name }) => name);
  const fallen = broken.filter((name) => !missingStones.includes(name));
  const checks = {
    database: true,
    notifications: notifications.connected,
    isolation: { ok: broken.length === 0, stones: wall.length, broken, withheld: missingStones },
  };
  return { ok: fallen.length === 0 && checks.notifications, checks };
}
