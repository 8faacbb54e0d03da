import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { schemaFaults } from "./schema-faults.js";

/** Everything that can be set from outside, read once from the environment, validated and frozen. */
export type Config = Readonly<z.infer<typeof environment>>;

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(["on", "off"]).transform((value) => value === "on");
const list = z
  .string()
  .transform((value) => value.split(",").flatMap((part) => part.trim().toLowerCase() || []));

/** The address of a proxy, a range of them, or a name that Fastify has for a range. */
const proxy = z.union([
  z.ipv4(),
  z.ipv6(),
  z.cidrv4(),
  z.cidrv6(),
  z.enum(["loopback", "linklocal", "uniquelocal"]),
]);

const settings = {
  PORT: port.default(4000),
  HOST: z.string().min(1).default("127.0.0.1"),
  TENFOLD_DATA: z
    .string()
    .min(1)
    .default(".tenfold")
    .transform((path) => resolve(path)),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  TENFOLD_ROLE: z.enum(["all", "api", "worker"]).default("all"),
  TENFOLD_DEMO: flag.optional(),
  TENFOLD_OPERATOR_EMAIL: z.email().default("operator@tenfold.local"),
  TENFOLD_OPERATOR_PASSWORD: z.string().min(15).optional(),
  TENFOLD_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits: openssl rand -hex 32")
    .optional(),
  TENFOLD_HOSTS: list.default([]),
  TENFOLD_CORS_ORIGINS: list.default([]),
  TENFOLD_TRUSTED_PROXIES: list
    .refine(
      (values) => values.every((value) => proxy.safeParse(value).success),
      "must be addresses, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas",
    )
    .default([]),
  TENFOLD_POOL_SIZE: z.coerce.number().int().min(4).max(500).default(20),
  TENFOLD_WARM_TENANTS: z.coerce.number().int().min(0).max(500).default(10),
  TENFOLD_UPLOAD_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(100 * 1024 * 1024),
  TENFOLD_TRAINING_PROCESSES: z.coerce.number().int().min(1).max(64).default(2),
  TENFOLD_TRAINING_PROCESSORS: z.coerce.number().int().min(1).max(1_024).optional(),
  TENFOLD_TRAINING_SPARES: z.coerce.number().int().min(0).max(16).default(1),
  TENFOLD_PREDICTION_THREADS: z.coerce.number().int().min(1).max(64).default(1),
  TENFOLD_DELETION_DAYS: z.coerce.number().min(0).max(365).default(30),
  TENFOLD_RESULT_DAYS: z.coerce.number().min(1).max(3_650).default(30),
  TENFOLD_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).optional(),
};

const environment = z.object(settings).transform((value) => ({
  port: value.PORT,
  host: value.HOST,
  dataDirectory: value.TENFOLD_DATA,
  databaseUrl: value.DATABASE_URL,
  role: value.TENFOLD_ROLE,
  demo: value.TENFOLD_DEMO ?? value.DATABASE_URL === undefined,
  operatorEmail: value.TENFOLD_OPERATOR_EMAIL.toLowerCase(),
  operatorPassword: value.TENFOLD_OPERATOR_PASSWORD,
  masterKey: value.TENFOLD_MASTER_KEY,
  hosts: value.TENFOLD_HOSTS,
  corsOrigins: value.TENFOLD_CORS_ORIGINS,
  /** Whose `x-forwarded-*` headers are believed: the caller's address, and scheme and host of upload URLs. */
  trustedProxies: value.TENFOLD_TRUSTED_PROXIES,
  poolSize: value.TENFOLD_POOL_SIZE,
  warmTenants: value.TENFOLD_WARM_TENANTS,
  uploadLimitBytes: value.TENFOLD_UPLOAD_LIMIT_BYTES,
  trainingProcesses: value.TENFOLD_TRAINING_PROCESSES,
  // Beside the API a quarter of them: on more, requests wait for processors that trainings have to be taken from.
  trainingProcessors:
    value.TENFOLD_TRAINING_PROCESSORS ??
    (value.TENFOLD_ROLE === "worker" ? null : Math.max(1, Math.floor(availableParallelism() / 4))),
  trainingSpares: value.TENFOLD_TRAINING_SPARES,
  predictionThreads: value.TENFOLD_PREDICTION_THREADS,
  deletionDays: value.TENFOLD_DELETION_DAYS,
  resultDays: value.TENFOLD_RESULT_DAYS,
  // A person at a terminal reads what goes wrong; a collector takes everything.
  logLevel: value.TENFOLD_LOG_LEVEL ?? (process.stderr.isTTY ? "warn" : "info"),
  /** "fast" gives up durability for speed; only the tests' and benchmarks' throw-away clusters use it. */
  durability: "safe" as "safe" | "fast",
  /** Answers predictions that arrive together with one run of the network; the benchmark compares. */
  microBatching: true as boolean,
}));

const known = new Set(Object.keys(settings));

/** All faults of the environment at once, one a line, each with the variable's name. */
export class ConfigError extends Error {}

/** Reads the configuration; an empty variable counts as unset. Throws `ConfigError` with every fault. */
export function loadConfig(variables: Record<string, string | undefined> = process.env): Config {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const parsed = environment.safeParse(set);
  const faults = [
    ...(parsed.error ? schemaFaults(parsed.error) : []).map(({ path, message }) => `${path}: ${message}`),
    ...faultsBetween(set),
  ];
  if (parsed.success && faults.length === 0) return Object.freeze(parsed.data);
  throw new ConfigError(`The configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

/** What no variable alone shows; apart from the schema, which stops at the first variable that is wrong by itself. */
function faultsBetween(set: Record<string, string | undefined>): string[] {
  const strangers = Object.keys(set).filter((name) => name.startsWith("TENFOLD_") && !known.has(name));
  const misspelt = strangers.map(
    (name) => `${name}: there is no such variable; see the README for those there are`,
  );
  if (set.DATABASE_URL === undefined || set.TENFOLD_MASTER_KEY !== undefined) return misspelt;
  return [...misspelt, "TENFOLD_MASTER_KEY: is required with DATABASE_URL"];
}
