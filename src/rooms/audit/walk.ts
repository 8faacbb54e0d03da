import type { Sql } from "../../kernel/database/sql.js";
import { genesis, type HashedEvent, hashedColumns, link } from "./chain.js";
import { AuditFaultKind } from "./audit-verification.type.js";

/** Links read in one round trip; what bounds the memory of a verification, however long the trail. */
const batchSize = 1_000;

/** Links looked through on either side of a broken one, so that naming the fault costs no more than finding it. */
const neighbourhood = 10_000;

/** A seal with the event it names; the event's own columns are null when it is gone. */
interface SealedRow extends Omit<HashedEvent, "id"> {
  id: string | null;
  position: number;
  sealedId: string;
  hash: string;
}

/** The first thing wrong; becomes `AuditFault` of the graph. */
export interface Fault {
  position: number | null;
  eventId: string | null;
  kind: AuditFaultKind;
}

/** How far the chain holds: its last good link, and what broke it. */
export interface Walk {
  position: number;
  fault: Fault | null;
}

/** Read by position, a range of the primary key, so that each batch costs the same however deep it lies. */
const batch = `select s.position::float8 as position, s.event_id as "sealedId", s.hash, ${hashedColumns}
  from audit_seal s left join audit_event e on e.id = s.event_id
  where s.position > $1 and s.position <= $2 order by s.position limit ${batchSize}`;

/** Each round trip is a transaction of its own: a long verification holds back no vacuum and no migration. */
async function* links(sql: Sql, after: number, until: number): AsyncGenerator<SealedRow> {
  for (let position = after; ; ) {
    const rows = await sql.query<SealedRow>(batch, [position, until]);
    yield* rows;
    position = rows.at(-1)?.position ?? position;
    if (rows.length < batchSize) return;
  }
}

/** Null when the event that a seal names is gone. */
function eventOf({
  position: _position,
  sealedId: _sealedId,
  hash: _hash,
  id,
  ...rest
}: SealedRow): HashedEvent | null {
  return id === null ? null : { id, ...rest };
}

/**
 * Computes the chain anew from its beginning and stops at the first link that does not hold. `expected` is the link
 * that the head vouches for: a chain that was computed anew from some point on is consistent, but misses it.
 */
export async function walk(
  sql: Sql,
  tenantId: string,
  expected: { position: number; hash: string } | null,
): Promise<Walk> {
  let previous = genesis(tenantId);
  let position = 0;
  for await (const row of links(sql, 0, Number.MAX_SAFE_INTEGER)) {
    const eventId = row.sealedId;
    const broken = (kind: AuditFaultKind): Walk => ({
      position,
      fault: { position: row.position, eventId, kind },
    });
    if (row.position !== position + 1)
      return { position, fault: { position: position + 1, eventId: null, kind: AuditFaultKind.MISSING } };
    const event = eventOf(row);
    if (!event) return broken(AuditFaultKind.MISSING);
    if (link(previous, event) !== row.hash) return broken(await kindOf(sql, previous, row));
    if (row.position === expected?.position && row.hash !== expected.hash)
      return broken(AuditFaultKind.ALTERED);
    previous = row.hash;
    position = row.position;
  }
  return { position, fault: null };
}

/**
 * REORDERED when what was sealed at this place is found at another: whole, with its seal, or as another event's
 * content under this one's id. Else the event or the seal was altered.
 */
async function kindOf(sql: Sql, previous: string, broken: SealedRow): Promise<AuditFaultKind> {
  const { position, hash, sealedId } = broken;
  for await (const row of links(sql, Math.max(0, position - neighbourhood), position + neighbourhood)) {
    const event = row.position === position ? null : eventOf(row);
    if (!event) continue;
    const whole = link(previous, event);
    if (whole === hash || whole === row.hash || link(previous, { ...event, id: sealedId }) === hash)
      return AuditFaultKind.REORDERED;
  }
  return AuditFaultKind.ALTERED;
}
