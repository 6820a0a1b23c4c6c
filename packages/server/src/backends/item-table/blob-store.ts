/**
 * Bytes that do not fit their item, in items of their own that nothing names until the write that
 * they belong to is done. Who makes or replaces some notes them as garbage first, and takes the
 * note back with the write; so what a crash leaves behind is found and swept.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import { chunksOf } from './chunks.ts';
import { type ItemTable, isThere, type Write } from './item-table.ts';
import { bytesOrNull, encodeItem, type Item, keyOf, textOrNull } from './items.ts';
import {
  blobPartition,
  garbagePartition,
  type Key,
  nameOfKey,
  padOrdinal,
  padTime,
} from './keys.ts';
import { type Blob, type BlobRef, isRef, refOf, refText } from './row-codec.ts';

/** Of the 400 KB of an item. */
const chunkBytes = 350 * 1024;
/** Of one item, some forty bytes each. */
const blobsPerNote = 5_000;
/** A note that is older belongs to nobody who still works on it. */
const sweptAfterMs = 60 * 60 * 1000;

export interface Upload {
  readonly ref: BlobRef;
  readonly bytes: Uint8Array;
}

export function newUpload(bytes: Uint8Array): Upload {
  const chunks = Math.max(1, Math.ceil(bytes.byteLength / chunkBytes));
  return { ref: { id: newId(), chunks, bytes: bytes.byteLength }, bytes };
}

export interface Uploaded {
  /** To be written with what names the blobs. */
  readonly writes: readonly Write[];
  /** Nothing came to name them. */
  discard(): Promise<void>;
}

/** What nothing names any more once the write is done. */
export interface Retired {
  readonly notes: readonly Key[];
  readonly blobs: readonly BlobRef[];
}

export class BlobStore {
  readonly #table: ItemTable;
  readonly #clock: Clock;

  constructor(table: ItemTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** Keeps them, and gives what has to be written with what names them. */
  async upload(uploads: readonly Upload[]): Promise<Uploaded> {
    if (uploads.length === 0) return { writes: [], discard: async () => {} };
    const blobs = uploads.map(({ ref }) => ref);
    const items = this.#notesOf(blobs);
    const notes = items.map(keyOf);
    for (const item of items) await this.#table.put(item);
    await this.#table.writeAll(uploads.flatMap(itemsOf).map((put) => ({ put })));
    // A note that was swept is gone, and so are the blobs.
    const writes = notes.map((note) => ({ delete: note, condition: isThere }));
    return { writes, discard: () => this.remove({ notes, blobs }) };
  }

  /** What has to be written with the write after which nothing names these blobs. */
  retire(blobs: readonly BlobRef[]): { readonly retired?: Retired; readonly writes: Write[] } {
    if (blobs.length === 0) return { writes: [] };
    const items = this.#notesOf(blobs);
    const retired = { notes: items.map(keyOf), blobs };
    return { retired, writes: items.map((put) => ({ put })) };
  }

  /** Deletes what was retired; what fails is left to the sweep. */
  async remove(retired: Retired | undefined): Promise<void> {
    if (!retired) return;
    try {
      await this.#deleteBlobs(retired.blobs);
      for (const note of retired.notes) await this.#table.delete(note);
    } catch {
      // The notes stand.
    }
  }

  /** What has to be written with the end of a partition, and the key of the note. */
  retirePartition(pk: string): { readonly note: Key; readonly writes: Write[] } {
    const note = this.#newNote();
    return { note, writes: [{ put: encodeItem(note, { p: pk }) }] };
  }

  /** Empties a partition that nothing names any more, with the blobs that it names. */
  async removePartition(note: Key, pk: string): Promise<void> {
    const items = await this.#table.all({ pk });
    await this.#deleteBlobs(items.flatMap(refsIn));
    await this.#table.writeAll(items.map((item) => ({ delete: keyOf(item) })));
    await this.#table.delete(note);
  }

  /** Blobs in the order of the asked ones; undefined for one that is not there any more. */
  async read(blobs: readonly (Blob | null)[]): Promise<(Uint8Array | null | undefined)[]> {
    const refs = blobs.filter(isRef);
    const found = refs.length > 0 ? await this.#table.getAll(refs.flatMap(keysOf)) : new Map();
    return blobs.map((blob) => (isRef(blob) ? gather(blob, found) : blob));
  }

  /** Removes what a crash has left behind. */
  async sweep(): Promise<void> {
    const to = padTime(this.#clock.now() - sweptAfterMs);
    for await (const item of this.#table.query({ pk: garbagePartition, from: '0', to })) {
      const pk = textOrNull(item, 'p');
      if (pk !== null) await this.removePartition(keyOf(item), pk);
      else {
        await this.#deleteBlobs((textOrNull(item, 'b') ?? '').split(' ').map(refOf));
        await this.#table.delete(keyOf(item));
      }
    }
  }

  #notesOf(blobs: readonly BlobRef[]): Item[] {
    return chunksOf(blobs, blobsPerNote).map((part) =>
      encodeItem(this.#newNote(), { b: part.map(refText).join(' ') }),
    );
  }

  #newNote(): Key {
    return { pk: garbagePartition, sk: `${padTime(this.#clock.now())}#${newId()}` };
  }

  #deleteBlobs(blobs: readonly BlobRef[]): Promise<void> {
    return this.#table.writeAll(blobs.flatMap(keysOf).map((key) => ({ delete: key })));
  }
}

/** As refText writes it. */
const refPattern = /^[0-9a-f]{24}:\d+:\d+$/;

const newId = (): string => randomBytes(12).toString('hex');

function refsIn(item: Item): BlobRef[] {
  const words = Object.values(item).flatMap((value) =>
    typeof value === 'string' ? value.split(' ') : [],
  );
  return words.filter((word) => refPattern.test(word)).map(refOf);
}

function keysOf({ id, chunks }: BlobRef): Key[] {
  const pk = blobPartition(id);
  return Array.from({ length: chunks }, (_, i) => ({ pk, sk: padOrdinal(i) }));
}

function itemsOf({ ref, bytes }: Upload): Item[] {
  return keysOf(ref).map((key, i) =>
    encodeItem(key, { d: bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes) }),
  );
}

function gather(ref: BlobRef, found: ReadonlyMap<string, Item>): Uint8Array | undefined {
  const whole = new Uint8Array(ref.bytes);
  let at = 0;
  for (const key of keysOf(ref)) {
    const item = found.get(nameOfKey(key));
    const part = item && bytesOrNull(item, 'd');
    if (!part) return undefined;
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
