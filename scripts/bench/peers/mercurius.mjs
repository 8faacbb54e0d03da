// Mercurius as its users make it fast: compiled queries (`jit: 1`), loaders in place of a query a row, statements
// prepared by name, Fastify without its log. Every root field knows which pages are asked of it, so a list is one
// statement and each relation below it one more.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { connectionString, listening, poolSize, viewerId } from "./setting.mjs";
import { pageOf, typeDefs } from "./shop.mjs";

const pool = new pg.Pool({ connectionString, max: poolSize, min: poolSize });

/** @param {string} name @param {string} text @param {unknown[]} values */
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const columns = 'id, name, type, created_at as "createdAt", created_by as "createdBy"';

/**
 * The newest rows of each model by one statement: a page and one row more, which tells whether another page follows.
 * @param {string} table @param {string} selected
 */
const newest = (table, selected) =>
  `select n.* from unnest($1::text[]) as wanted (id) cross join lateral (
     select ${selected}, model_id as "modelId" from ${table} where model_id = wanted.id order by id desc limit $2) n`;

const versions = newest("model_version", 'id, number, sha256, created_at as "createdAt"');
const jobs = newest("training_job", 'id, status, seed, created_at as "createdAt"');

/** @param {{ modelId: string }[]} found */
const byModel = (found) => Map.groupBy(found, ({ modelId }) => modelId);

/**
 * @typedef {{ obj: { id: string, createdBy: string | null }, params: { first: number } }} Wanted
 * @param {string} name @param {string} text
 */
const pages = (name, text) => async (/** @type {Wanted[]} */ wanted) => {
  const first = wanted[0]?.params.first ?? 0;
  const found = byModel(await rows(name, text, [wanted.map(({ obj }) => obj.id), first + 1]));
  return wanted.map(({ obj }) => pageOf(found.get(obj.id) ?? [], first));
};

const resolvers = {
  Query: {
    models: async (/** @type {unknown} */ _, /** @type {{ first: number }} */ { first }) =>
      pageOf(
        await rows("models", `select ${columns} from model order by id desc limit $1`, [first + 1]),
        first,
      ),
    // Known from the request, as from a token's claims; ours too asks no table for it.
    viewer: () => ({ id: viewerId }),
  },
  Viewer: {
    user: async (/** @type {{ id: string }} */ { id }) =>
      (await rows("viewer", "select id, name, email, role from user_account where id = $1", [id]))[0],
  },
};

// Uncached: the cache lasts for a request only, in which no key comes twice but an owner's, and costs a
// serialization of every key.
const opts = { cache: false };

const loaders = {
  Model: {
    owner: {
      loader: async (/** @type {Wanted[]} */ wanted) => {
        const ids = [...new Set(wanted.map(({ obj }) => obj.createdBy))];
        const found = await rows("owners", "select id, name, email from user_account where id = any ($1)", [
          ids,
        ]);
        const byId = new Map(found.map((user) => [user.id, user]));
        return wanted.map(({ obj }) => byId.get(obj.createdBy) ?? null);
      },
      opts,
    },
    latestTrainingJob: {
      loader: async (/** @type {Wanted[]} */ wanted) => {
        const found = byModel(await rows("latest", jobs, [wanted.map(({ obj }) => obj.id), 1]));
        return wanted.map(({ obj }) => found.get(obj.id)?.[0] ?? null);
      },
      opts,
    },
    versions: { loader: pages("versions", versions), opts },
    trainingJobs: { loader: pages("jobs", jobs), opts },
  },
};

const server = Fastify({ logger: false });
await server.register(mercurius, { schema: typeDefs, resolvers, loaders, jit: 1, graphiql: false });
await server.listen({ port: 0, host: "127.0.0.1" });
listening(server.server.address());
