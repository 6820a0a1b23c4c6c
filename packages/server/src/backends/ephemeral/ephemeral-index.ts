/** What a namespace index reads and keeps in the store in memory. */
import type {
  AnalysisRow,
  AnalysisUpdate,
  Change,
  IndexRecords,
  IndexSave,
  SegmentRow,
} from '../../ports/records.ts';
import type { EphemeralNamespace, StoredImage } from './ephemeral-namespace.ts';

export class EphemeralIndexRecords implements IndexRecords {
  /** Undefined while the namespace does not exist or is another tenant's. */
  readonly #space: () => EphemeralNamespace | undefined;
  readonly #generation: number;

  constructor(space: () => EphemeralNamespace | undefined, generation: number) {
    this.#space = space;
    this.#generation = generation;
  }

  async state(): ReturnType<IndexRecords['state']> {
    const space = this.#space();
    if (!space) return { epoch: 0, seq: 0, eraseSeq: 0, nextOrdinal: 1, arrivals: 0 };
    const { epoch, eraseSeq, nextOrdinal, arrivals } = space;
    return { epoch, seq: space.changes.length, eraseSeq, nextOrdinal, arrivals };
  }

  async changes(afterSeq: number, limit: number): Promise<Change[]> {
    return this.#space()?.changes.slice(afterSeq, afterSeq + limit) ?? [];
  }

  async arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]> {
    const rows = [...(this.#space()?.rows.values() ?? [])];
    return rows
      .flatMap(({ current, vectors }) => {
        const arrival = vectors.get(this.#generation)?.arrival ?? 0;
        return arrival > after ? [{ arrival, ordinal: current.ordinal }] : [];
      })
      .sort((a, b) => a.arrival - b.arrival)
      .slice(0, limit);
  }

  async analyses(ordinals: readonly number[]): Promise<AnalysisRow[]> {
    const wanted = [...new Set(ordinals)].sort((a, b) => a - b);
    return wanted.flatMap((ordinal) => this.#analysis(ordinal) ?? []);
  }

  async analysesBetween(
    ordinalMin: number,
    ordinalMax: number,
    limit: number,
  ): Promise<AnalysisRow[]> {
    const found: AnalysisRow[] = [];
    const end = Math.min(ordinalMax, (this.#space()?.nextOrdinal ?? 1) - 1);
    for (let at = Math.max(1, ordinalMin); at <= end && found.length < limit; at++) {
      const row = this.#analysis(at);
      if (row) found.push(row);
    }
    return found;
  }

  async vectorsOf(ordinals: readonly number[]): ReturnType<IndexRecords['vectorsOf']> {
    const rows = await this.analyses(ordinals);
    return rows.flatMap(({ ordinal, vectors }) => (vectors?.length ? [{ ordinal, vectors }] : []));
  }

  async saveAnalyses(rows: readonly AnalysisUpdate[]): Promise<void> {
    const space = this.#space();
    for (const { ordinal, version, analysis, dropVectors } of rows) {
      const row = space?.rows.get(ordinal);
      if (row?.current.version !== version) continue;
      space?.rows.set(ordinal, { ...row, analysis: analysis.slice() });
      if (dropVectors) space?.dropVectors(ordinal);
    }
  }

  async manifest(): ReturnType<IndexRecords['manifest']> {
    return this.#image()?.manifest;
  }

  async segment(no: number): Promise<SegmentRow | undefined> {
    return this.#image()?.segments.get(no);
  }

  async save(image: IndexSave): Promise<boolean> {
    const space = this.#space();
    if (space?.epoch !== image.epoch || image.seq < space.eraseSeq) return false;
    const stored = space.image(this.#generation);
    for (const no of image.remove) stored.segments.delete(no);
    for (const segment of image.put) stored.segments.set(segment.no, copied(segment));
    for (const { no, columns } of image.putColumns) {
      const segment = stored.segments.get(no);
      if (segment) stored.segments.set(no, { ...segment, columns: columns.slice() });
    }
    const { epoch, seq, manifest } = image;
    stored.manifest = { epoch, seq, manifest: manifest.slice() };
    return true;
  }

  async drop(): Promise<void> {
    this.#space()?.dropImage(this.#generation);
  }

  #image(): StoredImage | undefined {
    return this.#space()?.image(this.#generation);
  }

  #analysis(ordinal: number): AnalysisRow | undefined {
    const row = this.#space()?.rows.get(ordinal);
    if (row === undefined) return undefined;
    const { body: _, ...columns } = row.current;
    const vectors = row.vectors.get(this.#generation)?.vectors ?? null;
    return { ...columns, analysis: row.analysis, vectors };
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
