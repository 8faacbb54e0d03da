import { EventEmitter, on } from "node:events";
import { createServer } from "node:net";
import { buildSchema, type GraphQLSchema } from "graphql";
import { pino } from "pino";
import { Registry } from "prom-client";
import { sha256 } from "../../../src/kernel/crypto.js";
import { Conflict, TenantSuspended, Unauthenticated } from "../../../src/kernel/errors.js";
import type { OperationContext } from "../../../src/kernel/graphql/operation.js";
import { openDoor } from "../../../src/kernel/http/door.js";
import type { Door, DoorOptions, RequestFacts } from "../../../src/kernel/http/options.js";

/** A context as a real one: it knows the credentials, and how often it was made afresh. */
export interface Caller extends OperationContext {
  readonly token: string;
  readonly generation: number;
  readonly facts: RequestFacts;
}

const sdl = /* GraphQL */ `
  type Query {
    hello(name: String = "world"): String!
    secret: String!
    items(first: Int): ItemConnection!
    facts: Facts!
    fail(kind: String!): String
    node: Node
    slow: String!
  }
  type Facts { host: String! tenantSlug: String token: String! idempotencyKey: String requestId: String! }
  interface Node { id: ID! }
  type Item implements Node { id: ID! name: String! items(first: Int): ItemConnection! friend: Item }
  type ItemEdge { node: Item! }
  type ItemConnection { edges: [ItemEdge!]! nodes: [Item!]! totalCount: Int! }
  input Row { values: [Float!] inner: Row }
  input PredictInput { rows: [Row!]! }
  type Mutation {
    signIn(email: String!): String!
    predict(input: PredictInput!): Int!
    increment: Int!
  }
  type Subscription { count(to: Int!): Int! endless: Int! }
`;

/** Thrown as a driver throws it, with what must never leave. */
class QueryFailed extends Error {
  parameters = ["hunter2"];
  constructor(
    readonly code: string,
    readonly constraint?: string,
  ) {
    super(`SELECT password FROM users -- ${code}`);
  }
}

const failures: Record<string, () => unknown> = {
  known: () => new Conflict("Twice the same.", { fields: [{ path: "name", message: "taken" }] }),
  unknown: () => new Error("password=hunter2"),
  text: () => "just text",
  database: () => new QueryFailed("57P01"),
  constraint: () => new QueryFailed("23505", "model_name_key"),
};

/** Everything one test file needs: a door on a free port, and the state behind its schema. */
export class World {
  readonly lines: Record<string, unknown>[] = [];
  readonly metrics = new Registry();
  readonly events = new EventEmitter();
  readonly revoked = new Set<string>();
  readonly persisted = new Map<string, string>();
  readonly closers = new Map<string, (reason: string) => void>();
  increments = 0;
  renewals = 0;
  ready = true;
  /** Ends the running `slow` query; null while none runs. */
  release: (() => void) | null = null;
  door!: Door;
  readonly schema: GraphQLSchema = buildSchema(sdl);

  constructor(private readonly changes: Partial<DoorOptions<Caller>> = {}) {
    this.resolve();
  }

  get url(): string {
    return `${this.door.url}/graphql`;
  }

  get port(): number {
    return Number(new URL(this.door.url).port);
  }

  async open(): Promise<this> {
    this.door = await openDoor(this.options());
    return this;
  }

  /** Registers a document as a room would, and gives its id. */
  register(text: string): string {
    const hash = sha256(text);
    this.persisted.set(hash, text);
    return `sha256:${hash}`;
  }

  options(): DoorOptions<Caller> {
    const log = pino({ level: "debug" }, { write: (line: string) => void this.lines.push(JSON.parse(line)) });
    return {
      schema: this.schema,
      host: "127.0.0.1",
      port: 0,
      context: async (facts) => this.context(facts),
      persistedOperation: async (_context, sha256) => this.persisted.get(sha256) ?? null,
      renew: async (context) => this.renew(context),
      watch: (context, close) => {
        this.closers.set(context.token, close);
        return () => this.closers.delete(context.token);
      },
      ready: async () => ({ ok: this.ready, checks: { database: this.ready } }),
      errorMap: (error) =>
        Object(error).constraint === "model_name_key" ? new Conflict("Name taken.") : null,
      limits: {
        depth: 10,
        aliases: 15,
        rootFields: 10,
        tokens: 1_000,
        directives: 20,
        cost: 1_000,
        bodyBytes: 64 * 1024,
        requestTimeoutMs: 2_000,
      },
      log,
      metrics: this.metrics,
      ...this.changes,
    };
  }

  private context(facts: RequestFacts): Caller {
    const token = facts.authorization?.replace(/^Bearer /, "") ?? "anonymous";
    if (token === "suspended") throw new TenantSuspended();
    if (token === "broken") throw new Error("no such table: sessions");
    if (token === "expired" || this.revoked.has(token)) throw new Unauthenticated();
    const tenant = { id: "tenant_1" };
    return {
      requestId: facts.requestId,
      persistedOnly: token === "locked",
      token,
      generation: 0,
      facts,
      tenant,
    };
  }

  private renew(context: Caller): Caller {
    this.renewals += 1;
    if (this.revoked.has(context.token)) throw new Unauthenticated();
    return { ...context, generation: this.renewals };
  }

  private item(id: number): Record<string, unknown> {
    return {
      __typename: "Item",
      id: `item_${id}`,
      name: `Item ${id}`,
      items: ({ first }: { first?: number }) => this.connection(first),
      friend: () => this.item(id + 1),
    };
  }

  private connection(first = 20): Record<string, unknown> {
    const nodes = Array.from({ length: Math.min(first, 100) }, (_, index) => this.item(index));
    return { nodes, edges: nodes.map((node) => ({ node })), totalCount: nodes.length };
  }

  private resolve(): void {
    const { Query, Mutation, Subscription } = Object.fromEntries(
      ["Query", "Mutation", "Subscription"].map((name) => [name, this.fields(name)]),
    );
    Object.assign(Query?.hello ?? {}, {
      resolve: (_: unknown, { name }: { name: string }) => `Hello, ${name}!`,
    });
    Object.assign(Query?.items ?? {}, {
      resolve: (_: unknown, { first }: { first?: number }) => this.connection(first),
    });
    Object.assign(Query?.node ?? {}, { resolve: () => this.item(1) });
    Object.assign(Query?.facts ?? {}, {
      resolve: (_: unknown, __: unknown, { facts, token }: Caller) => ({ ...facts, token }),
    });
    Object.assign(Query?.fail ?? {}, {
      resolve: (_: unknown, { kind }: { kind: string }) => Promise.reject(failures[kind]?.() as Error),
    });
    Object.assign(Query?.slow ?? {}, {
      resolve: () => new Promise<string>((resolve) => (this.release = () => resolve("done"))),
    });
    Object.assign(Mutation?.signIn ?? {}, { resolve: (_: unknown, { email }: { email: string }) => email });
    Object.assign(Mutation?.increment ?? {}, { resolve: () => ++this.increments });
    Object.assign(Mutation?.predict ?? {}, {
      resolve: (_: unknown, { input }: { input: { rows: unknown[] } }) => input.rows.length,
      extensions: { cost: { value: 5, multiplier: "input.rows" } },
    });
    Object.assign(Subscription?.count ?? {}, { subscribe: (_: unknown, { to }: { to: number }) => upTo(to) });
    Object.assign(Subscription?.endless ?? {}, { subscribe: () => this.endless(), resolve: generation });
  }

  private fields(type: string): Record<string, object> {
    return (this.schema.getType(type) as unknown as { getFields(): Record<string, object> }).getFields();
  }

  /** Like a bus: ends at once when it is returned. */
  private endless(): AsyncIterable<unknown> {
    return on(this.events, "event");
  }
}

const generation = (_event: unknown, _arguments: unknown, context: Caller): number => context.generation;

async function* upTo(count: number): AsyncGenerator<{ count: number }> {
  for (let value = 1; value <= count; value++) yield { count: value };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
    extensions?: Record<string, unknown>;
  };
}

/** Sends a body as JSON and reads the answer as JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer["body"],
  };
}

export const codesOf = ({ body }: Pick<Answer, "body">): unknown[] =>
  (body.errors ?? []).map(({ extensions }) => extensions.code);

/** A port that nothing listens on, for a real refused connection. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
