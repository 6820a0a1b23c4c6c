/** Control documents as items: one partition, in the order of their keys' bytes. */
import { MemoryError } from '../../domain/errors.ts';
import {
  type ControlDocument,
  type ControlPage,
  type ControlPort,
  type HeldChanges,
  isHeld,
} from '../../ports/control.ts';
import { compareUtf8 } from '../../util/bytes.ts';
import type { BlobStore } from './blob-store.ts';
import {
  apartOf,
  documentKey,
  documentWrite,
  readDocument,
  stillOf,
  versionOf,
} from './document-draft.ts';
import { HeldLog } from './held-changes.ts';
import type { ItemTable, Query } from './item-table.ts';
import { type Item, textIn } from './items.ts';
import { controlPartition } from './keys.ts';
import { Patience } from './patience.ts';

export class ItemControl implements ControlPort {
  readonly #table: ItemTable;
  readonly #blobs: BlobStore;
  readonly #held: HeldLog;

  constructor(table: ItemTable, blobs: BlobStore) {
    this.#table = table;
    this.#blobs = blobs;
    this.#held = new HeldLog(table);
  }

  async get(key: string): Promise<ControlDocument | undefined> {
    for (;;) {
      const item = await this.#table.get(documentKey(key));
      const document = item && (await readDocument(this.#blobs, item));
      if (document || !item) return document;
    }
  }

  heldChanges(mark?: number): Promise<HeldChanges> {
    return this.#held.changes(mark);
  }

  async putIfVersion(key: string, value: string, expected: number): Promise<number | undefined> {
    if (isHeld(key)) return this.#putHeld(key, value, expected);
    const version = expected + 1;
    const { write, uploads } = documentWrite(key, value, { expected, version });
    const before = expected === 0 ? undefined : await this.#table.get(documentKey(key));
    if (versionOf(before) !== expected) return undefined;
    const { retired, writes } = this.#blobs.retire(apartOf(before));
    if (uploads.length === 0 && !retired) {
      return (await this.#table.put(write.put, write.condition)) ? version : undefined;
    }
    const uploaded = await this.#blobs.upload(uploads);
    const patience = new Patience(this.#table.timeoutMs);
    for (;;) {
      const outcome = await this.#table.transact([write, ...writes, ...uploaded.writes]);
      if (outcome === 'done') {
        await this.#blobs.remove(retired);
        return version;
      }
      if (outcome === 'refused') {
        await uploaded.discard();
        return undefined;
      }
      await patience.wait();
    }
  }

  /** Small ones, whose value lies in their own item. */
  async #putHeld(key: string, value: string, expected: number): Promise<number | undefined> {
    const version = expected + 1;
    const { write, uploads } = documentWrite(key, value, { expected, version });
    if (uploads.length > 0) throw new MemoryError('value_too_large');
    const isWritten = await this.#held.write(key, async () => {
      const before = await this.#table.get(documentKey(key));
      return versionOf(before) === expected ? [write] : undefined;
    });
    return isWritten ? version : undefined;
  }

  #deleteHeld(key: string): Promise<boolean> {
    return this.#held.write(key, async () => {
      const item = await this.#table.get(documentKey(key));
      return item && [{ delete: documentKey(key), condition: stillOf(versionOf(item)) }];
    });
  }

  async delete(key: string): Promise<boolean> {
    if (isHeld(key)) return this.#deleteHeld(key);
    const patience = new Patience(this.#table.timeoutMs);
    for (;;) {
      const item = await this.#table.get(documentKey(key));
      if (!item) return false;
      const condition = stillOf(versionOf(item));
      const { retired, writes } = this.#blobs.retire(apartOf(item));
      const isGone = retired
        ? (await this.#table.transact([{ delete: documentKey(key), condition }, ...writes])) ===
          'done'
        : await this.#table.delete(documentKey(key), condition);
      if (isGone) {
        await this.#blobs.remove(retired);
        return true;
      }
      await patience.wait();
    }
  }

  async list(prefix: string, page?: ControlPage): Promise<ControlDocument[]> {
    const items: Item[] = [];
    const limit = page?.limit ?? Number.POSITIVE_INFINITY;
    const query = queryOf(prefix, page);
    if (limit > 0 && query) {
      for await (const item of this.#table.query(query)) {
        if (textIn(item, 'sk') === page?.before) continue;
        items.push(item);
        if (items.length === limit) break;
      }
    }
    const documents = await Promise.all(items.map((item) => this.#read(item)));
    return documents.flatMap((document) => document ?? []);
  }

  /** Where it was written again since, as it is now. */
  async #read(item: Item): Promise<ControlDocument | undefined> {
    const document = await readDocument(this.#blobs, item);
    return document ?? this.get(textIn(item, 'sk'));
  }
}

/** Undefined where nothing can be found. */
function queryOf(prefix: string, page: ControlPage | undefined): Query | undefined {
  const all = { pk: controlPartition, ...(prefix !== '' && { prefix }) };
  if (!page) return all;
  const order = 'desc';
  const pageSize = page.limit + 1;
  const { before } = page;
  if (before === undefined) return { ...all, order, pageSize };
  if (compareUtf8(before, prefix) <= 0) return undefined;
  // What is behind every key with the prefix bounds nothing.
  if (!before.startsWith(prefix)) return { ...all, order, pageSize };
  const from = prefix === '' ? '\0' : prefix;
  return { pk: controlPartition, from, to: before, order, pageSize };
}
