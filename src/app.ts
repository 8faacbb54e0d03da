import type { GraphQLSchema } from "graphql";
import { Registry } from "prom-client";
import type { Config } from "./kernel/config.js";
import { ControlPlane } from "./kernel/database/control-work.js";
import { createDataSource } from "./kernel/database/database.js";
import { Notifications } from "./kernel/database/notifications.js";
import { type OpenDatabase, openDatabase } from "./kernel/database/open.js";
import { lanesOf, ReadLanes } from "./kernel/database/read-lanes.js";
import type { Listener } from "./kernel/database/unit-of-work.js";
import { nodeRoom } from "./kernel/graphql/node-room.js";
import { createSchema } from "./kernel/graphql/schema.js";
import type { Readiness } from "./kernel/http/options.js";
import { type Job, Jobs } from "./kernel/jobs/index.js";
import type { Kernel } from "./kernel/kernel.js";
import { createLog, type Log } from "./kernel/log.js";
import { readiness } from "./kernel/readiness.js";
import type { Room } from "./kernel/room.js";
import { auditRoom } from "./rooms/audit/index.js";
import { UploadSlots, uploadSlots } from "./kernel/uploads/index.js";
import { automlRoom } from "./rooms/automl/index.js";
import { type AutomationRoom, automationRoom } from "./rooms/automation/index.js";
import { type DatasetsRoom, datasetsRoom } from "./rooms/datasets/index.js";
import {
  ensureOperator,
  type IdentityRoom,
  identityRoom,
  type OperatorAccount,
} from "./rooms/identity/index.js";
import { MeteringService, meteringRoom } from "./rooms/metering/index.js";
import { modelsRoom } from "./rooms/models/index.js";
import { onboardingRoom } from "./rooms/onboarding/index.js";
import { servingRoom } from "./rooms/serving/index.js";
import { TenancyService, tenancyRoom } from "./rooms/tenancy/index.js";
import { trainingRoom } from "./rooms/training/index.js";
import { limits, openHouse } from "./start/door.js";

/** The rooms of the house, from left to right: a room uses only the faces of rooms before it. */
interface House {
  readonly rooms: readonly Room[];
  readonly tenancy: TenancyService;
  readonly identity: IdentityRoom;
  readonly datasets: DatasetsRoom;
  readonly automation: AutomationRoom;
}

/** The only list of rooms. */
export function furnish(kernel: Kernel): House {
  const tenancy = new TenancyService(kernel);
  const metering = new MeteringService();
  const identity = identityRoom(kernel, tenancy, metering);
  // One count for all kinds of files: each may be held in memory whole.
  const slots = new UploadSlots(uploadSlots);
  const datasets = datasetsRoom(kernel, tenancy, metering, identity, slots);
  const models = modelsRoom(kernel, { tenancy, metering, authenticator: identity.authenticator, slots });
  const services = {
    tenancy,
    metering,
    datasets: datasets.datasets,
    images: datasets.images,
    models: models.models,
    versions: models.versions,
    authenticator: identity.authenticator,
  };
  const automation = automationRoom(kernel, tenancy, limits);
  const training = trainingRoom(kernel, services);
  const rooms = [
    tenancyRoom(kernel, tenancy),
    meteringRoom(),
    identity,
    onboardingRoom(tenancy, identity.users),
    datasets,
    models,
    training,
    automlRoom(kernel, { ...services, lane: training.lane }),
    servingRoom(kernel, services),
    automation,
    auditRoom(kernel, tenancy),
  ];
  return { rooms: [...rooms, nodeRoom(rooms)], tenancy, identity, datasets, automation };
}

/** A running Tenfold. */
export interface App {
  readonly url: string;
  readonly kernel: Kernel;
  readonly house: House;
  readonly schema: GraphQLSchema;
  readonly operator: OperatorAccount;
  /** What `/readyz` answers. */
  ready(): Promise<Readiness>;
  /** Drains requests and jobs, then stops everything, the embedded database last. */
  close(): Promise<void>;
}

type Closer = () => Promise<unknown>;

/** Brings up database, rooms, graph, jobs and door, in that order; what came up is taken down again on a failure. */
export async function createApp(config: Config, log: Log = createLog(config.logLevel)): Promise<App> {
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const database = await openDatabase(config, log);
    closers.push(() => database.close());
    return { ...(await bringUp(config, log, database, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Brings up what stands on the database; each part adds how it is taken down, which is done in the opposite order. */
async function bringUp(
  config: Config,
  log: Log,
  database: OpenDatabase,
  closers: Closer[],
): Promise<Omit<App, "close">> {
  const { kernel, house } = assemble(config, log, database);
  const { rooms, identity } = house;
  await kernel.source.initialize();
  closers.push(() => kernel.source.destroy());
  closers.push(() => kernel.environment.reads.close());
  await kernel.notifications.open();
  closers.push(() => kernel.notifications.close());
  closers.push(() => Promise.all(rooms.map(async (room) => room.close?.())));
  await identity.revocations.load();
  const operator = await ensureOperator(kernel.control, config);
  const schema = await createSchema(rooms, kernel.masterKey);
  await kernel.jobs.start();
  // Before the rooms: a handler whose tools are taken away would fail its job, which should go to another worker.
  closers.push(() => kernel.jobs.stop({ graceMs: 5_000 }));
  if (config.role !== "api") for (const room of rooms) await room.work?.();
  const ready = (): Promise<Readiness> => readiness(kernel, database);
  const door = await openHouse(kernel, house, schema, ready);
  closers.push(() => door.close());
  return { url: door.url, kernel, house, schema, operator, ready };
}

/** The kernel and its rooms, nothing of them running yet. */
function assemble(
  config: Config,
  log: Log,
  database: Pick<OpenDatabase, "url" | "schemas" | "masterKey">,
): { kernel: Kernel; house: House } {
  // Both are filled by the rooms, which need the kernel to be made; it reads them once it runs.
  const listeners: Listener[] = [];
  const jobs: Job<unknown>[] = [];
  const metrics = new Registry();
  const lanes = lanesOf(config.poolSize);
  const source = createDataSource({ url: database.url, poolSize: Math.max(2, config.poolSize - lanes) });
  const reads = new ReadLanes(database.url, lanes);
  const kernel: Kernel = {
    config,
    log,
    metrics,
    source,
    control: new ControlPlane(source),
    environment: { source, listeners, log, reads },
    notifications: new Notifications(database.url, log),
    jobs: new Jobs({ connectionString: database.url, log, jobs, metrics }),
    schemas: database.schemas,
    masterKey: database.masterKey,
  };
  const house = furnish(kernel);
  listeners.push(...house.rooms.flatMap((room) => room.listener ?? []));
  jobs.push(...house.rooms.flatMap((room) => room.jobs ?? []));
  source.setOptions({ entities: house.rooms.flatMap((room) => room.entities ?? []) });
  return { kernel, house };
}
