/** Receipts of one tenant's requests in memory. */
import type { KeyHash } from '../../domain/memory.ts';
import type { Applied, KeptReceipt, Receipt } from '../../ports/records.ts';

export interface StoredReceipt extends KeptReceipt {
  readonly expiresAt: number;
}

const nameOf = ({ id, part }: Pick<Receipt, 'id' | 'part'>): string => `${id} ${part}`;

export class EphemeralReceipts {
  readonly #kept = new Map<string, StoredReceipt>();

  of(id: KeyHash, now: number): KeptReceipt[] {
    return [...this.#kept.values()]
      .filter((receipt) => receipt.id === id && receipt.expiresAt > now)
      .sort((a, b) => a.part - b.part)
      .map(({ expiresAt: _, ...receipt }) => receipt);
  }

  all(): StoredReceipt[] {
    return [...this.#kept.values()];
  }

  /** As it was in another store. */
  load(receipt: StoredReceipt): void {
    this.#kept.set(nameOf(receipt), receipt);
  }

  hasAny(receipts: readonly Receipt[], now: number): boolean {
    return receipts.some((receipt) => (this.#kept.get(nameOf(receipt))?.expiresAt ?? 0) > now);
  }

  keep(
    receipts: readonly (Receipt & { readonly op?: number })[],
    applied: readonly Applied[],
    now: number,
  ): void {
    if (receipts.length === 0) return;
    for (const [name, { expiresAt }] of this.#kept) if (expiresAt <= now) this.#kept.delete(name);
    for (const { op, ...receipt } of receipts) {
      const outcome = op === undefined ? undefined : applied[op];
      this.#kept.set(nameOf(receipt), { ...receipt, applied: outcome ? { ...outcome } : null });
    }
  }
}
