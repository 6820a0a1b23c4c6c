/** Receipts while a write is planned. Those of one request lie together, under its id. */
import { randomBytes } from 'node:crypto';
import type { KeyHash, TenantId } from '../../domain/memory.ts';
import type { Applied, KeptReceipt, Receipt } from '../../ports/records.ts';
import { chunksOf } from './chunks.ts';
import type { Condition, ItemTable, Write } from './item-table.ts';
import { encodeItem, type Item, numberIn, textIn, textOrNull } from './items.ts';
import { type Key, receiptsCountKey, receiptsPartition } from './keys.ts';

export type StoredReceipt = KeptReceipt & { readonly expiresAt: number };
type NewReceipt = Receipt & { readonly op?: number };

/** Of one item, some hundred bytes each; those of a bulk belong to one request. */
export const receiptsPerItem = 250;
/** A table deletes by its own clock, and what two clocks differ by must not matter. */
const spareSeconds = 24 * 60 * 60;

export class ReceiptDraft {
  readonly #tenant: TenantId;
  readonly #known: ReadonlyMap<
    KeyHash,
    { readonly count: number; readonly stored: StoredReceipt[] }
  >;
  readonly #added = new Map<KeyHash, StoredReceipt[]>();

  private constructor(
    tenant: TenantId,
    known: ReadonlyMap<KeyHash, { readonly count: number; readonly stored: StoredReceipt[] }>,
  ) {
    this.#tenant = tenant;
    this.#known = known;
  }

  static async load(
    table: ItemTable,
    tenant: TenantId,
    ids: Iterable<KeyHash>,
  ): Promise<ReceiptDraft> {
    const known = await Promise.all(
      [...new Set(ids)].map(async (id) => {
        const items = await table.all({ pk: receiptsPartition(tenant, id) });
        const counted = items.find((item) => textIn(item, 'sk') === receiptsCountKey);
        const stored = items.flatMap((item) => receiptsIn(id, item));
        return [id, { count: counted ? numberIn(counted, 'n') : 0, stored }] as const;
      }),
    );
    return new ReceiptDraft(tenant, new Map(known));
  }

  /** By part; expired ones are left out. */
  of(id: KeyHash, now: number): KeptReceipt[] {
    return this.#stored(id)
      .filter(({ expiresAt }) => expiresAt > now)
      .sort((a, b) => a.part - b.part)
      .map(({ expiresAt: _, ...receipt }) => receipt);
  }

  hasAny(receipts: readonly Receipt[], now: number): boolean {
    return receipts.some(({ id, part }) =>
      this.#stored(id).some((one) => one.part === part && one.expiresAt > now),
    );
  }

  keep(receipts: readonly NewReceipt[], applied: readonly Applied[]): void {
    for (const { op, ...receipt } of receipts) {
      const outcome = op === undefined ? undefined : applied[op];
      const added = this.#added.get(receipt.id) ?? [];
      this.#added.set(receipt.id, [...added, { ...receipt, applied: outcome ?? null }]);
    }
  }

  /** `now` is the time that the receipts' own is told by. */
  writes(now: number): Write[] {
    return [...this.#added].flatMap(([id, added]): Write[] => {
      const pk = receiptsPartition(this.#tenant, id);
      const last = Math.max(...this.#stored(id).map(({ expiresAt }) => expiresAt));
      const leftSeconds = Math.ceil((last - now) / 1000);
      const ttl = Math.floor(Date.now() / 1000) + leftSeconds + spareSeconds;
      const count = this.#known.get(id)?.count ?? 0;
      const isNext: Condition = count === 0 ? 'new' : { equals: { n: count } };
      const packs = chunksOf(added, receiptsPerItem).map((part): Write => {
        const sk = `P#${randomBytes(8).toString('hex')}`;
        return { put: encodeReceipts({ pk, sk }, part, ttl) };
      });
      const counted = encodeItem({ pk, sk: receiptsCountKey }, { n: count + 1, ttl });
      return [{ put: counted, condition: isNext }, ...packs];
    });
  }

  #stored(id: KeyHash): readonly StoredReceipt[] {
    return [...(this.#known.get(id)?.stored ?? []), ...(this.#added.get(id) ?? [])];
  }
}

/** `ttl`: in seconds since 1970. */
export function encodeReceipts(key: Key, receipts: readonly StoredReceipt[], ttl: number): Item {
  return encodeItem(key, { d: JSON.stringify(receipts.map(({ id: _, ...rest }) => rest)), ttl });
}

export function receiptsIn(id: KeyHash, item: Item): StoredReceipt[] {
  if (textOrNull(item, 'd') === null) return [];
  const packed: Omit<StoredReceipt, 'id'>[] = JSON.parse(textIn(item, 'd'));
  return packed.map(({ part, fingerprint, note, applied, expiresAt }) => ({
    ...{ id, part, fingerprint, note, applied, expiresAt },
  }));
}
