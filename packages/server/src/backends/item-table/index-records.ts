/** What a namespace index reads and keeps as items. */
import { MemoryError } from '../../domain/errors.ts';
import type {
  AnalysisRow,
  AnalysisUpdate,
  Change,
  IndexRecords,
  IndexSave,
  IndexState,
  SegmentRow,
} from '../../ports/records.ts';
import { allWaiting } from './draft.ts';
import { decodeLog, type Head } from './head-codec.ts';
import {
  allUploads,
  dropWrites,
  imageWrites,
  readManifest,
  readSegment,
  uploadsOf,
} from './image-store.ts';
import { numberIn, textIn } from './items.ts';
import { numberAtEnd, padCount, partitionOf, type Space, sortKeys } from './keys.ts';
import { draftOf, rowsAt } from './load-rows.ts';
import { decodeRow, type StoredRow, toAnalysis } from './row-codec.ts';
import { type ReadParts, readRows, steadily, torn } from './row-reader.ts';

/** Whatever was missing is there the next time. */
const logTriesMax = 5;

const nothing: IndexState = { epoch: 0, seq: 0, eraseSeq: 0, nextOrdinal: 1, arrivals: 0 };

export class ItemIndexRecords implements IndexRecords {
  readonly #parts: ReadParts;
  readonly #space: Space;
  readonly #generation: number;

  constructor(parts: ReadParts, space: Space, generation: number) {
    this.#parts = parts;
    this.#space = space;
    this.#generation = generation;
  }

  async state(): Promise<IndexState> {
    const head = await this.#parts.writer.settled(this.#space);
    if (!head) return nothing;
    const { epoch, seq, eraseSeq, nextOrdinal, arrivals } = head;
    return { epoch, seq, eraseSeq, nextOrdinal, arrivals };
  }

  /** Of a journal the log is carried out last: what is in it holds in every other item. */
  async changes(afterSeq: number, limit: number): Promise<Change[]> {
    const changes: Change[] = [];
    for (let tries = 0; tries < logTriesMax; tries++) {
      if (await this.#readLog(changes, afterSeq, limit)) return changes.slice(0, limit);
    }
    const missing = afterSeq + changes.length + 1;
    const message =
      `The log of namespace ${this.#space.no} has no change ${missing}, but later ones. ` +
      'Restore the store from a backup.';
    throw new MemoryError('store_damaged', message);
  }

  /**
   * Goes on behind what was read. False for a change that is missing before one that is there: the
   * query is no snapshot, so the one may have come behind its back, and the other before it.
   */
  async #readLog(changes: Change[], afterSeq: number, limit: number): Promise<boolean> {
    const first = afterSeq + changes.length + 1;
    const query = { pk: this.#pk, from: sortKeys.log(first), to: `${sortKeys.logs}~` };
    for await (const item of this.#parts.table.query(query)) {
      for (const change of decodeLog(item)) {
        const next = afterSeq + changes.length + 1;
        if (change.seq > next) return false;
        if (change.seq === next) changes.push(change);
      }
      if (changes.length >= limit) return true;
    }
    return true;
  }

  async arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]> {
    const found: { arrival: number; ordinal: number }[] = [];
    const prefix = sortKeys.arrivals(this.#generation);
    const from = `${prefix}${padCount(after + 1)}`;
    const query = { pk: this.#pk, from, to: `${prefix}~`, pageSize: limit };
    for await (const item of this.#parts.table.query(query)) {
      found.push({ arrival: numberAtEnd(textIn(item, 'sk')), ordinal: numberIn(item, 'o') });
      if (found.length === limit) break;
    }
    return found;
  }

  async analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    if (ordinals.length === 0) return [];
    const found = await steadily(this.#parts, this.#space, async (head) => {
      const rows = await readRows(this.#parts, head, ordinals);
      return rows === torn ? torn : this.#analysed([...rows.values()]);
    });
    return found ?? [];
  }

  async analysesBetween(
    ordinalMin: number,
    ordinalMax: number,
    limit: number,
  ): Promise<AnalysisRow[]> {
    const found = await steadily(this.#parts, this.#space, async (head) => {
      const first = Math.max(1, ordinalMin);
      const last = Math.min(ordinalMax, head.nextOrdinal - 1);
      if (first > last || limit <= 0) return [];
      const query = { pk: this.#pk, from: sortKeys.row(first), to: sortKeys.row(last) };
      const rows: StoredRow[] = [];
      for await (const item of this.#parts.table.query({ ...query, pageSize: limit })) {
        const row = decodeRow(item);
        if (row.seq > head.seq) return torn;
        rows.push(row);
        if (rows.length === limit) break;
      }
      return this.#analysed(rows);
    });
    return found ?? [];
  }

  async vectorsOf(ordinals: readonly number[]): ReturnType<IndexRecords['vectorsOf']> {
    const rows = await this.analyses(ordinals);
    return rows.flatMap(({ ordinal, vectors }) =>
      vectors !== null && vectors.byteLength > 0 ? [{ ordinal, vectors }] : [],
    );
  }

  async saveAnalyses(updates: readonly AnalysisUpdate[]): Promise<void> {
    if (updates.length === 0) return;
    const { table, writer } = this.#parts;
    await writer.change(this.#space, async (head) => {
      const rows = await rowsAt(
        table,
        head,
        updates.map(({ ordinal }) => ordinal),
      );
      const draft = draftOf(head, rows);
      let saved = 0;
      for (const { ordinal, version, analysis, dropVectors } of updates) {
        const row = draft.row(ordinal);
        if (row?.columns.version !== version) continue;
        const vectors = dropVectors ? allWaiting(row.vectors) : row.vectors;
        draft.derive(ordinal, { analysis: Uint8Array.from(analysis), vectors });
        saved += 1;
      }
      return { ...(saved > 0 && { draft }), result: undefined };
    });
  }

  manifest(): ReturnType<IndexRecords['manifest']> {
    return readManifest(this.#parts, this.#space, this.#generation);
  }

  segment(no: number): Promise<SegmentRow | undefined> {
    return readSegment(this.#parts, this.#space, this.#generation, no);
  }

  async save(image: IndexSave): Promise<boolean> {
    const { writer, blobs } = this.#parts;
    const head = await writer.settled(this.#space);
    if (!head || !isFit(image, head)) return false;
    // Sent before the turn comes: it is long, and nobody has to wait for it.
    const made = uploadsOf(image);
    const uploaded = await blobs.upload(allUploads(made));
    const kept = await writer.change(this.#space, async (now) => {
      if (!isFit(image, now)) return { result: false };
      const writes = await imageWrites(this.#parts, this.#space, this.#generation, image, made);
      return { draft: draftOf(now), ...writes, writes: uploaded.writes, result: true };
    });
    if (!kept) await uploaded.discard();
    return kept ?? false;
  }

  async drop(): Promise<void> {
    await this.#parts.writer.change(this.#space, async (head) => {
      const writes = await dropWrites(this.#parts, this.#space, this.#generation);
      if (writes.plain.length === 0) return { result: undefined };
      return { draft: draftOf(head), ...writes, result: undefined };
    });
  }

  get #pk(): string {
    return partitionOf(this.#space);
  }

  async #analysed(rows: readonly StoredRow[]): Promise<AnalysisRow[] | typeof torn> {
    const sorted = [...rows].sort((a, b) => a.ordinal - b.ordinal);
    const wanted = sorted.flatMap(({ analysis, vectors }) => [
      analysis,
      vectors.get(this.#generation)?.vectors ?? null,
    ]);
    const found = await this.#parts.blobs.read(wanted);
    const analysed: AnalysisRow[] = [];
    for (const [i, row] of sorted.entries()) {
      const [analysis, vectors] = [found[2 * i], found[2 * i + 1]];
      if (analysis === undefined || vectors === undefined) return torn;
      analysed.push(toAnalysis(row, analysis, vectors));
    }
    return analysed;
  }
}

/** An image from before an erase must never come back. */
const isFit = (image: IndexSave, head: Head): boolean =>
  head.epoch === image.epoch && image.seq >= head.eraseSeq;
