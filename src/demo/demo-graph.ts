import { type ExecutionResult, execute, type GraphQLSchema, parse, subscribe } from "graphql";
import { newId } from "../kernel/clock.js";
import { type RequestContext, system } from "../kernel/context.js";
import type { Kernel } from "../kernel/kernel.js";
import { requestContext } from "../kernel/request-context.js";
import { permissionsOf, Role } from "../rooms/access/index.js";
import type { KnownTenant } from "../rooms/tenancy/index.js";

/** As Tenfold itself; inside the tenant it may do what an owner may. */
export function systemContext(kernel: Kernel, tenant: KnownTenant | null): RequestContext {
  const origin = { requestId: newId("req"), ip: null, userAgent: null, idempotencyKey: null, baseUrl: "" };
  const viewer = { ...system, permissions: permissionsOf(Role.OWNER) };
  return requestContext(kernel, origin, { viewer, tenant, persistedOnly: false });
}

/**
 * The same operations that clients send, run in this process: no password is needed for them, and no session is left
 * behind in the tenant.
 */
export class DemoGraph {
  constructor(
    private readonly kernel: Kernel,
    private readonly schema: GraphQLSchema,
    private readonly tenant: KnownTenant,
  ) {}

  /** Throws the first error of the answer. */
  async run<Data>(document: string, variableValues: Record<string, unknown> = {}): Promise<Data> {
    return dataOf(await execute({ ...this.#operation(document), variableValues })) as Data;
  }

  async *follow<Data>(document: string, variableValues: Record<string, unknown>): AsyncGenerator<Data> {
    const events = await subscribe({ ...this.#operation(document), variableValues });
    // Refused before the first event: an answer in place of a stream.
    const answers = Symbol.asyncIterator in events ? events : [events];
    for await (const answer of answers) yield dataOf(answer) as Data;
  }

  #operation(document: string) {
    const contextValue = systemContext(this.kernel, this.tenant);
    return { schema: this.schema, document: parse(document), contextValue };
  }
}

function dataOf({ data, errors }: ExecutionResult): unknown {
  const [error] = errors ?? [];
  if (error) throw error.originalError ?? error;
  return data;
}
