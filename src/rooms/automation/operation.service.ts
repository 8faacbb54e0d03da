import type { GraphQLSchema } from "graphql";
import { clock, newId } from "../../kernel/clock.js";
import type { RequestContext, TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Forbidden, NotFound, Unauthenticated } from "../../kernel/errors.js";
import type { OperationLimits } from "../../kernel/graphql/limits.js";
import { PersistedOperationLimit } from "./automation.errors.js";
import type { AutomationEvent } from "./automation.events.js";
import { type Examined, examine } from "./examine.js";
import { OperationCache, type RegisteredDocument } from "./operation-cache.js";
import { PersistedOperation } from "./persisted-operation.entity.js";

/** Enough for the largest client program; it bounds what a tenant can make every process keep. */
const maxOperations = 1_000;

/** The verbs of persisted operations; sole writer of `persisted_operation`. */
export class OperationService {
  constructor(
    private readonly limits: OperationLimits,
    private readonly cache: OperationCache,
  ) {}

  /**
   * Registers all documents or none; one that is registered already is answered as it stands.
   * Throws BAD_USER_INPUT, FORBIDDEN, PERSISTED_OPERATION_LIMIT.
   */
  async register(
    context: TenantContext,
    schema: GraphQLSchema,
    documents: string[],
  ): Promise<PersistedOperation[]> {
    const examined = documents.map((document, index) =>
      examine(context, schema, this.limits, document, `operations.${index}.document`),
    );
    const hashes = examined.map(({ hash }) => hash);
    return context.tenant.write("operation.register", async (work) => {
      // Registrations wait for each other, else two of them could pass the limit together; lookups do not wait.
      await work.query("lock table persisted_operation in share row exclusive mode");
      const present = await find(work, hashes);
      const missing = examined.filter(
        ({ hash }, index) => !present.has(hash) && hashes.indexOf(hash) === index,
      );
      await requireRoom(work, missing.length);
      const added = missing.map((operation) => entityOf(operation, context.viewer.id));
      if (added.length > 0) await work.manager.insert(PersistedOperation, added);
      for (const operation of added) {
        this.#tell(work, "operation.registered", operation);
        present.set(operation.hash, operation);
      }
      return hashes.flatMap((hash) => present.get(hash) ?? []);
    });
  }

  /** Throws NOT_FOUND. Every process refuses the hash from the moment it hears of the commit. */
  async remove({ tenant }: TenantContext, givenHash: string): Promise<PersistedOperation> {
    const hash = givenHash.toLowerCase();
    return tenant.write("operation.remove", async (work) => {
      const operation = (await find(work, [hash])).get(hash);
      if (!operation) throw new NotFound("No operation is registered under this hash.");
      await work.manager.delete(PersistedOperation, { hash });
      this.#tell(work, "operation.removed", operation);
      return operation;
    });
  }

  /**
   * The text registered under a digest for the context's tenant; null when there is none.
   * Throws FORBIDDEN or UNAUTHENTICATED for a viewer who could not run all of it: a mutation must not have run
   * before a field below it is refused.
   */
  async lookup(context: RequestContext, digest: string): Promise<string | null> {
    const { tenant, viewer } = context;
    const found = tenant && (await this.#find(tenant, `sha256:${digest}`));
    // Where the token alone told the tenant, nothing is found without it; NOT_FOUND would let nobody renew the token.
    if (!found && viewer.refusal) throw viewer.refusal;
    if (!found) return null;
    const lacking = found.permissions.find((permission) => !viewer.permissions.has(permission));
    if (lacking === undefined) return found.document;
    if (viewer.kind === "anonymous") throw viewer.refusal ?? new Unauthenticated();
    throw new Forbidden(`This operation needs the permission ${lacking}, which you lack.`, {
      permission: lacking,
    });
  }

  #find(tenant: TenantScope, hash: string): Promise<RegisteredDocument | null> {
    return this.cache.get(tenant.id, hash, async () => {
      const [row] = await tenant.query<RegisteredDocument>(
        "select document, permissions from persisted_operation where hash = $1",
        [hash],
        "operation_lookup",
      );
      return row ?? null;
    });
  }

  /** A registration needs no news: what is not known is never cached, so it is found wherever it is asked for. */
  #tell(
    work: UnitOfWork,
    type: AutomationEvent["type"],
    { id, hash, name, kind, permissions }: PersistedOperation,
  ): void {
    const facts = { hash, name, kind, permissions };
    work.emit<AutomationEvent>({
      type,
      subject: id,
      [type === "operation.removed" ? "before" : "after"]: facts,
    });
    if (type === "operation.registered") return;
    work.notify(OperationCache.topic, {});
    work.afterCommit(() => this.cache.forget(work.tenant.id));
  }
}

/** By hash, which may stand several times in what was asked. */
async function find(work: UnitOfWork, hashes: string[]): Promise<Map<string, PersistedOperation>> {
  const found = await work.manager
    .createQueryBuilder(PersistedOperation, "it")
    .where("it.hash = any(:hashes)", { hashes })
    .getMany();
  return new Map(found.map((operation) => [operation.hash, operation]));
}

/** Counted under the table's lock, so that the limit holds however many register at once. */
async function requireRoom(work: UnitOfWork, more: number): Promise<void> {
  if (more === 0) return;
  const present = await work.manager.count(PersistedOperation);
  if (present + more <= maxOperations) return;
  throw new PersistedOperationLimit(
    `A tenant may have ${maxOperations} registered operations; there are ${present}, and these are ${more} more. Remove some first.`,
    { limit: "persistedOperations", allowed: maxOperations },
  );
}

const entityOf = (examined: Examined, createdBy: string | null): PersistedOperation =>
  Object.assign(new PersistedOperation(), examined, {
    id: newId("operation"),
    createdBy,
    createdAt: clock.now(),
  });
