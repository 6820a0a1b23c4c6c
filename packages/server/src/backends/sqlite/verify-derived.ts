/** Reads what is derived from memories: analyses, vectors and stored indexes. */
import { changeOps } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import type { GenerationRegistry, StoreCheck } from './doctor.ts';
import { listed } from './listed.ts';
import { namespaceOf, ordinalOf } from './row-codec.ts';

/** How to read what the store keeps for others: its bytes mean nothing here. */
export interface DerivedReaders extends GenerationRegistry {
  /** Numbers in a vector, by generation. */
  dimensionsIn(value: string): ReadonlyMap<number, number>;
  /** Each of these says what is wrong, or undefined. */
  bodyProblem(body: Uint8Array): string | undefined;
  analysisProblem(analysis: Uint8Array): string | undefined;
  vectorsProblem(stored: {
    readonly vectors: Uint8Array;
    readonly analysis: Uint8Array | null;
    readonly dimension: number | undefined;
  }): string | undefined;
  imageProblems(stored: {
    readonly manifest: Uint8Array;
    readonly segments: readonly SegmentBlobs[];
    /** Ordinals of rows that were erased since: segments around them are gone. */
    readonly erased: readonly number[];
  }): string[];
}

interface SegmentBlobs {
  readonly no: number;
  readonly ordinalMin: number;
  readonly ordinalMax: number;
  readonly columns: Uint8Array;
  readonly postings: Uint8Array;
  readonly matrix: Uint8Array;
}

const rowsPerPage = 500;
const remade = 'a running server makes it again when it is needed';

export function verifyDerived(db: Connection, readers: DerivedReaders): StoreCheck[] {
  return [verifyAnalyses(db, readers), verifyVectors(db, readers), verifyImages(db, readers)];
}

function verifyAnalyses(db: Connection, { analysisProblem }: DerivedReaders): StoreCheck {
  const sql = `SELECT row, analysis FROM analyses WHERE row > ? ORDER BY row LIMIT ${rowsPerPage}`;
  const problems: string[] = [];
  let count = 0;
  for (let after = 0; ; ) {
    const page = db.allTuples<readonly [number, Uint8Array]>(sql, after);
    for (const [row, analysis] of page) {
      const problem = analysisProblem(analysis);
      if (problem !== undefined) problems.push(`${nameOf(row)}: ${problem}`);
      after = row;
    }
    count += page.length;
    if (page.length < rowsPerPage) return derived('analyses', problems, `${count} are whole`);
  }
}

const vectorsSql = `SELECT v.row, v.generation, v.vectors, a.analysis
  FROM vectors v LEFT JOIN analyses a ON a.row = v.row
  WHERE (v.row, v.generation) > (?, ?) AND v.vectors IS NOT NULL
  ORDER BY v.row, v.generation LIMIT ${rowsPerPage}`;

function verifyVectors(db: Connection, readers: DerivedReaders): StoreCheck {
  const registry = db.get<{ value: Uint8Array }>(
    'SELECT value FROM control WHERE key = ?',
    readers.key,
  );
  const text = registry && Buffer.from(registry.value).toString('utf8');
  const dimensions = text === undefined ? new Map<number, number>() : readers.dimensionsIn(text);
  const problems: string[] = [];
  let count = 0;
  for (let after: readonly [number, number] = [0, 0]; ; ) {
    const page = db.allTuples<readonly [number, number, Uint8Array, Uint8Array | null]>(
      vectorsSql,
      ...after,
    );
    for (const [row, generation, vectors, analysis] of page) {
      const dimension = dimensions.get(generation);
      const problem = readers.vectorsProblem({ vectors, analysis, dimension });
      if (problem !== undefined) problems.push(`${nameOf(row)}: ${problem}`);
      after = [row, generation];
    }
    count += page.length;
    if (page.length < rowsPerPage) {
      return derived('vector bytes', problems, `${count} fit their memories and models`);
    }
  }
}

interface SqlImage {
  readonly manifest: Uint8Array;
  readonly seq: number;
}

/** One image at a time on one snapshot: a running server may be saving another. */
function verifyImages(db: Connection, { imageProblems }: DerivedReaders): StoreCheck {
  const keys = db.all<{ no: number; generation: number }>(
    'SELECT namespace_no AS no, generation FROM manifests ORDER BY namespace_no, generation',
  );
  const problems = keys.flatMap(({ no, generation }) =>
    db.snapshot(() => {
      const image = db.get<SqlImage>(
        `SELECT i.seq, i.manifest FROM manifests i
          JOIN namespaces n ON n.no = i.namespace_no AND n.epoch = i.epoch
          WHERE i.namespace_no = ? AND i.generation = ?`,
        no,
        generation,
      );
      if (!image) return [];
      const segments = db.all<SegmentBlobs>(
        `SELECT no, ordinal_min AS ordinalMin, ordinal_max AS ordinalMax, columns, postings, matrix
          FROM segments WHERE namespace_no = ? AND generation = ?`,
        no,
        generation,
      );
      const erased = db.all<{ ordinal: number }>(
        'SELECT ordinal FROM changes WHERE namespace_no = ? AND seq > ? AND op = ?',
        no,
        image.seq,
        changeOps.indexOf('erase'),
      );
      const { manifest } = image;
      const ordinals = erased.map(({ ordinal }) => ordinal);
      const found = imageProblems({ manifest, segments, erased: ordinals });
      return found.map((problem) => `namespace ${no}: ${problem}`);
    }),
  );
  return derived('index bytes', problems, `${keys.length} images are whole`);
}

function derived(name: string, problems: readonly string[], fine: string): StoreCheck {
  const isRight = problems.length === 0;
  return { name, ok: isRight, detail: isRight ? fine : `${listed(problems)}; ${remade}` };
}

const nameOf = (row: number): string => `row ${ordinalOf(row)} of namespace ${namespaceOf(row)}`;
