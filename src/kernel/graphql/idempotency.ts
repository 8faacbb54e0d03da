import { deserialize, serialize } from "node:v8";
import {
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLFieldResolver,
  GraphQLNonNull,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  defaultFieldResolver,
  getDirectiveValues,
} from "graphql";
import { clock } from "../clock.js";
import type { RequestContext } from "../context.js";
import { type Key, sha256 } from "../crypto.js";
import { ControlWork } from "../database/control-work.js";
import type { Sql } from "../database/sql.js";
import { BadUserInput, Conflict } from "../errors.js";

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

const keptMs = 24 * 60 * 60 * 1000;

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
      return key === null
        ? inner(parent, args, context, info)
        : once(inner, controlKey, key, [parent, args, context, info]);
    };
  }
}

function requestedKey(context: RequestContext, info: GraphQLResolveInfo): string | null {
  const [node] = info.fieldNodes;
  const directive = node && getDirectiveValues(idempotentDirective, node, info.variableValues);
  if (directive) return checkedKey(directive.key as string);
  if (context.idempotencyKey === null) return null;
  if (info.operation.selectionSet.selections.length > 1)
    throw new BadUserInput(
      "The header idempotency-key goes with one mutation; use @idempotent(key:) on each field.",
    );
  return checkedKey(context.idempotencyKey);
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
  if (tenant) {
    const vault = {
      table: "idempotent_outcome",
      seal: tenant.seal.bind(tenant),
      open: tenant.open.bind(tenant),
    };
    return tenant.write(info.fieldName, (work) =>
      claimed(work, vault, claim, async () =>
        inner(parent, args, { ...context, tenant: tenant.within(work) }, info),
      ),
    );
  }
  const vault = {
    table: "control.idempotent_outcome",
    seal: controlKey.seal.bind(controlKey),
    open: controlKey.open.bind(controlKey),
  };
  return ControlWork.perform(control.source, (work) =>
    claimed(work, vault, claim, async () =>
      inner(parent, args, { ...context, control: control.within(work) }, info),
    ),
  );
}

/**
 * Ends what is older than a day: this key's outcome, and some of the others, so that what nobody asks for again does
 * not stay for good. Others are passed over where somebody else is at them: no call waits for another's clean-up.
 */
const forgetting = (table: string): string =>
  `delete from ${table} where (key = $1 and created_at < $2) or key in (
     select key from ${table} where created_at < $2 order by created_at limit 20 for update skip locked)`;

async function claimed(sql: Sql, vault: Vault, claim: Claim, body: () => Promise<unknown>): Promise<unknown> {
  const { table } = vault;
  const now = clock.now();
  await sql.query(forgetting(table), [claim.key, new Date(now.getTime() - keptMs)]);
  const claimedNow = await sql.query(
    `insert into ${table} (key, fingerprint, outcome, created_at) values ($1, $2, '', $3) on conflict do nothing returning key`,
    [claim.key, claim.fingerprint, now],
  );
  if (claimedNow.length === 0) return replay(sql, vault, claim);
  const outcome = await body();
  await sql.query(`update ${table} set outcome = $2 where key = $1`, [
    claim.key,
    vault.seal(serialize(outcome), claim.key),
  ]);
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
