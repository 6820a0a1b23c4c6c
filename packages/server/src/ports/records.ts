/**
 * Where memories live: the truth. A namespace is a gap-free log of changes over rows; every index
 * is a fold over that log. Implementations: backends/sqlite, backends/ephemeral. The contract
 * suite in backends/contract states every rule below as a test.
 */
import type {
  Audience,
  JsonObject,
  KeyHash,
  Kind,
  MemoryColumns,
  MemoryId,
  NamespaceName,
  TenantId,
} from '../domain/memory.ts';

export const changeOps = [
  'put',
  'patch',
  'supersede',
  'archive',
  'expire',
  'erase',
  'restore',
] as const;
export type ChangeOp = (typeof changeOps)[number];

/** One numbered step in a namespace's history. It never holds content. */
export interface Change {
  /** Gap-free in its namespace, from 1. */
  readonly seq: number;
  readonly op: ChangeOp;
  readonly ordinal: number;
  readonly version: number;
  /** Of op erase: what is told of the row, which is not there to be asked any more. */
  readonly erased?: ErasedRow;
}

/** Absent for what was erased by a release that did not keep it. */
export interface ErasedRow {
  readonly id: MemoryId;
  readonly audience: Audience;
  /** When it was erased. */
  readonly at: number;
}

export interface NamespaceInfo {
  /** Unique in the store, from 1, never reused; below 2^21. */
  readonly no: number;
  readonly name: NamespaceName;
  /**
   * Another one where a backup was restored, because numbers of changes are given again then;
   * indexes and cursors check it. A namespace that is cleared and written anew has another `no`.
   */
  readonly epoch: number;
  /** The newest change. */
  readonly seq: number;
  /** The newest change of op erase; an index image made before it must not be kept. */
  readonly eraseSeq: number;
  /** The newest arrival of a vector, whatever its generation. */
  readonly arrivals: number;
  /** Rows that were not erased. */
  readonly memories: number;
  /** Whose vectors searches use; 0 while the namespace has none yet. */
  readonly generation: number;
  readonly createdAt: number;
  /** When the newest change was written. */
  readonly changedAt: number;
}

/** A stored row. `body` and `analysis` are opaque to the backend. */
export interface RecordRow extends MemoryColumns {
  readonly ordinal: number;
  /** The newest change that touched the row. */
  readonly seq: number;
  /** The encoded MemoryBody. */
  readonly body: Uint8Array;
  /** True where the generation that the namespace is searched by has a vector of the row. */
  readonly hasVector: boolean;
}

/** What the index needs of a row in one generation: columns and derived data, never the body. */
export interface AnalysisRow extends MemoryColumns {
  readonly ordinal: number;
  readonly seq: number;
  /** Derived from the body, so it may be missing and can be made again. */
  readonly analysis: Uint8Array | null;
  /** Vectors of the generation; null while they are not made yet. */
  readonly vectors: Uint8Array | null;
}

/**
 * Vectors of one row in one generation: those of one embedder, told apart by a number from 1 that
 * is never used again. Null says that they are still to be made; empty, that there are none.
 */
export interface RowVectors {
  readonly generation: number;
  readonly vectors: Uint8Array | null;
}

/** Columns the backend assigns: version, createdAt and updatedAt. */
export type NewColumns = Omit<
  MemoryColumns,
  'version' | 'createdAt' | 'updatedAt' | 'supersededAt' | 'supersededBy'
>;

export interface PutOp {
  readonly op: 'put';
  /** The first version; 1 when absent. A fact that replaces another goes on counting. */
  readonly version?: number;
  /** One that comes from elsewhere may have been replaced there already. */
  readonly columns: NewColumns & Partial<Pick<MemoryColumns, 'supersededAt' | 'supersededBy'>>;
  readonly body: Uint8Array;
  readonly analysis: Uint8Array | null;
  /** One entry per generation that is kept. */
  readonly vectors: readonly RowVectors[];
}

/** A new version of an existing row. Unnamed columns stay; the old version is kept as history. */
export interface UpdateOp {
  readonly op: Exclude<ChangeOp, 'put' | 'erase'>;
  readonly ordinal: number;
  /** The batch fails as a whole when the row has another version by now. */
  readonly expectedVersion: number;
  readonly columns?: Partial<Omit<MemoryColumns, 'id' | 'version' | 'createdAt' | 'updatedAt'>>;
  /** Absent: the body stays. */
  readonly body?: Uint8Array;
  readonly analysis?: Uint8Array | null;
  /** With a new body, generations that are not named wait for their vectors again. */
  readonly vectors?: readonly RowVectors[];
  /** The new body says the same: what has vectors keeps them, and what waits goes on waiting. */
  readonly keepsVectors?: true;
}

/**
 * Removes row, history, analysis, vectors of every generation and every stored index segment that
 * could hold its content.
 */
export interface EraseOp {
  readonly op: 'erase';
  readonly ordinal: number;
  readonly expectedVersion: number;
}

export type RecordOp = PutOp | UpdateOp | EraseOp;

/** What the writer believed of a key when it planned the batch. */
export interface KeyExpectation {
  readonly keyHash: KeyHash;
  /** The current fact's ordinal and version, or null when the key had none. */
  readonly fact: { readonly ordinal: number; readonly version: number } | null;
}

/**
 * Says that a request was carried out, so that its repetition is answered and not done again. It
 * holds ids, versions and codes, never content.
 */
export interface Receipt {
  /** Keyed hash of what names the request; with `part` unique in the tenant until it expires. */
  readonly id: KeyHash;
  /** Place of an item in its request; 0 for a request of one. */
  readonly part: number;
  /** Keyed hash of what was asked. */
  readonly fingerprint: KeyHash;
  /** What the engine needs to answer again. */
  readonly note: string;
  readonly expiresAt: number;
}

/** A receipt as it was kept; `applied` is the outcome of the op that it names, if any. */
export interface KeptReceipt extends Omit<Receipt, 'expiresAt'> {
  readonly applied: Applied | null;
}

/** A control document that is written with the ops or not at all. */
export interface BatchDocument {
  readonly key: string;
  readonly value: JsonObject;
  /** The version that is stored, 0 for none; the batch fails as a whole when it is another one. */
  readonly expected: number;
  /** The field of the document that gets the `{ seq, at }` of the batch's newest change. */
  readonly stamp?: string;
}

export interface Batch {
  /** Of a namespace that the batch makes; 0 when absent, or when it is closed. */
  readonly generation?: number;
  readonly ops: readonly RecordOp[];
  readonly expect?: readonly KeyExpectation[];
  /** Rows that must still have these versions, though no op names them. */
  readonly unchanged?: readonly { readonly ordinal: number; readonly version: number }[];
  /** Kept with the ops or not at all; `op` is the place of the op whose outcome is to be kept. */
  readonly receipts?: readonly (Receipt & { readonly op?: number })[];
  readonly documents?: readonly BatchDocument[];
  /** A batch that brings bodies fails as a whole where the tenant would keep more than this. */
  readonly storedBytesMax?: number;
}

export interface Applied {
  readonly seq: number;
  readonly ordinal: number;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type CommitResult =
  /** Durable and visible to every reader; one entry per op, in order. */
  | { readonly ok: true; readonly namespace: NamespaceInfo; readonly applied: Applied[] }
  /**
   * An expectation, an expectedVersion or a document's version did not hold: nothing of the batch
   * was applied.
   * `repeated`: one of its receipts is there already, so somebody else has carried it out.
   */
  | { readonly ok: false; readonly repeated?: true }
  /** Over `storedBytesMax`: how much the tenant keeps, without the batch. */
  | { readonly ok: false; readonly repeated?: never; readonly storedBytes: number };

/** What a key points at, archived, expired and superseded rows left out. */
export interface KeyState {
  /** The fact that is not superseded, if any. */
  readonly fact: RecordRow | null;
  /** The newest episode of the thread, if any. */
  readonly lastTurn: RecordRow | null;
  /** Episodes in the thread. */
  readonly turns: number;
}

export interface PageQuery {
  /** Start after this ordinal in the given order; absent: from the beginning. */
  readonly after?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly kind?: Kind;
  readonly keyHash?: KeyHash;
  /** Archived, superseded, expired and quarantined rows too. */
  readonly all?: boolean;
}

/** What goes with rows that are erased. */
export interface RowsWeight {
  /** Former versions. */
  readonly versions: number;
  /** Sets of vectors, one per row and generation. */
  readonly vectors: number;
}

/** Which former versions of a row are read; all of them where nothing is named. */
export interface VersionQuery {
  /** Only versions before this one. */
  readonly below?: number;
  /** Only those that were written at this time or before, in milliseconds since 1970 UTC. */
  readonly writtenBy?: number;
  /** Only those of this change or an earlier one. */
  readonly seqMax?: number;
  readonly limit?: number;
}

/** One stored part of a namespace's index. Its blobs are opaque and derived. */
export interface SegmentRow {
  /** Unique in its namespace. */
  readonly no: number;
  /** Bounds of the ordinals inside: an erase between them drops the segment. */
  readonly ordinalMin: number;
  readonly ordinalMax: number;
  readonly columns: Uint8Array;
  readonly postings: Uint8Array;
  readonly matrix: Uint8Array;
}

/** The index image of a namespace: a manifest (opaque) and the segments it names. */
export interface IndexSave {
  readonly epoch: number;
  /** The change up to which the image is complete. */
  readonly seq: number;
  readonly manifest: Uint8Array;
  /** New or rewritten segments. */
  readonly put: readonly SegmentRow[];
  /** Segments of which only the columns changed. */
  readonly putColumns: readonly { readonly no: number; readonly columns: Uint8Array }[];
  readonly remove: readonly number[];
}

/** Records of one tenant. A handle never sees another tenant's rows, whatever it is asked. */
export interface TenantRecords {
  namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]>;
  namespace(name: NamespaceName): Promise<NamespaceInfo | undefined>;
  /** Of the tenant's namespace with this number. */
  nameOf(namespaceNo: number): Promise<NamespaceName | undefined>;
  /**
   * Removes a namespace without rows: its name, its changes and what is left of its index. False,
   * and nothing removed, when it has rows or is not the tenant's. Its number is never used again.
   */
  remove(namespaceNo: number): Promise<boolean>;
  /** Applies a batch at once, making the namespace when it does not exist. */
  commit(name: NamespaceName, batch: Batch): Promise<CommitResult>;
  /** Rows by id across the tenant's namespaces, or in one. Unknown ids are left out. */
  byId(
    ids: readonly MemoryId[],
    namespaceNo?: number,
  ): Promise<{ namespaceNo: number; namespace: NamespaceName; row: RecordRow }[]>;
  /** Rows in the order of the ordinals; erased ones are left out. */
  byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]>;
  byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState>;
  /** Every row of a key, archived and superseded ones included: what forget by key removes. */
  allByKey(namespaceNo: number, keyHash: KeyHash): Promise<{ ordinal: number; version: number }[]>;
  page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]>;
  /** Former versions of a row, newest first, the current one not included. */
  versions(namespaceNo: number, ordinal: number, query?: VersionQuery): Promise<RecordRow[]>;
  weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight>;
  /** Bytes of all bodies of the tenant, those of former versions included. */
  storedBytes(): Promise<number>;
  /** What is kept of a request, by part; expired receipts are left out. */
  receipts(id: KeyHash): Promise<KeptReceipt[]>;
  /**
   * Keeps receipts of a request that changed nothing. False, and nothing kept, when one of them
   * is there already. Each receipt that is kept, here or by a commit, takes expired ones with it.
   */
  keepReceipts(receipts: readonly Receipt[]): Promise<boolean>;
  /** The index's view of the same rows in one generation. */
  index(namespaceNo: number, generation: number): IndexRecords;
}

export interface IndexState {
  readonly epoch: number;
  readonly seq: number;
  readonly eraseSeq: number;
  readonly nextOrdinal: number;
  /** The newest arrival of a vector, whatever its generation. */
  readonly arrivals: number;
}

/**
 * What a namespace index of one generation reads and keeps. Obtained from a tenant handle, so
 * isolation is decided before an index exists.
 */
export interface IndexRecords {
  state(): Promise<IndexState>;
  /** Changes after `afterSeq`, ordered, at most `limit`. */
  changes(afterSeq: number, limit: number): Promise<Change[]>;
  /**
   * Vectors of the generation that came after their row, by number, at most `limit`. Numbers rise
   * with time and have gaps.
   */
  arrivals(after: number, limit: number): Promise<{ arrival: number; ordinal: number }[]>;
  /** Rows by ordinal, erased ones left out, in ascending order of ordinal. */
  analyses(ordinals: readonly number[]): Promise<AnalysisRow[]>;
  /** Rows with ordinalMin <= ordinal <= ordinalMax, ascending, at most `limit`. */
  analysesBetween(ordinalMin: number, ordinalMax: number, limit: number): Promise<AnalysisRow[]>;
  /**
   * Vectors of the generation, without the rest of their rows: those that have none, or empty ones,
   * are left out. Ascending, in one reading.
   */
  vectorsOf(ordinals: readonly number[]): Promise<{ ordinal: number; vectors: Uint8Array }[]>;
  /**
   * Replaces derived analyses of rows that still have the named version. Not a change: what a
   * reader may see stays the same.
   */
  saveAnalyses(rows: readonly AnalysisUpdate[]): Promise<void>;
  manifest(): Promise<{ epoch: number; seq: number; manifest: Uint8Array } | undefined>;
  segment(no: number): Promise<SegmentRow | undefined>;
  /**
   * Keeps an index image. False, and nothing kept, when the epoch differs or something was erased
   * after `seq`: an image from before an erase must never come back.
   */
  save(image: IndexSave): Promise<boolean>;
  /** Forgets the stored image: it was damaged or made by another analyser or model. */
  drop(): Promise<void>;
}

export interface AnalysisUpdate {
  readonly ordinal: number;
  readonly version: number;
  readonly analysis: Uint8Array;
  /** The stored vectors do not fit the analysis: every generation waits for new ones. */
  readonly dropVectors?: boolean;
}

/** A row that waits for its vectors. */
export interface PendingRow {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  readonly ordinal: number;
}

export interface PendingQuery {
  readonly generation: number;
  /** Namespaces are asked in a circle that starts behind this one. */
  readonly afterNamespace: number;
  /** Rows taken from one namespace, the newest first. */
  readonly perNamespace: number;
  readonly limit: number;
}

export interface VectorUpdate {
  readonly namespaceNo: number;
  readonly ordinal: number;
  /** Of the row whose text was embedded. */
  readonly version: number;
  readonly vectors: Uint8Array;
}

export interface GenerationCounts {
  /** Namespaces that are searched by the generation. */
  readonly namespaces: number;
  /** Rows of all namespaces that wait for a vector of the generation. */
  readonly pending: number;
}

/**
 * Vectors of all tenants, for the one who makes them in the background. None of it is a change:
 * no seq moves, and what was erased or replaced meanwhile is left alone.
 */
export interface VectorRecords {
  pending(query: PendingQuery): Promise<PendingRow[]>;
  /**
   * Keeps vectors of rows that still wait for them in the named version, and tells how many. Each
   * gets the next arrival number of its namespace.
   */
  save(generation: number, rows: readonly VectorUpdate[]): Promise<number>;
  /** Generations that some namespace is searched by, ascending; 0 stands for none. */
  used(): Promise<number[]>;
  /** Namespaces that are searched by a generation, by number. */
  namespaces(
    generation: number,
    afterNo: number,
    limit: number,
  ): Promise<{ tenant: TenantId; namespaceNo: number }[]>;
  /**
   * Makes rows after an ordinal, at most `limit`, wait for vectors of a generation that they know
   * nothing of. Returns where to go on, or undefined at the end.
   */
  await(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined>;
  /** True while a row up to the ordinal waits for vectors of the generation. */
  waits(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean>;
  /**
   * From now on the namespace is searched by the generation. False, and nothing done, while a row
   * up to the ordinal waits for its vectors, and for a generation that is closed.
   */
  use(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean>;
  /**
   * From now on no namespace can be searched by the generation, for good. False, and nothing done,
   * while there is one that is.
   */
  close(generation: number): Promise<boolean>;
  /** Removes what is kept for a generation: rows after an ordinal as in `await`, and the image. */
  drop(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined>;
  counts(generation: number): Promise<GenerationCounts>;
  /** Rows of all namespaces whose vectors are empty. */
  countEmpty(generation: number): Promise<number>;
}

export interface RecordsStatus {
  readonly writable: boolean;
  /** Why it is not writable, in words for an operator. */
  readonly reason?: string;
}

export interface RecordsPort {
  /** For logs and doctor; the engine never branches on it. */
  readonly name: string;
  open(tenant: TenantId): TenantRecords;
  /** Namespaces of all tenants by number, after one: for what the server itself does for all. */
  namespaces(afterNo: number, limit: number): Promise<(NamespaceInfo & { tenant: TenantId })[]>;
  readonly vectors: VectorRecords;
  status(): Promise<RecordsStatus>;
  close(): Promise<void>;
}
