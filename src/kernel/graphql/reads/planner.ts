import {
  type DocumentNode,
  type ExecutionArgs,
  execute,
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
import { type Answer, aheadOf, type ReadRows, written } from "./answer.js";
import { type OperationPlan, planOperation, type Statement } from "./operation-plan.js";
import { asideOf, isTooLarge } from "./path.js";
import type { Place } from "./read.js";
import { decidingVariables, Selection } from "./selection.js";
import { StepAside } from "./source.js";
import { StatementNames } from "./statement-names.js";

type Values = Readonly<Record<string, unknown>>;

/** An operation that has passed everything and may run. */
export interface Executable extends ExecutionArgs {
  readonly contextValue: RequestContext;
}

const none: Values = {};

/** Memory bound of the plans: one takes about a hundred times its document's length. */
const plannedCharacters = 2 * 1024 * 1024;

/** An operation by a number of its own, and the variables that decide what it asks for. */
interface KnownOperation {
  readonly number: number;
  readonly deciding: readonly string[];
}

/**
 * Answers queries with one statement instead of one for each field and list. It never answers an error of its own: what
 * it can't plan, what a rule or an argument forbids, what Postgres stops at is left to the plain resolvers, which give
 * the same answer from the same declarations.
 */
export class Planner {
  /** By operation and what variables decide; bounded by the length of the documents together. */
  readonly #plans = new LRUCache<string, OperationPlan>({ max: 2_000, maxSize: plannedCharacters });
  readonly #operations = new WeakMap<OperationDefinitionNode, KnownOperation>();
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
  execute(args: Executable, operation: OperationDefinitionNode): Promise<Answer> | Answer {
    if (operation.operation !== OperationTypeNode.QUERY) return execute(args);
    try {
      const variables = this.#variables(args, operation);
      const plan = this.#planFor(args, operation, variables);
      // What reads nothing waits for nothing.
      if (plan.places.length === 0 && !plan.rest) return this.#written(plan, {}, args);
      return this.#run(plan, variables, args);
    } catch (error) {
      return this.#plainly(error, args);
    }
  }

  async #run(plan: OperationPlan, variables: Values, args: Executable): Promise<Answer> {
    try {
      const rows = await this.#read(plan, variables, args.contextValue);
      return plan.rest ? await this.#goOn(plan, plan.rest, rows, args) : this.#written(plan, rows, args);
    } catch (error) {
      return this.#plainly(error, args);
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
    const { number, deciding } = this.#known(document, operation);
    const variant = [number, ...deciding.map((name) => decision(variables[name]))].join();
    const known = this.#plans.get(variant);
    if (known) return known;
    const selection = new Selection(this.schema, document, operation, variables);
    const plan = planOperation(this.schema, this.source, selection, document);
    this.#plans.set(variant, plan, { size: document.loc?.end ?? 1 });
    return plan;
  }

  #known(document: DocumentNode, operation: OperationDefinitionNode): KnownOperation {
    const known = this.#operations.get(operation);
    if (known) return known;
    const fresh = { number: (this.#count += 1), deciding: decidingVariables(document) };
    this.#operations.set(operation, fresh);
    return fresh;
  }

  /** One statement a place; all of them at once. */
  async #read(plan: OperationPlan, variables: Values, context: RequestContext): Promise<ReadRows> {
    const read: ReadRows = {};
    try {
      await Promise.all(
        plan.places.map(async (place) => {
          const statement = plan.statement(place, variables, context);
          read[place] = { row: await this.#rowOf(place, statement, context), statement };
        }),
      );
    } catch (error) {
      if (isTooLarge(error)) this.#refused.add(plan);
      throw error;
    }
    return read;
  }

  async #rowOf(
    place: Place,
    { text, values }: Statement,
    { control, tenant }: RequestContext,
  ): Promise<RawRow> {
    if (place === "tenant" && tenant) return tenant.raw({ text, values, name: this.#names.of(text) });
    if (place === "tenant") throw new StepAside("refused");
    const [row = {}] = await control.query<Record<string, string | null>>(text, values);
    return Object.values(row);
  }

  /** The answer of the plain resolvers, where the plan could not give one. */
  #plainly(error: unknown, args: Executable): ReturnType<typeof execute> {
    const path = asideOf(error);
    this.#answered.inc({ path });
    if (path === "failure") {
      const { message, code } = error as Error & { code?: string };
      const { requestId } = args.contextValue;
      this.log.warn({ requestId, message, code }, "a planned read failed; plain resolvers answer");
    }
    return execute(args);
  }
}

const planners = new WeakMap<GraphQLSchema, Planner>();

/** The planner that answers queries to this schema, for those who have the schema alone. */
export const plannerOf = (schema: GraphQLSchema): Planner | undefined => planners.get(schema);

/** A variable as part of a key. Another operation's of the same name may be of any type, and decides nothing here. */
const decision = (value: unknown): string =>
  typeof value === "boolean" || value === null ? String(value) : "";
