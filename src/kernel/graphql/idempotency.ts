import { deserialize, serialize } from "node:v8";
import {
  DirectiveLocation,
  defaultFieldResolver,
  GraphQLDirective,
  type GraphQLFieldResolver,
  GraphQLNonNull,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  getDirectiveValues,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { clock, dayMs } from "../clock.js";
import type { RequestContext } from "../context.js";
import { type Key, sha256 } from "../crypto.js";
import { ControlWork } from "../database/control-work.js";
import type { Sql } from "../database/sql.js";
import { BadUserInput, Conflict } from "../errors.js";
import { Turns } from "../turns.js";

export const idempotentDirective = new GraphQLDirective({
  name: "idempotent",
  description: "The first outcome is kept for 24 hours and answered again for the same key and input.",
  locations: [DirectiveLocation.FIELD],
  args: {
    key: {
      type: new GraphQLNonNull(GraphQLString),
      description: "Chosen by the caller, up to 255 characters.",
    },
  },
});

const keptMs = dayMs;

/** How many outcomes past their time a call clears away; more than it adds, so that they do not pile up. */
const clearedAtOnce = 10;

/**
 * For `@Extensions` of a mutation that must leave its mark when it fails (a wrong password counts), or whose outcome
 * nobody but the caller of that one time may get: it is refused with a key.
 */
export const unrepeatable = { repeatable: false };

/** Same keys wait here and not in the database, where each would hold a connection that the first may need. */
const turns = new Turns();

interface Claim {
  key: string;
  fingerprint: string;
}

/** What keeps outcomes safe where they are stored: they can hold a secret that is shown once. */
interface Vault {
  table: string;
  seal: (plain: Uint8Array, context: string) => Buffer;
  open: (sealed: Uint8Array, context: string) => Buffer;
}

/**
 * Makes every mutation repeatable under `@idempotent(key:)` or the header `idempotency-key`. The key is claimed in
 * the same transaction as the change, so a second call waits for the first, and a failed or killed call leaves
 * neither a change nor a claim.
 */
export function applyIdempotency(schema: GraphQLSchema, controlKey: Key): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const inner = field.resolve ?? defaultFieldResolver;
    field.resolve = (parent, args, context: RequestContext, info) => {
      const key = requestedKey(context, info);
      if (key === null) return inner(parent, args, context, info);
      if (field.extensions.repeatable === false)
        throw new BadUserInput(`${field.name} takes no idempotency key. Send it without one.`);
      return once(inner, controlKey, key, [parent, args, context, info]);
    };
  }
}

function requestedKey(context: RequestContext, info: GraphQLResolveInfo): string | null {
  const [node] = info.fieldNodes;
  const directive = node && getDirectiveValues(idempotentDirective, node, info.variableValues);
  if (directive) return checkedKey(directive.key as string);
  if (context.idempotencyKey === null) return null;
  if (fieldsOf(info.operation.selectionSet, info).size > 1)
    throw new BadUserInput(
      "The header idempotency-key goes with one mutation; use @idempotent(key:) on each field.",
    );
  return checkedKey(context.idempotencyKey);
}

/** Names under which the operation answers, fragments looked through. */
function fieldsOf({ selections }: SelectionSetNode, info: GraphQLResolveInfo): Set<string> {
  const names = selections.flatMap((selection): string[] => {
    if (selection.kind === Kind.FIELD) return [(selection.alias ?? selection.name).value];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    return fragment ? [...fieldsOf(fragment.selectionSet, info)] : [];
  });
  return new Set(names);
}

function checkedKey(key: string): string {
  if (key.length >= 1 && key.length <= 255) return key;
  throw new BadUserInput("An idempotency key has 1 to 255 characters.");
}

type ResolverArguments = Parameters<GraphQLFieldResolver<unknown, RequestContext>>;

async function once(
  inner: GraphQLFieldResolver<unknown, RequestContext>,
  controlKey: Key,
  key: string,
  [parent, args, context, info]: ResolverArguments,
): Promise<unknown> {
  const { viewer, tenant, control } = context;
  if (viewer.id === null) throw new BadUserInput("An idempotency key needs credentials; this call has none.");
  const claim = {
    key: sha256(JSON.stringify([viewer.id, key])),
    fingerprint: sha256(JSON.stringify([info.fieldName, args])),
  };
  const work = tenant
    ? (): Promise<unknown> =>
        tenant.write(info.fieldName, (unit) =>
          claimed(unit, vaultOf(tenant, "idempotent_outcome"), claim, async () =>
            inner(parent, args, { ...context, tenant: tenant.within(unit) }, info),
          ),
        )
    : (): Promise<unknown> =>
        ControlWork.perform(control.source, (unit) =>
          claimed(unit, vaultOf(controlKey, "control.idempotent_outcome"), claim, async () =>
            inner(parent, args, { ...context, control: control.within(unit) }, info),
          ),
        );
  return turns.take(`${tenant?.id ?? ""}:${claim.key}`, work);
}

const vaultOf = (sealer: Pick<Vault, "seal" | "open">, table: string): Vault => ({
  table,
  seal: (plain, context) => sealer.seal(plain, context),
  open: (sealed, context) => sealer.open(sealed, context),
});

async function claimed(sql: Sql, vault: Vault, claim: Claim, body: () => Promise<unknown>): Promise<unknown> {
  const { table } = vault;
  const now = clock.now();
  const expired = new Date(now.getTime() - keptMs);
  const claimedNow = await sql.query(
    `insert into ${table} as o (key, fingerprint, outcome, created_at) values ($1, $2, '', $3)
     on conflict (key) do update set fingerprint = excluded.fingerprint, created_at = excluded.created_at
     where o.created_at <= $4 returning key`,
    [claim.key, claim.fingerprint, now, expired],
  );
  if (claimedNow.length === 0) return replay(sql, vault, claim);
  const outcome = await body();
  await sql.query(`update ${table} set outcome = $2 where key = $1`, [
    claim.key,
    vault.seal(serialize(outcome), claim.key),
  ]);
  await sql.query(
    `delete from ${table} where key in (
       select key from ${table} where created_at <= $1 order by created_at limit $2 for update skip locked)`,
    [expired, clearedAtOnce],
  );
  return outcome;
}

async function replay(sql: Sql, { table, open }: Vault, claim: Claim): Promise<unknown> {
  const [kept] = await sql.query<{ fingerprint: string; outcome: Buffer }>(
    `select fingerprint, outcome from ${table} where key = $1`,
    [claim.key],
  );
  if (kept?.fingerprint === claim.fingerprint) return deserialize(open(kept.outcome, claim.key));
  throw new Conflict("This idempotency key was used with another input. Choose a new key for a new request.");
}
