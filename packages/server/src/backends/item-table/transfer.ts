/** Moves a store over a table of items, out and in. */
import {
  type PartReaders,
  type PartRows,
  type PartWriters,
  type StorePage,
  type StorePart,
  type StoreRows,
  type StoreTransfer,
  type TransferMark,
  transferMarkKey,
} from '../../ports/transfer.ts';
import { systemClock } from '../../util/system-clock.ts';
import { BlobStore } from './blob-store.ts';
import { documentKey, documentWrite, readDocument, stillOf } from './document-draft.ts';
import type { ItemTable } from './item-table.ts';
import { Names } from './names.ts';
import { NamespaceWriter } from './namespace-writer.ts';
import { type Hold, holdOut, type Signs } from './transfer-hold.ts';
import { type TransferParts, transferReaders } from './transfer-readers.ts';
import type { KeyScan } from './transfer-receipts.ts';
import { transferWriters } from './transfer-writers.ts';

export interface ItemTransferOptions {
  /** The backend's. */
  readonly name: string;
  /** Ready, and with its schema. Closing the transfer closes it. */
  readonly table: ItemTable;
  readonly scan: KeyScan;
  readonly signs: Signs;
}

/**
 * `role`: no server starts on a source until it is closed. Throws migration_refused where servers
 * work on it, and what the table says.
 */
export async function openItemTransfer(
  { name, table, scan, signs }: ItemTransferOptions,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const hold = role === 'source' ? await holdOut(table, signs) : undefined;
  const blobs = new BlobStore(table, systemClock);
  const writer = new NamespaceWriter(table, blobs);
  const aliveAt = hold?.aliveAt ?? 0;
  const parts = { ...{ table, blobs, writer, scan, aliveAt }, names: new Names(table) };
  return new ItemTransfer(name, parts, hold);
}

class ItemTransfer implements StoreTransfer {
  readonly name: string;
  readonly #parts: TransferParts;
  readonly #hold: Hold | undefined;
  readonly #readers: PartReaders;
  readonly #writers: PartWriters<Promise<void>>;

  constructor(name: string, parts: TransferParts, hold: Hold | undefined) {
    this.name = name;
    this.#parts = parts;
    this.#hold = hold;
    this.#readers = transferReaders(parts);
    this.#writers = transferWriters(parts);
  }

  async read<Part extends StorePart>(
    part: Part,
    after: string | undefined,
    bytesMax: number,
  ): Promise<StorePage<StoreRows[Part]>> {
    const page = await this.#readers[part](after, bytesMax);
    this.#hold?.requireHeld();
    return page;
  }

  /** Nothing counts them, so they are read. */
  async count(part: StorePart): Promise<number> {
    let total = 0;
    for (let after: string | undefined; ; ) {
      const { rows, next } = await this.read(part, after, countedBytes);
      total += rows.length;
      if (next === undefined) return total;
      after = next;
    }
  }

  async mark(): Promise<TransferMark | undefined> {
    const { table, blobs } = this.#parts;
    const item = await table.get(documentKey(transferMarkKey));
    const found = item && (await readDocument(blobs, item));
    return found && { value: found.value, version: found.version };
  }

  /** The mark is written last: rows that are there already may come again. */
  async write<Part extends StorePart>(
    page: PartRows<Part> | undefined,
    mark: string | undefined,
    expected: number,
  ): Promise<boolean> {
    const stored = await this.mark();
    if ((stored?.version ?? 0) !== expected) return false;
    if (page) await this.#writers[page.part](page.rows);
    return this.#moveMark(mark, expected);
  }

  async #moveMark(mark: string | undefined, expected: number): Promise<boolean> {
    const { table } = this.#parts;
    if (mark === undefined) {
      const isGone = await table.delete(documentKey(transferMarkKey), stillOf(expected));
      // It was done, where the answer of the first try was lost.
      return isGone || (await this.mark()) === undefined;
    }
    const version = expected + 1;
    const { write } = documentWrite(transferMarkKey, mark, { expected, version });
    if (await table.put(write.put, write.condition)) return true;
    const found = await this.mark();
    return found?.version === version && found.value === mark;
  }

  async close(): Promise<void> {
    try {
      await this.#hold?.release();
    } finally {
      await this.#parts.table.close();
    }
  }
}

const countedBytes = 4 * 1024 * 1024;
