import type { Answer, Client } from "../../support/client.js";
import type { TenantOfWorld, World } from "../../support/world.js";

export interface Verification {
  ok: boolean;
  events: number;
  sealed: number;
  unsealed: number;
  head: { position: number; hash: string } | null;
  firstFault: { position: number | null; eventId: string | null; kind: string } | null;
}

export async function verify(client: Client): Promise<Verification> {
  const { verifyAuditTrail } = await client.get<{ verifyAuditTrail: Verification }>(`{ verifyAuditTrail {
    ok events sealed unsealed head { position hash } firstFault { position eventId kind } } }`);
  return verifyAuditTrail;
}

/** A write that anybody may make often: an API key. */
export const makeKey = (client: Client, name: string): Promise<Answer> =>
  client.send("mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }", {
    input: { name, scopes: ["usage:read"] },
  });

/**
 * SQL inside a tenant's schema as somebody who broke into the database: the superuser, with every trigger off.
 */
export async function tamper(world: World, { schema }: TenantOfWorld, statements: string): Promise<void> {
  await world.admin(`set session_replication_role = replica; set search_path = ${schema}; ${statements}`);
}

/** Writes a trail of `count` more events as Tenfold does: on the list of the unsealed, to be sealed by the next seal. */
export async function fill(world: World, tenant: TenantOfWorld, count: number): Promise<void> {
  await tamper(
    world,
    tenant,
    `insert into audit_event (id, at, action, operation, actor_kind, actor_id, subject, before, after, outcome, ip, user_agent, request_id)
     select 'audit_' || to_char(n, 'FM00000000'), now(), 'thing.changed', 'thing.change', 'user', 'user_' || n % 7, 'thing_' || n,
       null, jsonb_build_object('number', n, 'text', 'é' || n, 'share', n / 7.0, 'list', jsonb_build_array(n, null, true)),
       'SUCCESS', '127.0.0.1', 'filler', 'request_' || n
     from generate_series(1, ${count}) n;
     insert into audit_unsealed select id from audit_event where action = 'thing.changed' on conflict do nothing`,
  );
}
