/** Keeps receipts of requests, inside the writer's transaction, and takes expired ones away. */
import type { TenantId } from '../../domain/memory.ts';
import type { Applied, Receipt } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import { encodeKeyHash } from './row-codec.ts';

/** Thrown where a receipt is there already; the group takes this batch back alone. */
export class AlreadyDone extends Error {}

/** Expired receipts that go with each new one: with two, what is left behind always shrinks. */
const sweptPerReceipt = 2;

export const receiptSql = {
  has: 'SELECT 1 FROM receipts WHERE tenant = ? AND id = ? AND part = ? AND expires_at > ?',
  keep: `INSERT OR REPLACE INTO receipts (tenant, id, part, fingerprint, note,
    seq, ordinal, version, created_at, updated_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  expired: 'SELECT tenant, id, part FROM receipts WHERE expires_at <= ? LIMIT ?',
  drop: 'DELETE FROM receipts WHERE tenant = ? AND id = ? AND part = ?',
};

/** Throws {@link AlreadyDone}. */
export function checkReceipts(
  db: Connection,
  tenant: TenantId,
  receipts: readonly Receipt[],
  now: number,
): void {
  for (const { id, part } of receipts) {
    if (db.get(receiptSql.has, tenant, encodeKeyHash(id), part, now)) throw new AlreadyDone();
  }
}

/** After {@link checkReceipts}. */
export function keepReceipts(
  db: Connection,
  tenant: TenantId,
  receipts: readonly (Receipt & { readonly op?: number })[],
  applied: readonly Applied[],
  now: number,
): void {
  if (receipts.length === 0) return;
  type Expired = { tenant: string; id: Uint8Array; part: number };
  const sweptMax = receipts.length * sweptPerReceipt;
  for (const old of db.all<Expired>(receiptSql.expired, now, sweptMax)) {
    db.run(receiptSql.drop, old.tenant, old.id, old.part);
  }
  for (const { id, part, fingerprint, note, expiresAt, op } of receipts) {
    const outcome = op === undefined ? undefined : applied[op];
    db.run(
      receiptSql.keep,
      tenant,
      encodeKeyHash(id),
      part,
      encodeKeyHash(fingerprint),
      note,
      outcome?.seq ?? null,
      outcome?.ordinal ?? null,
      outcome?.version ?? null,
      outcome?.createdAt ?? null,
      outcome?.updatedAt ?? null,
      expiresAt,
    );
  }
}

/** False, and nothing kept, when one is there already. */
export function applyReceipts(
  db: Connection,
  request: { tenant: TenantId; receipts: readonly Receipt[]; now: number },
): boolean {
  const { tenant, receipts, now } = request;
  try {
    checkReceipts(db, tenant, receipts, now);
  } catch (error) {
    if (error instanceof AlreadyDone) return false;
    throw error;
  }
  keepReceipts(db, tenant, receipts, [], now);
  return true;
}
