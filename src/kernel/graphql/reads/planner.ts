import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { LRUCache } from "lru-cache";
import { Counter, type Registry } from "prom-client";
import type { DataSource } from "typeorm";
import type { RequestContext } from "../../context.js";
import type { RawRow } from "../../database/tenant-read.js";
import type { Log } from "../../log.js";
import { firstRefusal } from "../rules.js";
import {
  answerText,
  type OperationPlan,
  type Place,
  planOperation,
  type RootField,
  type Statement,
} from "./operation-plan.js";
import { readAhead } from "./preloaded.js";
import { decidingVariables, Selection } from "./selection.js";
import { StepAside } from "./source.js";
import { StatementNames } from "./statement-names.js";

type Values = Readonly<Record<string, unknown>>;

/** An operation that has passed everything and may run. */
export interface Executable extends ExecutionArgs {
  readonly contextValue: RequestContext;
}

/** An answer whose data is JSON text already, so that nobody has to build it as objects first. */
export interface WrittenAnswer {
  readonly json: string;
  readonly errors?: readonly GraphQLError[] | undefined;
}

export type Answer = WrittenAnswer | ExecutionResult;

/**
 * How a query was answered: `statement` by Postgres alone, `ahead` by resolvers over rows that one statement had
 * read, `resolvers` by nothing else; else why it was not: a refused field or argument, or a row it could not say.
 */
type Path = "statement" | "ahead" | "resolvers" | "refused" | "argument" | "row" | "failure";

const none: Values = {};

/** Memory bound of the plans: one takes about a hundred times its document's length. */
const plannedCharacters = 2 * 1024 * 1024;

/** A document by a number of its own, and the variables that decide what it asks for. */
interface KnownDocument {
  readonly number: number;
  readonly deciding: readonly string[];
}

/**
 * Answers queries with one statement instead of one for each field and list. It never answers an error of its own: what
 * it can't plan, what a rule or an argument forbids, what Postgres stops at is left to the plain resolvers, which give
 * the same answer from the same declarations.
 */
export class Planner {
  /** By document, operation and what variables decide; bounded by the length of the documents together. */
  readonly #plans = new LRUCache<string, OperationPlan>({ max: 2_000, maxSize: plannedCharacters });
  readonly #documents = new WeakMap<DocumentNode, KnownDocument>();
  #count = 0;
  /** Plans that Postgres found too large. */
  readonly #refused = new WeakSet<OperationPlan>();
  readonly #names = new StatementNames();
  readonly #answered: Counter<"path">;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly source: DataSource,
    private readonly log: Log,
    metrics: Registry,
  ) {
    planners.set(schema, this);
    this.#answered = new Counter({
      name: "tenfold_graphql_reads_total",
      help: "Queries by how they were answered; all but `statement` and `ahead` ran plain resolvers.",
      labelNames: ["path"],
      registers: [metrics],
    });
  }

  /** Runs a query or mutation. */
  async execute(args: Executable, operation: OperationDefinitionNode): Promise<Answer> {
    if (operation.operation !== OperationTypeNode.QUERY) return execute(args);
    try {
      const variables = this.#variables(args, operation);
      const plan = this.#planFor(args, operation, variables);
      const rows = plan.places.length === 0 ? {} : await this.#read(plan, variables, args.contextValue);
      return plan.rest ? await this.#goOn(plan, plan.rest, rows, args) : this.#written(plan, rows, args);
    } catch (error) {
      this.#stepAside(error, args.contextValue);
      return execute(args);
    }
  }

  /** Plans a query ahead of its first request, as if all that variables decide were left out. */
  prepare(document: DocumentNode, operation: OperationDefinitionNode): void {
    if (operation.operation !== OperationTypeNode.QUERY) return;
    const decided = decidingVariables(document).map((name) => [name, false]);
    this.#plan(document, operation, Object.fromEntries(decided) as Values);
  }

  /** Throws where the viewer may not do all of it, or Postgres found the plan too large before. */
  #planFor(
    { document, contextValue }: Executable,
    operation: OperationDefinitionNode,
    variables: Values,
  ): OperationPlan {
    if (firstRefusal(this.schema, document, contextValue)) throw new StepAside("refused");
    const plan = this.#plan(document, operation, variables);
    if (this.#refused.has(plan)) throw new StepAside("too-large");
    return plan;
  }

  #written(plan: OperationPlan, rows: ReadRows, { contextValue }: Executable): Answer {
    const json = written(plan.fields, rows, contextValue, none);
    this.#answered.inc({ path: "statement" });
    return { json };
  }

  /** Lets graphql-js answer what the statement could not, from the rows read ahead. */
  async #goOn(
    plan: OperationPlan,
    document: DocumentNode,
    rows: ReadRows,
    args: Executable,
  ): Promise<Answer> {
    const rest = await execute({ ...args, document, rootValue: aheadOf(plan, rows) });
    const answer = rest.data
      ? { json: written(plan.fields, rows, args.contextValue, rest.data), errors: rest.errors }
      : rest;
    const isAhead = plan.fields.some(({ by }) => by === "rows" || by === "json");
    // Counted last: an answer that could not be written is counted where it steps aside.
    this.#answered.inc({ path: isAhead ? "ahead" : "resolvers" });
    return answer;
  }

  #variables({ variableValues }: Executable, { variableDefinitions }: OperationDefinitionNode): Values {
    if (!variableDefinitions?.length) return none;
    const { coerced } = getVariableValues(this.schema, variableDefinitions, variableValues ?? {});
    if (!coerced) throw new StepAside("argument");
    return coerced;
  }

  #plan(document: DocumentNode, operation: OperationDefinitionNode, variables: Values): OperationPlan {
    const { number, deciding } = this.#known(document);
    const decisions = deciding.map((name) => decision(variables[name])).join();
    const variant = `${number} ${operation.name?.value ?? ""} ${decisions}`;
    const known = this.#plans.get(variant);
    if (known) return known;
    const selection = new Selection(this.schema, document, operation, variables);
    const plan = planOperation(this.schema, this.source, selection, document);
    this.#plans.set(variant, plan, { size: document.loc?.end ?? 1 });
    return plan;
  }

  #known(document: DocumentNode): KnownDocument {
    const known = this.#documents.get(document) ?? {
      number: (this.#count += 1),
      deciding: decidingVariables(document),
    };
    this.#documents.set(document, known);
    return known;
  }

  /** One statement a place; all of them at once. */
  async #read(plan: OperationPlan, variables: Values, context: RequestContext): Promise<ReadRows> {
    const read: ReadRows = {};
    try {
      await Promise.all(
        plan.places.map(async (place) => {
          const statement = plan.statement(place, variables, context);
          read[place] = { row: await this.#run(place, statement, context), statement };
        }),
      );
    } catch (error) {
      if (tooLarge.test(String(Object(error).code))) this.#refused.add(plan);
      throw error;
    }
    return read;
  }

  async #run(
    place: Place,
    { text, values }: Statement,
    { control, tenant }: RequestContext,
  ): Promise<RawRow> {
    if (place === "tenant" && tenant) return tenant.raw({ text, values, name: this.#names.of(text) });
    if (place === "tenant") throw new StepAside("refused");
    const [row = {}] = await control.query<Record<string, string | null>>(text, values);
    return Object.values(row);
  }

  #stepAside(error: unknown, { requestId }: RequestContext): void {
    const path = asideOf(error);
    this.#answered.inc({ path });
    if (path !== "failure") return;
    const { message, code } = error as Error & { code?: string };
    this.log.warn({ requestId, message, code }, "a planned read failed; plain resolvers answer");
  }
}

const planners = new WeakMap<GraphQLSchema, Planner>();

/** The planner that answers queries to this schema, for those who have the schema alone. */
export const plannerOf = (schema: GraphQLSchema): Planner | undefined => planners.get(schema);

/** A variable as part of a key. Another operation's of the same name may be of any type, and decides nothing here. */
const decision = (value: unknown): string =>
  typeof value === "boolean" || value === null ? String(value) : "";

/** Class 54 of Postgres' errors: a limit of its own, e.g. statement too complex. Trying again would not help. */
const tooLarge = /^54/;

/** What Postgres stops at when a row, or a text that a caller sent, is none that the plan can say. */
const unsayable = /^22/;

const pathOf = {
  refused: "refused",
  argument: "argument",
  "too-large": "resolvers",
  // Known when planning, but for a value that turns out to be missing where one is required.
  computed: "row",
  conflict: "row",
} as const;

function asideOf(error: unknown): Path {
  if (error instanceof StepAside) return pathOf[error.reason];
  // graphql-js throws these for an argument or a directive whose variable is null.
  if (error instanceof GraphQLError) return "argument";
  return unsayable.test(String(Object(error).code)) ? "row" : "failure";
}

type ReadRows = { [P in Place]?: { readonly row: RawRow; readonly statement: Statement } };

/** The root value from which graphql-js goes on: what was read ahead for its fields lies beside it. */
function aheadOf({ fields }: OperationPlan, rows: ReadRows): object {
  const root = {};
  const ahead = fields.flatMap((field): [string, unknown][] => {
    const read = field.by === "rows" ? rows[field.place] : undefined;
    if (!read || field.by !== "rows") return [];
    return [
      [field.key, field.plan.value(JSON.parse(answerText(fields, field, read.row)), read.statement.bound)],
    ];
  });
  readAhead(root, new Map(ahead));
  return root;
}

/** The data as JSON: what Postgres wrote and what graphql-js answered, in the order of the fields. */
function written(
  fields: readonly RootField[],
  rows: ReadRows,
  context: RequestContext,
  answered: Values,
): string {
  const parts = fields.map((field) => {
    const json = field.by === "value" ? field.plan.json(context) : fieldJson(fields, field, rows, answered);
    return `${JSON.stringify(field.key)}:${json}`;
  });
  return `{${parts.join(",")}}`;
}

function fieldJson(
  fields: readonly RootField[],
  field: Exclude<RootField, { by: "value" }>,
  rows: ReadRows,
  answered: Values,
): string {
  if (field.by === "constant") return field.json;
  if (field.by !== "json") return JSON.stringify(answered[field.key]);
  const text = answerText(fields, field, rows[field.place]?.row ?? []);
  return field.plan.approximate ? JSON.stringify(JSON.parse(text)) : text;
}
