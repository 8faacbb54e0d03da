import { fileURLToPath } from "node:url";
import { masterKey } from "../../test/support/cluster.js";
import { World } from "../../test/support/world.js";
import { Client } from "../../test/support/client.js";
import { figure, median, percentile } from "../support/figures.js";
import { FourTrainings } from "../support/four-trainings.js";
import { type Load, load } from "../support/load.js";
import type { Bench } from "../support/programs.js";
import { Server } from "./graphql/server.js";
import { ownerHeaders } from "./graphql/world.js";

const clients = 4;
const full = { rounds: 7, turnMs: 4_000 };
const brief = { rounds: 2, turnMs: 2_000 };
const operation = { query: "{ viewer { id } models(first: 20) { nodes { id name type } } }" };

/** One process that answers and leads trainings, as `npm start` does: what would disturb it most. */
function startServer(world: World): Promise<Server> {
  const program = fileURLToPath(new URL("../support/graphql-server.js", import.meta.url));
  return Server.start("tenfold", program, {
    PORT: "0",
    DATABASE_URL: world.databaseUrl,
    TENFOLD_MASTER_KEY: masterKey,
    TENFOLD_ROLE: "all",
    TENFOLD_DEMO: "off",
    TENFOLD_TRAINING_PROCESSES: "4",
    TENFOLD_WARM_TENANTS: "0",
    TENFOLD_LOG_LEVEL: "error",
  });
}

/** Idle and with four trainings, in turns, so that whatever else the machine does meets both. */
async function inTurns(owner: Client, { rounds, turnMs }: typeof full) {
  const trainings = await FourTrainings.prepare(owner);
  const turn = (ms = turnMs): Promise<Load> => load(owner.url, owner.headers, operation, clients, ms);
  const loads = { idle: [] as Load[], training: [] as Load[], epochs: 0 };
  await turn();
  for (let round = 0; round < rounds; round++) {
    loads.idle.push(await turn());
    await trainings.start();
    const before = await trainings.epochs();
    loads.training.push(await turn());
    // Counted after the load, which throws where one did not run to the end of it.
    const after = await trainings.epochs();
    loads.epochs += after.reduce((sum, epochs, place) => sum + epochs - (before[place] ?? 0), 0);
    await trainings.cancel();
    await turn(turnMs / 4);
  }
  return loads;
}

export const program: Bench = {
  summary: "latency of a light query over HTTP with four trainings running, beside the same server idle",
  targets: { "isolation-of-training-p99": { of: "ratio", atMost: 1.5 } },
  async run(report, { quick }) {
    const world = await World.start({ role: "api" });
    const tenant = await world.tenant("bench");
    const { headers } = await ownerHeaders(world, tenant);
    // The world's own app would hold connections and do its periodic work beside what is measured.
    await world.app.close();
    const server = await startServer(world);
    try {
      const owner = new Client(server.url, headers);
      const { idle, training, epochs } = await inTurns(owner, quick ? brief : full);
      const of = (loads: Load[], share: number): number =>
        median(loads.map(({ latencies }) => percentile(latencies, share)));
      const rate = (loads: Load[]): number => median(loads.map(({ perSecond }) => perSecond));
      report(figure("isolation-of-training-p50", of(training, 0.5), "ms", of(idle, 0.5)));
      report(figure("isolation-of-training-p99", of(training, 0.99), "ms", of(idle, 0.99)));
      report(figure("isolation-of-training-rate", rate(training), "requests/s", rate(idle)));
      report(figure("isolation-of-training-epochs", epochs, "epochs trained meanwhile"));
    } finally {
      await server.stop();
      await world.stop();
    }
  },
};
