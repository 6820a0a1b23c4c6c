/** What a namespace index reads and keeps in the store in memory. */
import type {
  AnalysisRow,
  Change,
  IndexRecords,
  IndexSave,
  SegmentRow,
} from '../../ports/records.ts';
import type { EphemeralNamespace } from './ephemeral-namespace.ts';

export class EphemeralIndexRecords implements IndexRecords {
  /** Undefined while the namespace does not exist or is another tenant's. */
  readonly #space: () => EphemeralNamespace | undefined;

  constructor(space: () => EphemeralNamespace | undefined) {
    this.#space = space;
  }

  async state(): ReturnType<IndexRecords['state']> {
    const space = this.#space();
    if (!space) return { epoch: 0, seq: 0, eraseSeq: 0, nextOrdinal: 1 };
    const { epoch, eraseSeq, nextOrdinal } = space;
    return { epoch, seq: space.changes.length, eraseSeq, nextOrdinal };
  }

  async changes(afterSeq: number, limit: number): Promise<Change[]> {
    return this.#space()?.changes.slice(afterSeq, afterSeq + limit) ?? [];
  }

  async analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    const wanted = new Set(ordinals);
    return this.#analyses().filter(({ ordinal }) => wanted.has(ordinal));
  }

  async analysesBetween(
    ordinalMin: number,
    ordinalMax: number,
    limit: number,
  ): Promise<AnalysisRow[]> {
    return this.#analyses()
      .filter(({ ordinal }) => ordinalMin <= ordinal && ordinal <= ordinalMax)
      .slice(0, limit);
  }

  async saveAnalyses(
    rows: readonly { ordinal: number; version: number; analysis: Uint8Array }[],
  ): Promise<void> {
    const space = this.#space();
    for (const { ordinal, version, analysis } of rows) {
      const row = space?.rows.get(ordinal);
      if (row?.current.version !== version) continue;
      space?.rows.set(ordinal, { ...row, analysis: analysis.slice() });
    }
  }

  async manifest(): ReturnType<IndexRecords['manifest']> {
    return this.#space()?.manifest;
  }

  async segment(no: number): Promise<SegmentRow | undefined> {
    return this.#space()?.segments.get(no);
  }

  async save(image: IndexSave): Promise<boolean> {
    const space = this.#space();
    if (space?.epoch !== image.epoch || image.seq < space.eraseSeq) return false;
    for (const no of image.remove) space.segments.delete(no);
    for (const segment of image.put) space.segments.set(segment.no, copied(segment));
    for (const { no, columns } of image.putColumns) {
      const segment = space.segments.get(no);
      if (segment) space.segments.set(no, { ...segment, columns: columns.slice() });
    }
    const { epoch, seq, manifest } = image;
    space.manifest = { epoch, seq, manifest: manifest.slice() };
    return true;
  }

  async drop(): Promise<void> {
    const space = this.#space();
    if (!space) return;
    space.segments.clear();
    space.manifest = undefined;
  }

  #analyses(): AnalysisRow[] {
    return [...(this.#space()?.rows.values() ?? [])].map(({ current, analysis }) => {
      const { body: _, ...columns } = current;
      return { ...columns, analysis };
    });
  }
}

function copied(segment: SegmentRow): SegmentRow {
  const { columns, postings, matrix } = segment;
  return {
    ...segment,
    columns: columns.slice(),
    postings: postings.slice(),
    matrix: matrix.slice(),
  };
}
