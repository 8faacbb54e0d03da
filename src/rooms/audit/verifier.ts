import { clock } from "../../kernel/clock.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Head, Heads } from "./heads.js";
import type { Sealer } from "./sealer.js";
import { AuditFaultKind, type AuditVerification } from "./audit-verification.type.js";
import { type Fault, type Walk, walk } from "./walk.js";

/** An event waits seconds to be sealed. One this old that is not even listed did not come through Tenfold. */
const unsealedMs = 60_000;

/** What is counted over all events, in one scan and two joins that Postgres does by hash. */
interface Census {
  events: number;
  sealed: number;
  stray: string | null;
  lost: string | null;
}

/** Counts, the first old event that is in neither chain nor list, and the first listed one that is gone. */
const census = `select count(*)::float8 as events, count(s.event_id)::float8 as sealed,
    min(e.id) filter (where s.event_id is null and u.event_id is null and e.at < $1) as stray,
    (select min(l.event_id) from audit_unsealed l left join audit_event d on d.id = l.event_id where d.id is null) as lost
  from audit_event e left join audit_seal s on s.event_id = e.id left join audit_unsealed u on u.event_id = e.id`;

/** Answers whether a tenant's trail is what was once recorded, against the chain and the signed head. */
export class Verifier {
  readonly #running = new Map<string, Promise<AuditVerification>>();

  constructor(
    private readonly kernel: Kernel,
    private readonly heads: Heads,
    private readonly sealer: Sealer,
  ) {}

  /** One run at a time for a tenant; who asks meanwhile gets the same answer, so asking often costs nothing. */
  verify(scope: TenantScope): Promise<AuditVerification> {
    const { id } = scope.tenant;
    const running = this.#running.get(id) ?? this.#verify(scope).finally(() => this.#running.delete(id));
    this.#running.set(id, running);
    return running;
  }

  async #verify(scope: TenantScope): Promise<AuditVerification> {
    const { tenant } = scope;
    const cutAt = await this.#cut(scope);
    // A chain that can't be continued is what the walk reports in a moment.
    await this.sealer.seal(tenant).catch((error: unknown) => {
      this.kernel.log.warn(
        { err: error, tenant: tenant.id },
        "a trail was verified that could not be sealed",
      );
    });
    const head = await this.heads.read(this.kernel.control, tenant.id);
    const walked = await walk(scope, tenant.id, head);
    const [counts = { events: 0, sealed: 0, stray: null, lost: null }] = await scope.query<Census>(census, [
      new Date(clock.now().getTime() - unsealedMs),
    ]);
    // Sealers may have gone on meanwhile; the newest head must be at least where the walk ended.
    const newest = await this.heads.read(this.kernel.control, tenant.id);
    const firstFault = faultOf(walked, cutAt, head, newest) ?? outside(counts);
    const { events, sealed } = counts;
    return { ok: firstFault === null, events, sealed, unsealed: events - sealed, head, firstFault };
  }

  /** Where the chain ends before its head does; looked at before sealing goes on beyond the gap. */
  async #cut(scope: TenantScope): Promise<number | null> {
    const head = await this.heads.read(this.kernel.control, scope.tenant.id);
    const [tail] = await scope.query<{ position: number }>(
      "select max(position)::float8 as position from audit_seal",
    );
    const end = tail?.position ?? 0;
    return end < (head?.position ?? 0) ? end + 1 : null;
  }
}

/**
 * The chain's own fault comes first, since it has the earliest place; then what the head says of the chain, and at
 * last the chain of the head. A cut that sealing has gone on behind is a gap to the walk, and is named as the cut.
 */
function faultOf(
  { position, fault }: Walk,
  cutAt: number | null,
  head: Head | null,
  newest: Head | null,
): Fault | null {
  const at = (kind: AuditFaultKind, place: number): Fault => ({ position: place, eventId: null, kind });
  if (fault && cutAt !== null && fault.position === cutAt) return at(AuditFaultKind.TRUNCATED, cutAt);
  if (fault) return fault;
  if (position < (head?.position ?? 0)) return at(AuditFaultKind.TRUNCATED, position + 1);
  if (head?.genuine === false) return at(AuditFaultKind.FORGED, head.position);
  if (position > (newest?.position ?? 0)) return at(AuditFaultKind.FORGED, (newest?.position ?? 0) + 1);
  // Making a tenant is an event, so a trail without any was emptied, its head with it.
  return position === 0 ? at(AuditFaultKind.TRUNCATED, 1) : null;
}

/** What no link can tell of: events that never came into the chain. */
function outside({ stray, lost }: Census): Fault | null {
  if (lost !== null) return { position: null, eventId: lost, kind: AuditFaultKind.MISSING };
  return stray === null ? null : { position: null, eventId: stray, kind: AuditFaultKind.UNSEALED_TOO_LONG };
}
