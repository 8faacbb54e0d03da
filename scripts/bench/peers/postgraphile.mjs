// PostGraphile 5 as its documentation sets it up for production: the Amber preset, grafserv straight on node:http
// (no framework between), the answer written as a string by Grafast, nothing of Ruru, watching or explaining.
// Without pgSettings it opens no transaction, so each statement is one round trip, prepared by name: authorization
// would cost it `begin`, `set_config` and `commit` around every statement.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { context, object } from "postgraphile/grafast";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { extendSchema, jsonPgSmartTags } from "postgraphile/utils";
import { connectionString, listening, poolSize, schema, viewerId } from "./setting.mjs";

// The column holds an owner's id without a constraint, since owners may be removed; this tells of the relation.
const owner = jsonPgSmartTags({
  version: 1,
  config: {
    class: { model: { tags: { foreignKey: "(created_by) references user_account (id)|@fieldName owner" } } },
  },
});

// Who asks is known from the request, as from a token's claims; ours too asks no table for it.
const viewer = extendSchema((build) => {
  const { user_account: users } = build.input.pgRegistry.pgResources;
  const id = () => context().get("viewerId");
  return {
    typeDefs: "type Viewer { id: ID! user: UserAccount } extend type Query { viewer: Viewer }",
    objects: {
      Query: { plans: { viewer: () => object({ id: id() }) } },
      Viewer: { plans: { user: () => users.get({ id: id() }) } },
    },
  };
});

/** @type {GraphileConfig.Preset} */
const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [owner, viewer],
  pgServices: [
    makePgService({
      connectionString,
      schemas: [schema],
      pubsub: false,
      poolConfig: { max: poolSize, min: poolSize },
    }),
  ],
  // Plain lists beside connections, for a relation of which no page is turned.
  schema: { defaultBehavior: "+connection +list" },
  grafast: { explain: false, context: { viewerId } },
  grafserv: {
    port: 0,
    graphqlPath: "/graphql",
    graphiql: false,
    graphiqlOnGraphQLGET: false,
    watch: false,
    websockets: false,
    outputDataAsString: true,
  },
};

const server = createServer();
const serv = postgraphile(preset).createServ(grafserv);
await serv.addTo(server);
await serv.ready();
server.listen(0, "127.0.0.1", () => listening(server.address()));
