/**
 * Who wrote which of the documents that every server holds: the last ones, in a ring of items
 * beside a mark that counts them. Each is written in one transaction with its document.
 */
import type { HeldChanges } from '../../ports/control.ts';
import { createMutex } from '../../util/mutex.ts';
import type { Condition, ItemTable, Write } from './item-table.ts';
import { encodeItem, numberIn, textIn } from './items.ts';
import type { Key } from './keys.ts';
import { nameOfKey } from './keys.ts';
import { Patience } from './patience.ts';

/** A server that missed more reads all of them. */
const slots = 500;
const partition = 'held';
const markKey: Key = { pk: partition, sk: 'mark' };
const slotKey = (no: number): Key => ({ pk: partition, sk: `slot#${no % slots}` });

export class HeldLog {
  readonly #table: ItemTable;
  readonly #turns = createMutex();

  constructor(table: ItemTable) {
    this.#table = table;
  }

  /**
   * Writes what belongs to a change of the document, and that there was one. `writes` is asked for
   * before each try; undefined, and so the answer, where the document is not as it was expected.
   */
  write(document: string, writes: () => Promise<readonly Write[] | undefined>): Promise<boolean> {
    const patience = new Patience(this.#table.timeoutMs);
    // Two at a time would only cost another try; and who has waited for too long waits no more.
    return this.#turns.run(() => this.#write(document, writes, patience));
  }

  async #write(
    document: string,
    writes: () => Promise<readonly Write[] | undefined>,
    patience: Patience,
  ): Promise<boolean> {
    patience.check();
    for (;;) {
      const mark = await this.#mark();
      const own = await writes();
      if (own === undefined) return false;
      const next = mark + 1;
      const condition: Condition = mark === 0 ? 'new' : { equals: { n: mark } };
      const outcome = await this.#table.transact([
        ...own,
        { put: encodeItem(markKey, { n: next }), condition },
        { put: encodeItem(slotKey(next), { n: next, k: document }) },
      ]);
      if (outcome === 'done') return true;
      // Refused for another mark, or for another document: the next try tells.
      await patience.wait();
    }
  }

  async changes(after: number | undefined): Promise<HeldChanges> {
    const mark = await this.#mark();
    if (after === undefined || after === mark) return { mark, keys: [] };
    if (after > mark || mark - after > slots) return { mark, keys: undefined };
    const numbers = Array.from({ length: mark - after }, (_, i) => after + 1 + i);
    const found = await this.#table.getAll(numbers.map(slotKey));
    const keys = new Set<string>();
    for (const no of numbers) {
      const item = found.get(nameOfKey(slotKey(no)));
      // Somebody has gone around the ring meanwhile.
      if (!item || numberIn(item, 'n') !== no) return { mark, keys: undefined };
      keys.add(textIn(item, 'k'));
    }
    return { mark, keys: [...keys] };
  }

  async #mark(): Promise<number> {
    const item = await this.#table.get(markKey);
    return item ? numberIn(item, 'n') : 0;
  }
}
