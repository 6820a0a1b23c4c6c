/**
 * One part of an index: up to 1,024 passages with their columns, postings and vectors. Documents
 * are only appended; a local number never changes its meaning while the part lives.
 */
import { AttributeTable } from './attribute-table.ts';
import type { Position } from './follow-changes.ts';
import type { ManifestPart } from './image-manifest.ts';
import type { PostingSource } from './pack-postings.ts';
import { PackedPostings } from './packed-postings.ts';
import {
  bytesPerRow,
  type ColumnArrays,
  clearRow,
  newColumns,
  resizeColumns,
} from './passage-columns.ts';
import { passageFlag } from './passage-flags.ts';
import type { PostingList } from './posting-list.ts';
import { RecentPostings } from './recent-postings.ts';
import type { SlabPool } from './slab-pool.ts';
import type { TermKey } from './term-key.ts';
import type { Attributes } from './types.ts';
import { VectorRows } from './vector-rows.ts';

/** Small namespaces start with columns for this many passages. */
const columnsMin = 32;

export class Part {
  /** Global document number of local document 0. */
  readonly base: number;
  /** Name of the stored segment. */
  readonly segmentNo: number;
  readonly capacity: number;
  readonly vectors: VectorRows;
  columns: ColumnArrays;
  /** Null while no document has any. */
  attributes: AttributeTable | null = null;
  count = 0;
  /** Raised by every new document and changed column. */
  version = 0;
  /** Tombstones among the documents. */
  dead = 0;
  ordinalMin = Number.POSITIVE_INFINITY;
  ordinalMax = -1;
  /** Disjoint sets of documents, ascending; only the last may still grow. */
  sources: PostingSource[] = [];
  /** Documents that one packed block covers: what can be saved. */
  packedCount = 0;
  /** Erased content is still in the postings or the vectors: do not save before packing. */
  scrub = false;
  /** What storage holds, or null when nothing there can be used. */
  stored: ManifestPart | null = null;
  /** Its vectors are searched elsewhere: there are none here, whatever the scales say. */
  isOutside = false;
  /** Where the namespace stood when the part was already full; null before that is known. */
  fullAt: Position | null = null;
  /** The columns differ from the stored ones. */
  columnsChanged = false;
  /** Sources that no longer grow. */
  #frozen = 0;

  constructor(options: {
    base: number;
    segmentNo: number;
    capacity: number;
    dimension: number;
    pool: SlabPool;
  }) {
    this.base = options.base;
    this.segmentNo = options.segmentNo;
    this.capacity = options.capacity;
    this.vectors = new VectorRows(options.pool, options.dimension);
    this.columns = newColumns(Math.min(columnsMin, options.capacity));
  }

  get full(): boolean {
    return this.count >= this.capacity;
  }

  /** From now on its vectors are searched elsewhere; what is stored of it still has them. */
  moveOut(): void {
    this.vectors.free();
    this.isOutside = true;
    this.stored = null;
  }

  /** Makes room for one more passage and returns its local number. */
  append(ordinal: number): number {
    const local = this.count;
    this.reserve(local + 1);
    this.columns.ordinals[local] = ordinal;
    this.count += 1;
    this.version += 1;
    this.ordinalMin = Math.min(this.ordinalMin, ordinal);
    this.ordinalMax = Math.max(this.ordinalMax, ordinal);
    return local;
  }

  /** Takes over what filters read of the document's memory. */
  describe(local: number, attributes: Attributes): void {
    this.attributes ??= new AttributeTable(this.capacity);
    const { setOf } = this.attributes;
    const { ordinals, passages } = this.columns;
    // The passages of a memory follow each other, and share what is said of it.
    const isNext = (passages[local] ?? 0) > 0 && ordinals[local - 1] === ordinals[local];
    if (isNext) setOf[local] = setOf[local - 1] ?? 0;
    else this.attributes.add(local, attributes);
  }

  reserve(count: number): void {
    const size = this.columns.ordinals.length;
    if (count <= size) return;
    const wanted = Math.min(this.capacity, Math.max(count, size * 2));
    this.columns = resizeColumns(this.columns, wanted);
  }

  /** The postings that new documents go to. */
  recent(): RecentPostings {
    const last = this.sources.at(-1);
    if (last instanceof RecentPostings && this.sources.length > this.#frozen) return last;
    const recent = new RecentPostings();
    this.sources.push(recent);
    return recent;
  }

  /** Whether one packed block holds every posting. */
  get onlyPacked(): boolean {
    return this.sources.length === 1 && this.sources[0] instanceof PackedPostings;
  }

  /** Ends the growth of what is there, so that it can be packed while new documents come. */
  freeze(): { sources: PostingSource[]; count: number } {
    this.#frozen = this.sources.length;
    return { sources: [...this.sources], count: this.count };
  }

  /** Puts one block in place of what was frozen. */
  replaceFrozen(packed: PackedPostings, count: number): void {
    this.sources = [packed, ...this.sources.slice(this.#frozen)];
    this.#frozen = 1;
    this.packedCount = count;
    if (this.full) this.attributes?.settle();
  }

  /**
   * Calls `use` with each list of the term, documents ascending from list to list. `inPacked` is
   * false where it is known that no packed block has the term.
   */
  find(term: TermKey, use: (list: PostingList) => void, inPacked = true): void {
    for (const source of this.sources) {
      if (!inPacked && source instanceof PackedPostings) continue;
      const list = source.find(term);
      if (list !== undefined && list.end > list.start) use(list);
    }
  }

  isDead(local: number): boolean {
    return ((this.columns.flags[local] ?? 0) & passageFlag.dead) !== 0;
  }

  /** Calls `use` with the local number of each passage of a memory, dead ones included. */
  locate(ordinal: number, use: (local: number) => void): void {
    if (ordinal < this.ordinalMin || ordinal > this.ordinalMax) return;
    const { ordinals } = this.columns;
    for (let i = 0; i < this.count; i += 1) if (ordinals[i] === ordinal) use(i);
  }

  kill(local: number): void {
    if (this.isDead(local)) return;
    this.columns.flags[local] = (this.columns.flags[local] ?? 0) | passageFlag.dead;
    this.dead += 1;
    this.version += 1;
    this.columnsChanged = true;
  }

  /** Forgets what the columns and vectors say of dead documents; places and ordinals stay. */
  wipeDead(): void {
    const { columns } = this;
    for (let local = 0; local < this.count; local += 1) {
      if (!this.isDead(local)) continue;
      columns.keys[local] = 0;
      clearRow(columns, local);
      columns.lengths[local] = 0;
      columns.questionShares[local] = 0;
      columns.scales[local] = 0;
      columns.languages[local] = 0;
      columns.printsA[local] = 0;
      columns.printsB[local] = 0;
      this.vectors.clear(local);
    }
    this.attributes = this.#attributesOf(this.count);
  }

  /** What is known of the first documents, dead ones left out. */
  #attributesOf(count: number): AttributeTable | null {
    return this.attributes?.only((local) => !this.isDead(local), count) ?? null;
  }

  encodeAttributes(identity: number): Uint8Array {
    return this.#attributesOf(this.packedCount)?.encode(identity) ?? new Uint8Array();
  }

  /** One packed block covers all documents, and nothing erased is in it. */
  get packed(): boolean {
    return !this.scrub && this.packedCount === this.count;
  }

  get bytes(): number {
    const postings = this.sources.reduce(
      (sum, source) =>
        sum + (source instanceof RecentPostings ? source.bytes : source.bytes.length),
      0,
    );
    const columns = this.columns.ordinals.length * bytesPerRow;
    return postings + columns + this.vectors.bytes + (this.attributes?.bytes ?? 0);
  }
}
