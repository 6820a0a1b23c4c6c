/** Receipts of all tenants: they lie under the ids of their requests, and nothing lists those. */
import type { KeyHash, TenantId } from '../../domain/memory.ts';
import type { ReceiptRow } from '../../ports/transfer.ts';
import { groupsOf, inTurns } from './chunks.ts';
import type { ItemTable, PlainWrite } from './item-table.ts';
import { encodeItem, numberOrNull } from './items.ts';
import {
  type Key,
  padOrdinal,
  receiptsCountKey,
  receiptsPartition,
  receiptsPrefix,
} from './keys.ts';
import {
  encodeReceipts,
  receiptsIn,
  receiptsPerItem,
  type StoredReceipt,
} from './receipt-draft.ts';

/** Some of the keys that were asked for; no `next` at the end. There may be none on the way. */
export interface ScannedKeys {
  readonly keys: readonly Key[];
  readonly next?: Key;
}

/**
 * Keys in the whole table with a sort key, whose partition begins with a text, behind a key: each
 * of them once, in an order of the system's own, and some of them at a time.
 */
export type KeyScan = (
  query: { readonly prefix: string; readonly sk: string },
  after: Key | undefined,
) => Promise<ScannedKeys>;

export interface ReceiptsPage {
  readonly rows: ReceiptRow[];
  readonly next: Key | undefined;
}

/** Partitions that are read at one time. */
const together = 16;
/** So long receipts that came with a migration stay at least, expired or not: it may take days. */
const keptSeconds = 7 * 24 * 60 * 60;

/** `aliveAt`, in ms: what the table may have deleted by then counts as gone. */
export async function readReceipts(
  { table, scan }: { readonly table: ItemTable; readonly scan: KeyScan },
  { after, aliveAt }: { readonly after: Key | undefined; readonly aliveAt: number },
  bytesMax: number,
): Promise<ReceiptsPage> {
  const query = { prefix: receiptsPrefix, sk: receiptsCountKey };
  const rows: ReceiptRow[] = [];
  for (let next = after; ; ) {
    const found = await scan(query, next);
    let bytes = 0;
    for (let at = 0; at < found.keys.length && bytes < bytesMax; at += together) {
      const some = found.keys.slice(at, at + together);
      const receipts = await Promise.all(some.map((key) => receiptsOf(table, key, aliveAt)));
      for (const [i, one] of receipts.entries()) {
        rows.push(...one);
        next = some[i];
        bytes += one.reduce((sum, { note }) => sum + Buffer.byteLength(note), 0);
        if (bytes >= bytesMax) break;
      }
    }
    if (bytes >= bytesMax) return { rows, next };
    next = found.next;
    if (rows.length > 0 || !next) return { rows, next };
  }
}

/** Of one that expired and was kept again, the newer. */
async function receiptsOf(table: ItemTable, { pk }: Key, aliveAt: number): Promise<ReceiptRow[]> {
  const [id, tenant] = idAndTenantOf(pk);
  const items = await table.all({ pk });
  const alive = items.filter((item) => 1000 * (numberOrNull(item, 'ttl') ?? 0) > aliveAt);
  const newest = newestByPart(alive.flatMap((item) => receiptsIn(id, item)));
  return newest.map((receipt) => ({ ...receipt, tenant }));
}

/** Adds them to those of their requests that are there. */
export async function writeReceipts(table: ItemTable, rows: readonly ReceiptRow[]): Promise<void> {
  const byPartition = groupsOf(rows, ({ tenant, id }) => receiptsPartition(tenant, id));
  await inTurns([...byPartition], async ([pk, added]) => {
    const [id] = idAndTenantOf(pk);
    const known = (await table.all({ pk })).flatMap((item) => receiptsIn(id, item));
    await table.writeAll(writesOf(pk, newestByPart([...known, ...added])));
  });
}

/** What lies in an item is told by its part, so writing it again leaves nothing else behind. */
function writesOf(pk: string, receipts: readonly StoredReceipt[]): PlainWrite[] {
  const last = Math.max(Date.now(), ...receipts.map(({ expiresAt }) => expiresAt));
  const ttl = Math.ceil(last / 1000) + keptSeconds;
  const packs = groupsOf(receipts, ({ part }) => Math.floor(part / receiptsPerItem));
  return [
    { put: encodeItem({ pk, sk: receiptsCountKey }, { n: 1, ttl }) },
    ...[...packs].map(([no, pack]) => ({
      put: encodeReceipts({ pk, sk: `P#${padOrdinal(no)}` }, pack.map(stored), ttl),
    })),
  ];
}

function newestByPart<Receipt extends StoredReceipt>(receipts: readonly Receipt[]): Receipt[] {
  const sorted = [...receipts].sort((a, b) => a.expiresAt - b.expiresAt);
  return [...new Map(sorted.map((receipt) => [receipt.part, receipt])).values()];
}

const stored = ({ id, part, fingerprint, note, applied, expiresAt }: StoredReceipt) => ({
  ...{ id, part, fingerprint, note, applied, expiresAt },
});

function idAndTenantOf(pk: string): [KeyHash, TenantId] {
  const [, id = '', tenant = ''] = /^q#([^#]*)#(.*)$/s.exec(pk) ?? [];
  return [id as KeyHash, tenant as TenantId];
}
