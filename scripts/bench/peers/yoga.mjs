// GraphQL Yoga on node:http with Drizzle's relational queries, as their documentations make them fast: parsed and
// validated documents cached (Yoga's default), queries compiled (Envelop's graphql-jit), one relational query for
// the whole tree, which Drizzle sends as one statement, prepared once for each shape of selection.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { desc, eq, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { createSchema, createYoga } from "graphql-yoga";
import pg from "pg";
import { connectionString, listening, poolSize, viewerId } from "./setting.mjs";
import { pageOf, typeDefs } from "./shop.mjs";

// As text: a Date for each would be made only to be written as text again.
const createdAt = timestamp("created_at", { withTimezone: true, mode: "string" });

const users = pgTable("user_account", {
  id: text("id").primaryKey(),
  name: text("name"),
  email: text("email"),
  role: text("role"),
});
const models = pgTable("model", {
  id: text("id").primaryKey(),
  name: text("name"),
  type: text("type"),
  createdBy: text("created_by"),
  createdAt,
});
const versions = pgTable("model_version", {
  id: text("id").primaryKey(),
  modelId: text("model_id"),
  number: text("number"),
  sha256: text("sha256"),
  createdAt,
});
const jobs = pgTable("training_job", {
  id: text("id").primaryKey(),
  modelId: text("model_id"),
  status: text("status"),
  seed: integer("seed"),
  createdAt,
});
const schema = {
  users,
  models,
  versions,
  jobs,
  modelRelations: relations(models, ({ one, many }) => ({
    owner: one(users, { fields: [models.createdBy], references: [users.id] }),
    versions: many(versions),
    jobs: many(jobs),
  })),
  versionRelations: relations(versions, ({ one }) => ({
    model: one(models, { fields: [versions.modelId], references: [models.id] }),
  })),
  jobRelations: relations(jobs, ({ one }) => ({
    model: one(models, { fields: [jobs.modelId], references: [models.id] }),
  })),
};

const pool = new pg.Pool({ connectionString, max: poolSize, min: poolSize });
const db = drizzle(pool, { schema });

const versionColumns = { id: true, number: true, sha256: true, createdAt: true };
const jobColumns = { id: true, status: true, seed: true, createdAt: true };

/** The relations that each field below `Model` needs. */
const relationOf = {
  owner: () => ({ owner: { columns: { id: true, name: true, email: true } } }),
  latestTrainingJob: () => ({ jobs: { columns: jobColumns, orderBy: desc(jobs.id), limit: 1 } }),
  versions: () => ({
    versions: { columns: versionColumns, orderBy: desc(versions.id), limit: sql.placeholder("versions") },
  }),
  trainingJobs: () => ({
    jobs: { columns: jobColumns, orderBy: desc(jobs.id), limit: sql.placeholder("jobs") },
  }),
};

/**
 * What is selected of `models { nodes }`, and the sizes of the pages below; remembered by the document's own node.
 * @param {import("graphql").GraphQLResolveInfo} info
 */
function wanted(info) {
  const field = info.fieldNodes[0];
  const known = plans.get(field);
  if (known) return known;
  const nodes = field.selectionSet.selections.find(({ name }) => name.value === "nodes");
  const selected = nodes.selectionSet.selections;
  const relations = selected.filter(({ name }) => name.value in relationOf);
  const size = (/** @type {string} */ name) => {
    const found = selected.find((selection) => selection.name.value === name);
    return Number(found?.arguments[0]?.value.value ?? 20) + 1;
  };
  const shape = relations.map(({ name }) => name.value).join();
  const plan = {
    statement: statementOf(shape),
    values: { versions: size("versions"), jobs: size("trainingJobs") },
  };
  plans.set(field, plan);
  return plan;
}

const plans = new WeakMap();
const statements = new Map();

/** @param {string} shape The relations' names. */
function statementOf(shape) {
  const known = statements.get(shape);
  if (known) return known;
  const parts = shape.split(",").filter(Boolean);
  const query = db.query.models.findMany({
    columns: { id: true, name: true, type: true, createdAt: true },
    with: Object.assign({}, ...parts.map((name) => relationOf[name]())),
    orderBy: desc(models.id),
    limit: sql.placeholder("first"),
  });
  const statement = query.prepare(`models_${statements.size}`);
  statements.set(shape, statement);
  return statement;
}

const viewer = db.query.users.findFirst({ where: eq(users.id, sql.placeholder("id")) }).prepare("viewer");

const resolvers = {
  Query: {
    models: async (_, { first }, __, info) => {
      const { statement, values } = wanted(info);
      return pageOf(await statement.execute({ first: first + 1, ...values }), first);
    },
    // Known from the request, as from a token's claims; ours too asks no table for it.
    viewer: () => ({ id: viewerId }),
  },
  Viewer: { user: ({ id }) => viewer.execute({ id }) },
  Model: {
    latestTrainingJob: ({ jobs: found }) => found[0] ?? null,
    versions: ({ versions: found }, { first }) => pageOf(found, first),
    trainingJobs: ({ jobs: found }, { first }) => pageOf(found, first),
  },
};

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: [useGraphQlJit()],
  logging: false,
  graphiql: false,
  landingPage: false,
});
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => listening(server.address()));
