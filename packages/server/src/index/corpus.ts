/** The passages of one namespace in memory, and the steps that change them. */
import { crc32 } from 'node:zlib';
import type { AnalysisRow } from '../ports/records.ts';
import { invariant } from '../util/invariant.ts';
import { shareSteps } from './analysis-codec.ts';
import { KeyTable } from './key-table.ts';
import { packLanguages } from './languages.ts';
import { Part } from './part.ts';
import { setRow } from './passage-columns.ts';
import { flagsOf, kindOf, passageFlag, rowMask } from './passage-flags.ts';
import { partCapacityMax } from './posting-list.ts';
import type { SlabPool } from './slab-pool.ts';
import { TermFilter } from './term-filter.ts';
import { hashTerm, termPrefix } from './term-key.ts';
import type { Places } from './thread.ts';
import { ThreadTable } from './thread-table.ts';
import type { Attributes, MemoryAnalysis, PassageAnalysis } from './types.ts';

export interface CorpusSettings {
  /** Analyser version that rows must have. */
  readonly analyzer: string;
  /** Whose vectors are indexed. */
  readonly generation: number;
  /** Components of a vector; 0 when there are none. */
  readonly dimension: number;
  /** Passages of a part: a power of two, at most 1,024. */
  readonly partCapacity: number;
  /** A stored part may come without its vectors, because they are searched elsewhere. */
  readonly mayLackVectors?: boolean;
}

/** A row with its analysis: null when none could be made, the memory is then listed only. */
export interface AnalyzedRow {
  /** As stored, so that its bytes tell whether something has changed. */
  readonly row: AnalysisRow;
  readonly analysis: MemoryAnalysis | null;
}

export class Corpus implements Places {
  readonly settings: CorpusSettings;
  /** What stored blobs must have been made with. */
  readonly identity: number;
  readonly parts: (Part | null)[] = [];
  readonly keys = new KeyTable();
  readonly threads = new ThreadTable();
  readonly filter = new TermFilter();
  /** Raised by every step: what was computed from the corpus before is out of date. */
  version = 0;
  ordinalMax = -1;
  nextSegmentNo = 1;
  /** Stored segments that no part stands for any more. */
  readonly removedSegments = new Set<number>();
  /** Erasures that were applied: an image made across one is not to be trusted. */
  erasures = 0;
  disposed = false;
  /** CRC-32 of the stored manifest that the parts' `stored` belong to; 0 when there is none. */
  manifestSum = 0;
  readonly shift: number;
  readonly #pool: SlabPool;
  #tail: Part | null = null;

  constructor(settings: CorpusSettings, pool: SlabPool) {
    const { analyzer, generation, dimension, partCapacity } = settings;
    this.shift = Math.log2(partCapacity);
    invariant(
      Number.isInteger(this.shift) && partCapacity <= partCapacityMax,
      'a part holds a power of two of passages, at most 1,024',
    );
    this.settings = settings;
    this.identity = crc32(JSON.stringify([analyzer, generation, dimension, partCapacity]));
    this.#pool = pool;
  }

  part(doc: number): Part {
    const part = this.parts[doc >>> this.shift];
    invariant(part, 'the document belongs to a part');
    return part;
  }

  ordinal(doc: number): number {
    const part = this.part(doc);
    return part.columns.ordinals[doc - part.base] ?? 0;
  }

  passage(doc: number): number {
    const part = this.part(doc);
    return part.columns.passages[doc - part.base] ?? 0;
  }

  /** Length that an array over all document numbers needs. */
  get docsEnd(): number {
    return this.parts.length << this.shift;
  }

  /** Passages, tombstones included. */
  get passages(): number {
    return this.parts.reduce((sum, part) => sum + (part?.count ?? 0), 0);
  }

  /** Whether vectors of some part are searched elsewhere. */
  get isOutside(): boolean {
    return this.parts.some((part) => part?.isOutside);
  }

  get bytes(): number {
    const parts = this.parts.reduce((sum, part) => sum + (part?.bytes ?? 0), 0);
    return parts + this.keys.bytes + this.threads.bytes + this.filter.bytes;
  }

  /** Live documents of a memory, in order of their passages. */
  locate(ordinal: number): number[] {
    const docs: number[] = [];
    if (ordinal > this.ordinalMax) return docs;
    for (const part of this.parts) {
      part?.locate(ordinal, (local) => {
        if (!part.isDead(local)) docs.push(part.base + local);
      });
    }
    return docs.sort((a, b) => this.passage(a) - this.passage(b));
  }

  /** True when the row's passages are those that are indexed: only columns may differ. */
  hasPassages(row: AnalysisRow, docs: readonly number[]): boolean {
    const first = docs[0];
    if (first === undefined || row.analysis === null) return false;
    const { columns, base } = this.part(first);
    const local = first - base;
    const key = row.keyHash === null ? 0 : this.keys.find(row.keyHash);
    const [printA, printB] = printsOf(row);
    return (
      columns.printsA[local] === printA &&
      columns.printsB[local] === printB &&
      columns.keys[local] === key &&
      (row.keyHash === null || key !== 0) &&
      kindOf(columns.flags[local] ?? 0) === row.kind &&
      docs.every((doc, i) => this.passage(doc) === i) &&
      (this.#flags(docs.at(-1) ?? 0) & passageFlag.last) !== 0
    );
  }

  /** Replaces whatever is indexed of the memory. */
  put({ row, analysis }: AnalyzedRow): void {
    for (const doc of this.locate(row.ordinal)) this.#kill(doc);
    const passages = analysis?.passages ?? [];
    const shape = passages.length > 1 ? passageFlag.several : 0;
    const flags = flagsOf(row) | (passages.length === 0 ? passageFlag.bare : shape);
    const [printA, printB] = analysis === null ? [0, 0] : printsOf(row);
    const shared = {
      flags,
      key: row.keyHash === null ? 0 : this.keys.number(row.keyHash),
      fields: [...new Set(analysis?.fields ?? [])],
      attributes: analysis?.attributes,
      languages: packLanguages(analysis?.languages ?? []),
      printA,
      printB,
    };
    if (passages.length === 0) this.#append(row, shared, null, 0);
    passages.forEach((passage, i) => {
      this.#append(row, shared, passage, i);
    });
    this.#markLast();
    this.ordinalMax = Math.max(this.ordinalMax, row.ordinal);
    this.version += 1;
  }

  /** Takes over the row's columns; its passages stay. */
  updateColumns(row: AnalysisRow, docs: readonly number[]): void {
    for (const doc of docs) {
      const part = this.part(doc);
      const local = doc - part.base;
      const { columns } = part;
      columns.flags[local] = ((columns.flags[local] ?? 0) & ~rowMask) | flagsOf(row);
      setRow(columns, local, row);
      part.columnsChanged = true;
      part.version += 1;
    }
    this.version += 1;
  }

  /** Removes a memory that was erased, and marks every part that still holds its content. */
  erase(ordinal: number): void {
    this.erasures += 1;
    for (const part of this.parts) {
      if (part === null) continue;
      part.locate(ordinal, (local) => {
        this.#kill(part.base + local);
        part.scrub = true;
      });
      // The backend has dropped the segments whose bounds enclose the ordinal.
      const { stored } = part;
      if (stored && ordinal >= stored.ordinalMin && ordinal <= stored.ordinalMax) {
        part.stored = null;
      }
    }
    this.version += 1;
  }

  /** Adds an empty part that a stored segment is read into, or the next tail. */
  addPart(segmentNo = this.nextSegmentNo): Part {
    this.nextSegmentNo = Math.max(this.nextSegmentNo, segmentNo + 1);
    const free = this.parts.indexOf(null);
    const slot = free < 0 ? this.parts.length : free;
    const { partCapacity: capacity, dimension } = this.settings;
    const base = slot << this.shift;
    const part = new Part({ base, segmentNo, capacity, dimension, pool: this.#pool });
    this.parts[slot] = part;
    return part;
  }

  /** Makes a part that was read from storage take part: threads, and the tail when not full. */
  adopt(part: Part): void {
    const { columns } = part;
    for (let local = 0; local < part.count; local += 1) {
      if (part.isDead(local)) {
        part.dead += 1;
        continue;
      }
      this.#join(part, local);
    }
    for (let local = 0; local < part.count; local += 1) {
      const ordinal = columns.ordinals[local] ?? 0;
      part.ordinalMin = Math.min(part.ordinalMin, ordinal);
      part.ordinalMax = Math.max(part.ordinalMax, ordinal);
    }
    this.ordinalMax = Math.max(this.ordinalMax, part.ordinalMax);
    if (!part.full) this.#tail = part;
    this.version += 1;
  }

  /** Removes a part whose documents are all dead, or that could not be read. */
  removePart(part: Part): void {
    if (this.disposed) return;
    part.vectors.free();
    this.removedSegments.add(part.segmentNo);
    this.parts[part.base >>> this.shift] = null;
    if (this.#tail === part) this.#tail = null;
    this.version += 1;
  }

  /** Frees all memory; the corpus is empty and unusable. */
  dispose(): void {
    for (const part of [...this.parts]) if (part) this.removePart(part);
    this.parts.length = 0;
    this.disposed = true;
  }

  #append(
    row: AnalysisRow,
    shared: {
      flags: number;
      key: number;
      fields: readonly string[];
      attributes: Attributes | undefined;
      languages: number;
      printA: number;
      printB: number;
    },
    passage: PassageAnalysis | null,
    number: number,
  ): void {
    if (this.#tail === null || this.#tail.full) this.#tail = this.addPart();
    const part = this.#tail;
    const local = part.append(row.ordinal);
    const { columns } = part;
    columns.passages[local] = number;
    columns.flags[local] = shared.flags;
    columns.keys[local] = shared.key;
    setRow(columns, local, row);
    if (shared.attributes !== undefined) part.describe(local, shared.attributes);
    columns.languages[local] = shared.languages;
    columns.printsA[local] = shared.printA;
    columns.printsB[local] = shared.printB;
    const recent = part.recent();
    for (const field of shared.fields) recent.add(termPrefix.field + field, local, 1);
    if (passage !== null) this.#appendPassage(part, local, passage);
    this.#join(part, local);
  }

  #flags(doc: number): number {
    const part = this.part(doc);
    return part.columns.flags[doc - part.base] ?? 0;
  }

  #markLast(): void {
    const part = this.#tail;
    if (part === null) return;
    const local = part.count - 1;
    part.columns.flags[local] = (part.columns.flags[local] ?? 0) | passageFlag.last;
  }

  #appendPassage(part: Part, local: number, passage: PassageAnalysis): void {
    const recent = part.recent();
    part.columns.lengths[local] = passage.length;
    part.columns.questionShares[local] = Math.round(passage.questionShare * shareSteps);
    for (const { term, count } of passage.terms) recent.add(termPrefix.word + term, local, count);
    for (const entity of passage.entities) recent.add(termPrefix.entity + entity, local, 1);
    const { vector } = passage;
    // While the embedder is being changed, vectors of another size may still be about.
    if (vector === null || vector.values.length !== this.settings.dimension) return;
    part.vectors.set(local, vector.values);
    part.columns.scales[local] = vector.scale;
  }

  #join(part: Part, local: number): void {
    const { columns, base } = part;
    const thread = this.threads.number(
      columns.flags[local] ?? 0,
      columns.keys[local] ?? 0,
      columns.ordinals[local] ?? 0,
    );
    columns.threads[local] = thread;
    part.version += 1;
    this.threads.add(thread, base + local, this);
  }

  #kill(doc: number): void {
    const part = this.part(doc);
    const local = doc - part.base;
    if (part.isDead(local)) return;
    this.threads.remove(part.columns.threads[local] ?? 0, doc, this);
    part.kill(local);
  }
}

/** Two independent hashes of what is indexed: CRC-32 and FNV-1a over analysis and vectors. */
function printsOf({ analysis, vectors }: AnalysisRow): [number, number] {
  const parts = [analysis, vectors].map((bytes) => bytes ?? new Uint8Array());
  const sum = parts.reduce((seed, bytes) => crc32(bytes, seed), 0);
  const text = parts.map((bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
  );
  return [sum, hashTerm(text.join('\n'))];
}
