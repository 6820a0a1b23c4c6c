/** Control documents while a write is planned, and the one form in which they are stored. */
import type { ControlDocument } from '../../ports/control.ts';
import type { BatchDocument } from '../../ports/records.ts';
import { type BlobStore, newUpload, type Upload } from './blob-store.ts';
import type { Condition, ItemTable, Write } from './item-table.ts';
import { encodeItem, type Item, numberIn, textIn, textOrNull } from './items.ts';
import { controlPartition, type Key, nameOfKey } from './keys.ts';
import { type BlobRef, refOf, refText } from './row-codec.ts';

/** Of a value in its own item; a longer one lies apart. */
const inlineBytesMax = 200 * 1024;

export const documentKey = (key: string): Key => ({ pk: controlPartition, sk: key });

/** Writes of one document, and what goes with them. */
export interface DocumentWrite {
  readonly write: { readonly put: Item; readonly condition: Condition };
  readonly uploads: readonly Upload[];
}

export function documentWrite(
  key: string,
  value: string,
  { expected, version }: { readonly expected: number; readonly version: number },
): DocumentWrite {
  const bytes = Buffer.from(value, 'utf8');
  const upload = bytes.byteLength > inlineBytesMax ? newUpload(bytes) : undefined;
  const held = upload ? { l: refText(upload.ref) } : { d: value };
  const put = encodeItem(documentKey(key), { v: version, ...held });
  const condition = stillOf(expected);
  return { write: { put, condition }, uploads: upload ? [upload] : [] };
}

/** That the stored version is the one that was read; 0 for none. */
export const stillOf = (version: number): Condition =>
  version === 0 ? 'new' : { equals: { v: version } };

export const versionOf = (item: Item | undefined): number => (item ? numberIn(item, 'v') : 0);

/** What of a document lies apart. */
export function apartOf(item: Item | undefined): BlobRef[] {
  const text = item && textOrNull(item, 'l');
  return text ? [refOf(text)] : [];
}

/** Undefined for one whose value is gone: it was written again, or deleted, since. */
export async function readDocument(
  blobs: BlobStore,
  item: Item,
): Promise<ControlDocument | undefined> {
  const place = { key: textIn(item, 'sk'), version: versionOf(item) };
  const [ref] = apartOf(item);
  if (!ref) return { ...place, value: textIn(item, 'd') };
  const [bytes] = await blobs.read([ref]);
  return bytes ? { ...place, value: Buffer.from(bytes).toString('utf8') } : undefined;
}

export class DocumentDraft {
  readonly #stored: ReadonlyMap<string, Item>;
  readonly #next = new Map<string, { readonly value: string; readonly version: number }>();

  constructor(stored: ReadonlyMap<string, Item>) {
    this.#stored = stored;
  }

  static async load(table: ItemTable, keys: readonly string[]): Promise<DocumentDraft> {
    return new DocumentDraft(await table.getAll(keys.map(documentKey)));
  }

  fits(documents: readonly BatchDocument[]): boolean {
    return documents.every(({ key, expected }) => this.#version(key) === expected);
  }

  put(
    documents: readonly BatchDocument[],
    newest: { readonly seq: number; readonly at: number },
  ): void {
    for (const { key, value, expected, stamp } of documents) {
      const stamped = stamp === undefined ? value : { ...value, [stamp]: { ...newest } };
      this.#next.set(key, { value: JSON.stringify(stamped), version: expected + 1 });
    }
  }

  /** What is to be written, uploaded, and forgotten after. */
  result(): { writes: Write[]; uploads: Upload[]; garbage: BlobRef[] } {
    const made = [...this.#next].map(([key, { value, version }]) => {
      const before = this.#before(key);
      const expected = versionOf(before);
      return { ...documentWrite(key, value, { expected, version }), lost: apartOf(before) };
    });
    return {
      writes: made.map(({ write }) => write),
      uploads: made.flatMap(({ uploads }) => uploads),
      garbage: made.flatMap(({ lost }) => lost),
    };
  }

  #version(key: string): number {
    return this.#next.get(key)?.version ?? versionOf(this.#before(key));
  }

  #before(key: string): Item | undefined {
    return this.#stored.get(nameOfKey(documentKey(key)));
  }
}
