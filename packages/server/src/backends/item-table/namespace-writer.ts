/**
 * Writes to a namespace, each of them all or nothing. What fits one transaction of the table is
 * one; of what is larger a journal is kept first, then one item, the head, says that it holds, and
 * then it is carried out: by whoever wrote it, or by the next who finds it half done.
 */
import { setImmediate as othersFirst, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { MemoryError } from '../../domain/errors.ts';
import { KeyedMutex } from '../../util/mutex.ts';
import { type BlobStore, newUpload, type Upload } from './blob-store.ts';
import { chunksBySize } from './chunks.ts';
import type { Draft } from './draft.ts';
import { decodeHead, encodeHead, type Head } from './head-codec.ts';
import type { Condition, ItemTable, Outcome, PlainWrite, Write } from './item-table.ts';
import { bytesOf, itemFromJson, itemToJson, type JsonItem, textOrNull } from './items.ts';
import { type Key, partitionOf, type Space, sortKeys } from './keys.ts';
import { Patience } from './patience.ts';
import { type BlobRef, refText } from './row-codec.ts';
import { writeSetOf } from './write-set.ts';

/** Beside what a draft writes; at most as many as fit a transaction with the head. */
export interface Extra {
  /** Written when the draft holds, and only if these conditions do. */
  readonly writes?: readonly Write[];
  /** Of the namespace's own, and so of any number. */
  readonly plain?: readonly PlainWrite[];
  readonly uploads?: readonly Upload[];
  /** Blobs that nothing names after it. */
  readonly garbage?: readonly BlobRef[];
}

/** What a change comes to: a draft to be written, and what its caller is told then. */
export interface Plan<Result> extends Extra {
  /** Absent: there is nothing to write. */
  readonly draft?: Draft;
  readonly result: Result;
}

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** A journal that nobody gets on with for so long is carried out by who waits for it. */
const helpAfterMs = 1_000;
const lookAgainMs = 20;
/** In each part of a journal, beside what it writes: the head and a note. */
const ownItems = 2;

export class NamespaceWriter {
  readonly #table: ItemTable;
  readonly #blobs: BlobStore;
  readonly #turns = new KeyedMutex();

  constructor(table: ItemTable, blobs: BlobStore) {
    this.#table = table;
    this.#blobs = blobs;
  }

  /** The head of a namespace in which nothing is half done; undefined where there is none. */
  async settled(space: Space): Promise<Head | undefined> {
    let seen = '';
    let seenAt = 0;
    for (;;) {
      const item = await this.#table.get({ pk: partitionOf(space), sk: sortKeys.head });
      if (!item) return undefined;
      const head = decodeHead(item);
      if (!head.journal) return head;
      const progress = `${head.journal.id} ${head.journalDone}`;
      if (progress !== seen) seenAt = performance.now();
      seen = progress;
      if (performance.now() - seenAt > helpAfterMs) await this.#carryOut(head);
      else await sleep(lookAgainMs);
    }
  }

  /** One after the other in this process: others who write meanwhile only cost another try. */
  inTurn<Result>(space: Space, task: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(partitionOf(space), task);
  }

  /**
   * Plans a change of the namespace as it is, and writes it, until nobody comes between. Undefined
   * where there is no such namespace.
   */
  change<Result>(
    space: Space,
    plan: (head: Head) => Promise<Plan<Result>>,
  ): Promise<Result | undefined> {
    return this.inTurn(space, async () => {
      const patience = new Patience(this.#table.timeoutMs);
      for (;;) {
        const head = await this.settled(space);
        if (!head) return undefined;
        const { draft, result, ...extra } = await plan(head);
        if (!draft || (await this.write(draft, extra)) === 'done') return result;
        await patience.wait();
      }
    });
  }

  /** `refused` and `busy`: nothing was written, and what the draft rests on may be old. */
  async write(draft: Draft, extra: Extra = {}): Promise<Outcome> {
    const set = writeSetOf(draft);
    const head = { ...set.head, revision: set.head.revision + 1 };
    const { retired, writes: notes } = this.#blobs.retire([
      ...set.garbage,
      ...(extra.garbage ?? []),
    ]);
    const uploads = [...set.uploads, ...(extra.uploads ?? [])];
    const beside = [...(extra.writes ?? []), ...notes];
    const writes = [...(extra.plain ?? []), ...set.writes];
    const before = draft.head.revision;
    const { limits } = this.#table;
    // One place is for the note of what is uploaded.
    const isSmall =
      writes.length + beside.length + 2 <= limits.writes &&
      bytesOfAll([...writes, ...beside]) <= limits.bytes;
    const outcome = isSmall
      ? await this.#writeAtOnce(head, before, [...writes, ...beside], uploads)
      : await this.#writeByJournal(head, before, { writes, beside, uploads });
    if (outcome === 'done') await this.#blobs.remove(retired);
    return outcome;
  }

  async #writeAtOnce(
    head: Head,
    before: number,
    writes: readonly Write[],
    uploads: readonly Upload[],
  ): Promise<Outcome> {
    const uploaded = await this.#blobs.upload(uploads);
    const all = [headWrite(head, before), ...writes, ...uploaded.writes];
    const outcome = await this.#table.transact(all);
    if (outcome !== 'done') await uploaded.discard();
    return outcome;
  }

  async #writeByJournal(
    head: Head,
    before: number,
    parts: {
      readonly writes: readonly PlainWrite[];
      readonly beside: readonly Write[];
      readonly uploads: readonly Upload[];
    },
  ): Promise<Outcome> {
    const { limits } = this.#table;
    const sized = parts.writes.map((write) => ({ write, bytes: bytesOfAll([write]) }));
    const chunks = chunksBySize(sized, limits.writes - ownItems, limits.bytes).map((chunk) =>
      chunk.map(({ write }) => write),
    );
    const journal = newUpload(await encodeJournal(chunks));
    const uploaded = await this.#blobs.upload([journal, ...parts.uploads]);
    const marked = { ...head, journal: journal.ref, journalDone: 0 };
    const outcome = await this.#table.transact([
      headWrite(marked, before),
      ...parts.beside,
      ...uploaded.writes,
    ]);
    if (outcome !== 'done') {
      await uploaded.discard();
      return outcome;
    }
    try {
      await this.#carryOut(marked, chunks);
    } catch {
      // It holds; the next who comes here carries out what is left.
    }
    return 'done';
  }

  /** Nothing where it was carried out meanwhile. */
  async #readJournal(head: Head, journal: BlobRef): Promise<PlainWrite[][]> {
    const [bytes] = await this.#blobs.read([journal]);
    if (bytes) return decodeJournal(bytes);
    const now = await this.#table.get({ pk: partitionOf(head), sk: sortKeys.head });
    if (!now || textOrNull(now, 'j') !== refText(journal)) return [];
    const message =
      `The journal of namespace ${head.no} is gone, with what was still to be written. ` +
      this.#table.recovery;
    throw new MemoryError('store_damaged', message);
  }

  /** Part by part, each of them once: the head counts them. */
  async #carryOut(head: Head, known?: readonly (readonly PlainWrite[])[]): Promise<void> {
    const { journal } = head;
    if (!journal) return;
    const chunks = known ?? (await this.#readJournal(head, journal));
    let patience = new Patience(this.#table.timeoutMs);
    const { retired, writes: notes } = this.#blobs.retire([journal]);
    for (let i = head.journalDone; i < chunks.length; ) {
      const isLast = i + 1 === chunks.length;
      const next = isLast
        ? { ...head, journal: null, journalDone: 0 }
        : { ...head, journalDone: i + 1 };
      const outcome = await this.#table.transact([
        { put: encodeHead(next), condition: journalAt(journal, i) },
        ...(chunks[i] ?? []),
        ...(isLast ? notes : []),
      ]);
      // Somebody else is at it.
      if (outcome === 'refused') return;
      if (outcome === 'busy') await patience.wait();
      else {
        patience = new Patience(this.#table.timeoutMs);
        i += 1;
      }
    }
    if (chunks.length > 0) await this.#blobs.remove(retired);
  }
}

const journalAt = (journal: BlobRef, done: number): Condition => ({
  equals: { j: refText(journal), jd: done },
});

/** Of a new namespace where nothing was there before. */
function headWrite(head: Head, before: number): Write {
  const put = encodeHead(head);
  return { put, condition: before === 0 ? 'new' : { equals: { r: before }, lacks: ['j'] } };
}

function bytesOfAll(writes: readonly Write[]): number {
  return writes.reduce((sum, write) => sum + ('put' in write ? bytesOf(write.put) : 0), 0);
}

/** A line for each part: a large journal is written and read in pieces. */
async function encodeJournal(chunks: readonly (readonly PlainWrite[])[]): Promise<Uint8Array> {
  const lines: string[] = [];
  for (const chunk of chunks) {
    const json = chunk.map((write) =>
      'put' in write ? { put: itemToJson(write.put) } : { delete: write.delete },
    );
    lines.push(JSON.stringify(json));
    await othersFirst();
  }
  return zip(Buffer.from(lines.join('\n'), 'utf8'));
}

async function decodeJournal(bytes: Uint8Array): Promise<PlainWrite[][]> {
  type Stored = { put?: JsonItem; delete?: Key };
  const chunks: PlainWrite[][] = [];
  for (const line of (await unzip(bytes)).toString('utf8').split('\n')) {
    const stored: Stored[] = JSON.parse(line);
    const writes = stored.flatMap(({ put, delete: gone }): PlainWrite[] => {
      if (put) return [{ put: itemFromJson(put) }];
      return gone ? [{ delete: gone }] : [];
    });
    chunks.push(writes);
    await othersFirst();
  }
  return chunks;
}
