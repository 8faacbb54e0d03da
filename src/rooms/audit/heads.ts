import { createHmac } from "node:crypto";
import { clock } from "../../kernel/clock.js";
import { equalSecrets, type Key } from "../../kernel/crypto.js";
import type { Sql } from "../../kernel/database/sql.js";
import { genesis } from "./chain.js";

/** The newest link of a tenant's chain, as the control schema has it. */
export interface Head {
  position: number;
  hash: string;
  sealedAt: Date;
  /** False when somebody without Tenfold's master key wrote it. */
  genuine: boolean;
}

/** The row as it is stored, before its signature is judged. */
interface HeadRow {
  position: number;
  hash: string;
  sealedAt: Date;
  signature: string;
}

const select = `select position::float8 as position, hash, sealed_at as "sealedAt", signature
  from control.audit_head where tenant_id = $1`;

const write = `insert into control.audit_head (tenant_id, position, hash, sealed_at, signature)
  values ($1, $2, $3, $4, $5) on conflict (tenant_id) do`;

const overwrite = `${write} update set position = excluded.position, hash = excluded.hash,
  sealed_at = excluded.sealed_at, signature = excluded.signature`;

/**
 * Reads and signs heads (HMAC-SHA-256). The chain itself can be computed anew by whoever rules the database; the
 * head can't. What stays possible to them is to put back an older head together with the older trail.
 */
export class Heads {
  readonly #key: Buffer;

  constructor(masterKey: Key) {
    this.#key = masterKey.derive("audit-head");
  }

  /** Null for a tenant whose trail was never sealed. */
  async read(sql: Sql, tenantId: string): Promise<Head | null> {
    const [row] = await sql.query<HeadRow>(select, [tenantId]);
    return row ? this.#judge(tenantId, row) : null;
  }

  /** Locks the head until the transaction ends, so that one sealer at a time works on a tenant's chain. */
  async lock(sql: Sql, tenantId: string): Promise<Head> {
    const first = { position: 0, hash: genesis(tenantId), sealedAt: clock.now() };
    for (;;) {
      const [row] = await sql.query<HeadRow>(`${select} for update`, [tenantId]);
      if (row) return this.#judge(tenantId, row);
      await sql.query(`${write} nothing`, this.#values(tenantId, first));
    }
  }

  /** Signs the head and puts it in place of the one before; the caller holds its lock. */
  async write(sql: Sql, tenantId: string, head: Omit<Head, "genuine">): Promise<void> {
    await sql.query(overwrite, this.#values(tenantId, head));
  }

  #values(tenantId: string, head: Omit<Head, "genuine">): unknown[] {
    return [tenantId, head.position, head.hash, head.sealedAt, this.#sign(tenantId, head)];
  }

  #judge(tenantId: string, { signature, ...head }: HeadRow): Head {
    return { ...head, genuine: equalSecrets(signature, this.#sign(tenantId, head)) };
  }

  /** Over the tenant too: another tenant's genuine head does not pass for this one's. */
  #sign(tenantId: string, { position, hash, sealedAt }: Omit<Head, "genuine">): string {
    return createHmac("sha256", this.#key)
      .update(JSON.stringify([tenantId, position, hash, sealedAt.getTime()]))
      .digest("hex");
  }
}
