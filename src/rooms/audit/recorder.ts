import { clock, newId } from "../../kernel/clock.js";
import type { Listener, UnitOfWork } from "../../kernel/database/unit-of-work.js";
import type { DomainEvent } from "../../kernel/events.js";
import type { Sealer } from "./sealer.js";

/** All events of a unit of work, and their places on the list of the unsealed, in one statement. */
const insert = `with given as (
    select * from jsonb_to_recordset($1::jsonb)
      as e (id text, action text, subject text, before jsonb, after jsonb, outcome text)),
  recorded as (
    insert into audit_event
      (id, at, action, operation, actor_kind, actor_id, subject, before, after, outcome, ip, user_agent, request_id)
    select id, $2, action, $3, $4, $5, subject, before, after, outcome, $6, $7, $8 from given returning id)
  insert into audit_unsealed (event_id) select id from recorded`;

/** Text as jsonb can hold it: neither NUL nor half a surrogate pair, which would undo the change over its record. */
const storable = (_name: string, value: unknown): unknown =>
  typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\ufffd") : value;

/** States are objects in the graph; a bare value is put under `value`. */
const state = (value: unknown): unknown =>
  typeof value === "object" ? value : value === undefined ? null : { value };

/** The id is made here, not by the database, so that ids of one process sort as its events happened. */
function rowOf({ type, subject, before, after, outcome = "SUCCESS" }: DomainEvent): object {
  return { id: newId("audit"), action: type, subject, before: state(before), after: state(after), outcome };
}

/** Runs for every write of every room that tells anything, so it is one round trip, whatever the number of events. */
async function record(work: UnitOfWork, events: readonly DomainEvent[]): Promise<void> {
  const { viewer, origin } = work.actor;
  await work.query(insert, [
    JSON.stringify(events.map(rowOf), storable),
    clock.now(),
    work.operation,
    viewer.kind,
    viewer.id,
    origin.ip,
    origin.userAgent,
    origin.requestId,
  ]);
}

/** Writes every event of every room into the trail, inside the transaction of the change that it tells. */
export const recorder = (sealer: Sealer): Listener => ({
  inTransaction: record,
  afterCommit: ({ tenant }, events) => {
    if (events.length > 0) sealer.schedule(tenant);
  },
});
