import { Registry } from "prom-client";
import { limits } from "../../src/start/door.js";
import type { RequestContext } from "../../src/kernel/context.js";
import { constraintError } from "../../src/kernel/database/constraints.js";
import { Pipeline, type PipelineOptions } from "../../src/kernel/graphql/operation.js";
import { Planner } from "../../src/kernel/graphql/reads/planner.js";
import { refusalOf } from "../../src/kernel/graphql/rules.js";
import { newTrace } from "../../src/kernel/graphql/trace.js";
import { type Authenticated, requestContext } from "../../src/kernel/request-context.js";
import type { World } from "../../test/support/world.js";
import type { Query } from "./queries.js";
import { sameButForTiming } from "./same-answer.js";

/** Counts of the ways in which queries were answered, by the planner's metric. */
export type Paths = Record<string, number>;

/** The same for both, so that nothing of an answer has to be masked. */
export const origin = { requestId: "drill", ip: null, userAgent: null, idempotencyKey: null, baseUrl: "" };

/** Both ways from a document to an answer, over one schema and one database. */
export class BothWays {
  readonly #registry = new Registry();
  readonly #planned: Pipeline<RequestContext>;
  readonly #plain: Pipeline<RequestContext>;
  compared = 0;
  refusedUnread = 0;

  constructor(private readonly world: World) {
    const { kernel, schema, house } = world.app;
    const planner = new Planner(schema, kernel.source, kernel.log, this.#registry);
    const options: PipelineOptions<RequestContext> = {
      schema,
      limits,
      log: kernel.log,
      errorMap: constraintError(Object.assign({}, ...house.rooms.map((room) => room.constraints))),
      persistedOperation: async () => null,
      refusal: (context, document, type) => refusalOf(schema, document, context, type),
      renew: async (context) => context,
    };
    this.#planned = new Pipeline({
      ...options,
      execute: (args, operation) => planner.execute(args, operation),
    });
    this.#plain = new Pipeline(options);
  }

  /** The answers' bytes. Each way gets a context, and so loaders, of its own. */
  async answers(
    query: Query,
    variables: Record<string, unknown>,
    viewer: Authenticated,
  ): Promise<[string, string]> {
    this.compared += 1;
    const planned = await this.#answer(this.#planned, query, variables, viewer);
    // The second time the statement may be a prepared one.
    const again = await this.#answer(this.#planned, query, variables, viewer);
    if (again !== planned && !sameButForTiming(again, planned)) return [planned, again];
    return [planned, await this.#answer(this.#plain, query, variables, viewer)];
  }

  async #answer(
    pipeline: Pipeline<RequestContext>,
    { document, operationName }: Query,
    variables: Record<string, unknown>,
    viewer: Authenticated,
  ): Promise<string> {
    const trace = newTrace(origin.requestId);
    const context = requestContext(this.world.app.kernel, origin, viewer);
    const refuse = (errors: readonly unknown[]): string => {
      if (pipeline === this.#plain) this.refusedUnread += 1;
      return JSON.stringify({ errors: pipeline.errors(errors, trace) });
    };
    try {
      const request = { query: document, documentId: null, operationName, variables };
      const prepared = await pipeline.prepare(request, context, trace);
      if (!("args" in prepared)) return refuse(prepared);
      return pipeline.write(await pipeline.execute(prepared), trace, true);
    } catch (error) {
      return refuse([error]);
    }
  }

  async paths(): Promise<Paths> {
    const metric = await this.#registry.getSingleMetric("tenfold_graphql_reads_total")?.get();
    return Object.fromEntries(
      metric?.values.map(({ labels, value }) => [String(labels["path"]), value]) ?? [],
    );
  }
}
