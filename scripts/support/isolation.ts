import type { GraphQLSchema } from "graphql";
import { clock, newId } from "../../src/kernel/clock.js";
import { sha256 } from "../../src/kernel/crypto.js";
import type { Answer, Client } from "../../test/support/client.js";
import type { TenantOfWorld, World } from "../../test/support/world.js";
import { type Attacker, attackersOf } from "./attackers.js";
import { canary, plant } from "./canaries.js";
import { identities, type Operation, operationsOf, variablesOf } from "./documents.js";
import { furnish, idsOf } from "./furnished.js";
import { sampler } from "./samples.js";

/** What came of all calls. */
export interface IsolationReport {
  readonly operations: number;
  /** Operations that at least one attacker's call went past validation with, as a share of all. */
  readonly covered: number;
  readonly uncovered: readonly string[];
  readonly attackers: number;
  readonly calls: number;
  readonly compared: number;
  /** Columns of the victim that carry the canary, and how many canaries its own owner sees by the same documents. */
  readonly planted: number;
  readonly seenByOwner: number;
  readonly leaks: readonly string[];
  /** Calls answered otherwise for a foreign id than for one that does not exist. */
  readonly differences: readonly string[];
}

export interface IsolationOptions {
  readonly seed: number;
  /** Names of attackers; all when left out. */
  readonly only?: readonly string[];
}

type Ids = ReadonlyMap<string, readonly string[]>;

/** Two lookups at once may fail in either order; what differs by chance alone agrees within a few tries. */
const tries = 6;

const refusedUnread = new Set([
  "GRAPHQL_VALIDATION_FAILED",
  "GRAPHQL_PARSE_FAILED",
  "OPERATION_TOO_EXPENSIVE",
  "QUERY_TOO_COMPLEX",
]);

class Run {
  readonly leaks = new Set<string>();
  readonly differences = new Set<string>();
  readonly covered = new Set<string>();
  readonly foreign: ReadonlySet<string>;
  calls = 0;
  compared = 0;

  constructor(
    private readonly ids: Ids,
    /** The attacker's own, for the places that are not under trial. */
    private readonly own: Ids,
  ) {
    this.foreign = new Set([...ids.values()].flat());
  }

  /** One attacker through all operations. */
  async attack(attacker: Attacker, operations: readonly Operation[]): Promise<void> {
    let client = await attacker.signIn();
    for (const operation of operations) {
      for (const kind of this.kindsFor(operation)) await this.#compare(attacker, client, operation, kind);
      if (operation.kind === "mutation" && (await isSignedOut(client))) client = await attacker.signIn();
    }
  }

  /** One of the victim's own ids of a kind. */
  victims(kind: string): string {
    return this.ids.get(kind)?.[0] ?? "";
  }

  /** A place named `modelId` takes a model's id; one named `id` takes any, so all kinds are tried there. */
  kindsFor(operation: Operation): string[] {
    const kinds = operation.arguments
      .flatMap((argument) => identities(argument))
      .flatMap((name) => this.#kindAt(name) ?? [...this.ids.keys()]);
    return kinds.length > 0 ? [...new Set(kinds)] : [""];
  }

  #kindAt(name: string): string | undefined {
    const kind = name.replace(/Id$/, "").toLowerCase();
    return this.ids.has(kind) ? kind : undefined;
  }

  /** `tried` at the places for this kind; at others the attacker's own things, so that the call gets as far as it can. */
  variables(operation: Operation, kind: string, tried: string): Record<string, unknown> {
    const identify = (name: string): string => {
      const wanted = this.#kindAt(name) ?? kind;
      return wanted === kind ? tried : (this.own.get(wanted)?.[0] ?? unknownId(wanted));
    };
    return variablesOf(operation.arguments, sampler(identify));
  }

  async #compare(attacker: Attacker, client: Client, operation: Operation, kind: string): Promise<void> {
    const [foreign, unknown] = [new Set<string>(), new Set<string>()];
    for (let attempt = 0; attempt < tries; attempt += 1) {
      foreign.add(await this.#ask(attacker, client, operation, kind, this.victims(kind)));
      if (kind === "" || (attacker.operates && kind === "tenant")) return;
      unknown.add(await this.#ask(attacker, client, operation, kind, unknownId(kind)));
      this.compared += 1;
      if ([...foreign].some((told) => unknown.has(told))) return;
    }
    const told = (answers: Set<string>): string => [...answers].join(" or ");
    this.differences.add(
      `${attacker.name}: ${operation.name}(${kind}): ${told(foreign)} but for an unknown id ${told(unknown)}`,
    );
  }

  async #ask(
    attacker: Attacker,
    client: Client,
    operation: Operation,
    kind: string,
    id: string,
  ): Promise<string> {
    const variables = this.variables(operation, kind, id);
    const answer = await this.#call(client, operation, variables);
    this.#inspect(attacker, operation, variables, answer);
    return comparable(answer, variables);
  }

  async #call(client: Client, operation: Operation, variables: Record<string, unknown>): Promise<Answer> {
    this.calls += 1;
    const answer = await send(client, operation, variables);
    const codes = (answer.errors ?? []).map((error) => String(error.extensions?.code));
    if (!codes.some((code) => refusedUnread.has(code))) this.covered.add(operation.name);
    return answer;
  }

  /** A canary, or an id of the victim's that the attacker did not bring along. */
  #inspect(attacker: Attacker, operation: Operation, sent: object, answer: Answer): void {
    const text = JSON.stringify(answer);
    const brought = JSON.stringify(sent);
    const shown = attacker.operates
      ? []
      : [...this.foreign].filter((id) => text.includes(id) && !brought.includes(id));
    if (text.includes(canary) || shown.length > 0)
      this.leaks.add(`${attacker.name}: ${operation.name}: ${text.slice(0, 300)}`);
  }
}

const unknownId = (kind: string): string =>
  kind === "hash" ? `sha256:${sha256(newId("drill"))}` : newId(kind);

async function send(
  client: Client,
  operation: Operation,
  variables: Record<string, unknown>,
): Promise<Answer> {
  if (operation.kind !== "subscription") return client.send(operation.document, variables);
  const socket = client.socket();
  const first = async (): Promise<Answer> => {
    for await (const answer of socket.iterate({ query: operation.document, variables }))
      return { ...answer, status: 200 } as Answer;
    return { data: null, status: 200 };
  };
  try {
    return await first();
  } catch (error) {
    return refusalOf(error);
  } finally {
    await socket.dispose();
  }
}

/** A socket tells a refusal as a list of errors, or closes with a code. */
function refusalOf(error: unknown): Answer {
  if (Array.isArray(error)) return { errors: error, status: 200 };
  const { code, reason } = error as { code?: number; reason?: string };
  return { errors: [{ message: String(reason), extensions: { code: String(code) } }], status: 0 };
}

const isSignedOut = async (client: Client): Promise<boolean> =>
  "authorization" in client.headers &&
  (await client.send("{ viewer { id } }")).errors?.[0]?.extensions?.code === "UNAUTHENTICATED";

/** An answer without what differs between any two calls: the ids that were sent, the request's own, times. */
function comparable(answer: Answer, variables: object): string {
  const sent = [...JSON.stringify(variables).matchAll(/"([a-zA-Z]+_[0-9a-z]{26}|sha256:[0-9a-f]{64})"/g)].map(
    ([, id]) => id ?? "",
  );
  const text = JSON.stringify({
    data: answer.data,
    errors: answer.errors?.map(({ message, extensions, path }) => ({
      message,
      path,
      code: extensions?.code,
      reason: extensions?.["reason"],
    })),
  });
  return sent
    .reduce((plain, id) => plain.replaceAll(id, "…"), text)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…");
}

/** How many canaries the victim's own owner is shown: none would mean that the drill cannot see a leak. */
async function seenByOwner(
  { owner }: TenantOfWorld,
  run: Run,
  operations: readonly Operation[],
): Promise<number> {
  let seen = 0;
  for (const operation of operations.filter(({ kind }) => kind === "query")) {
    for (const kind of run.kindsFor(operation)) {
      const answer = await owner.send(operation.document, run.variables(operation, kind, run.victims(kind)));
      seen += JSON.stringify(answer).split(canary).length - 1;
    }
  }
  return seen;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = new Map(items.map((item, index) => [item, sha256(`${seed}:${index}`)]));
  return items.toSorted((a, b) => ((order.get(a) ?? "") < (order.get(b) ?? "") ? -1 : 1));
}

/** Every operation of the schema, by every attacker, with every kind of id of another tenant that has it all. */
export async function drillIsolation(
  world: World,
  schema: GraphQLSchema,
  { seed, only }: IsolationOptions,
): Promise<IsolationReport> {
  const tag = clock.randomBytes(4).toString("hex");
  const victim = await world.tenant(`victim-${tag}`);
  const attacker = await world.tenant(`attacker-${tag}`);
  for (const tenant of [victim, attacker]) await furnish(tenant);
  const planted = await plant(world, victim.schema);
  const run = new Run(await idsOf(world, victim), await idsOf(world, attacker));
  const operations = shuffled(operationsOf(schema), seed);
  const owned = await seenByOwner(victim, run, operations);
  const attackers = attackersOf(world, attacker, victim).filter(({ name }) => only?.includes(name) ?? true);
  for (const each of attackers) await run.attack(each, operations);
  const names = operations.map(({ name }) => name);
  return {
    operations: names.length,
    covered: run.covered.size / names.length,
    uncovered: names.filter((name) => !run.covered.has(name)),
    attackers: attackers.length,
    calls: run.calls,
    compared: run.compared,
    planted: planted.length,
    seenByOwner: owned,
    leaks: [...run.leaks],
    differences: [...run.differences],
  };
}

export const isIsolated = (report: IsolationReport): boolean =>
  report.leaks.length === 0 &&
  report.differences.length === 0 &&
  report.covered === 1 &&
  report.seenByOwner > 0;
