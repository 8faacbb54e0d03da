import { clock } from "../../kernel/clock.js";
import { system } from "../../kernel/context.js";
import type { TenantRecord } from "../../kernel/database/tenant-record.js";
import { type Actor, performWrite, type UnitOfWork } from "../../kernel/database/unit-of-work.js";
import type { Kernel } from "../../kernel/kernel.js";
import { genesis, type HashedEvent, hashedColumns, link } from "./chain.js";
import type { Head, Heads } from "./heads.js";

/** Events that one transaction seals: a few milliseconds of work, and little memory however many wait. */
const batchSize = 1_000;

/** Sealing is nobody's request; it emits nothing, so this name stands in logs only. */
const actor: Actor = { viewer: system, origin: { requestId: "audit.seal", ip: null, userAgent: null } };

/** Takes from the list the events that are there; a listed event that is gone stays listed, as evidence. */
const takeDue = `with due as (
    select u.event_id from audit_unsealed u join audit_event d on d.id = u.event_id order by u.event_id limit $1),
  taken as (delete from audit_unsealed where event_id in (select event_id from due) returning event_id)
  select ${hashedColumns} from audit_event e join taken t on t.event_id = e.id order by e.id`;

/** Positions are the primary key: two sealers that went on from one head could not both commit. */
const insertSeals = `insert into audit_seal (position, event_id, hash)
  select * from unnest($1::bigint[], $2::text[], $3::text[])`;

/**
 * Seals a batch of a tenant's unsealed events; answers how many. Head, seals and list change in one transaction.
 * Throws when the head is not genuine: going on from it would sign what somebody else wrote.
 */
async function sealBatch(kernel: Kernel, heads: Heads, tenant: TenantRecord): Promise<number> {
  let head: Head = { position: 0, hash: genesis(tenant.id), sealedAt: clock.now(), genuine: true };
  const lockHead = async (
    control: Parameters<Parameters<typeof performWrite>[4]>[0],
  ): Promise<TenantRecord> => {
    head = await heads.lock(control, tenant.id);
    if (!head.genuine)
      throw new Error(`The head of the audit trail of ${tenant.id} was not written by Tenfold.`);
    return tenant;
  };
  return performWrite(kernel.environment, kernel.control, "audit.seal", actor, lockHead, async (work) => {
    const events = await work.query<HashedEvent>(takeDue, [batchSize]);
    if (events.length > 0) await append(work, heads, head, events);
    return events.length;
  });
}

/** Chains the events behind the head; the head itself is written last, as the application, in the same transaction. */
async function append(work: UnitOfWork, heads: Heads, head: Head, events: HashedEvent[]): Promise<void> {
  const hashes: string[] = [];
  for (const event of events) hashes.push(link(hashes.at(-1) ?? head.hash, event));
  const positions = events.map((_event, index) => head.position + index + 1);
  await work.query(insertSeals, [positions, events.map(({ id }) => id), hashes]);
  const next = {
    position: head.position + events.length,
    hash: hashes.at(-1) ?? head.hash,
    sealedAt: clock.now(),
  };
  work.control((sql) => heads.write(sql, work.tenant.id, next));
}

/** Seals all that is unsealed when it is called; answers how many events. */
export async function seal(kernel: Kernel, heads: Heads, tenant: TenantRecord): Promise<number> {
  let sealed = 0;
  for (let batch = batchSize; batch === batchSize; sealed += batch)
    batch = await sealBatch(kernel, heads, tenant);
  return sealed;
}
