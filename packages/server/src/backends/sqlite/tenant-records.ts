/** The SQLite store seen by one tenant: every read and write is bound to it here. */
import type { KeyHash, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Batch,
  CommitResult,
  IndexRecords,
  KeptReceipt,
  KeyState,
  NamespaceInfo,
  PageQuery,
  Receipt,
  RecordOp,
  RecordRow,
  RowsWeight,
  RowVectors,
  TenantRecords,
  VersionQuery,
} from '../../ports/records.ts';
import { compactBytes } from '../../util/bytes.ts';
import type { Connection } from './connection.ts';
import { SqliteIndexRecords } from './index-records.ts';
import { Reader } from './reader.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import type { WriterClient } from './writer-client.ts';

/** What a thread of the store has: its own connection for reads, and a way to the writer. */
export interface StoreThread {
  readonly folder: string;
  readonly db: Connection;
  readonly writer: WriterClient;
  readonly clock: Clock;
}

export class SqliteTenantRecords implements TenantRecords {
  readonly #thread: StoreThread;
  readonly #tenant: TenantId;
  readonly #reader: Reader;
  /** Numbers known to be the tenant's. A number never changes hands, so this never goes stale. */
  readonly #owned = new Set<number>();

  constructor(thread: StoreThread, tenant: TenantId) {
    this.#thread = thread;
    this.#tenant = tenant;
    this.#reader = new Reader(thread.db);
  }

  namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]> {
    const { after, limit } = options;
    return this.#read(() => this.#reader.namespaces(this.#tenant, after ?? '', limit));
  }

  namespace(name: NamespaceName): Promise<NamespaceInfo | undefined> {
    return this.#read(() => this.#reader.namespace(this.#tenant, name));
  }

  nameOf(namespaceNo: number): Promise<NamespaceName | undefined> {
    return this.#readOwned(namespaceNo, undefined, () => this.#reader.nameOf(namespaceNo));
  }

  async remove(namespaceNo: number): Promise<boolean> {
    const request = { tenant: this.#tenant, namespaceNo };
    return this.#thread.writer.write({ kind: 'removeNamespace', ...request });
  }

  async commit(name: NamespaceName, batch: Batch): Promise<CommitResult> {
    const ops = batch.ops.map(compactOp);
    const documents = JSON.stringify(batch.documents ?? []).length;
    const bytes = ops.reduce((sum, op) => sum + bytesOf(op), documents);
    const now = this.#thread.clock.now();
    const request = { tenant: this.#tenant, name, batch: { ...batch, ops }, now };
    return this.#thread.writer.write({ kind: 'commit', ...request }, bytes);
  }

  byId(ids: readonly MemoryId[], namespaceNo?: number): ReturnType<TenantRecords['byId']> {
    return this.#read(() => {
      const found = [...new Set(ids)].flatMap((id) => this.#reader.byId(this.#tenant, id));
      return namespaceNo === undefined
        ? found
        : found.filter((place) => place.namespaceNo === namespaceNo);
    });
  }

  byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]> {
    return this.#readOwned(namespaceNo, [], () =>
      ordinals.flatMap((ordinal) => this.#reader.byOrdinal(namespaceNo, ordinal) ?? []),
    );
  }

  byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState> {
    const none: KeyState = { fact: null, lastTurn: null, turns: 0 };
    return this.#readOwned(namespaceNo, none, () => this.#reader.byKey(namespaceNo, keyHash, now));
  }

  allByKey(namespaceNo: number, keyHash: KeyHash): ReturnType<TenantRecords['allByKey']> {
    return this.#readOwned(namespaceNo, [], () => this.#reader.allByKey(namespaceNo, keyHash));
  }

  page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]> {
    return this.#readOwned(namespaceNo, [], () => this.#reader.page(namespaceNo, query, now));
  }

  versions(namespaceNo: number, ordinal: number, query: VersionQuery = {}): Promise<RecordRow[]> {
    const read = () => this.#reader.versions(namespaceNo, ordinal, query);
    return this.#readOwned(namespaceNo, [], read);
  }

  weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight> {
    const none = { versions: 0, vectors: 0 };
    return this.#readOwned(namespaceNo, none, () => this.#reader.weigh(namespaceNo, ordinals));
  }

  storedBytes(): Promise<number> {
    return this.#read(() => this.#reader.storedBytes(this.#tenant));
  }

  receipts(id: KeyHash): Promise<KeptReceipt[]> {
    const now = this.#thread.clock.now();
    return this.#read(() => this.#reader.receipts(this.#tenant, id, now));
  }

  keepReceipts(receipts: readonly Receipt[]): Promise<boolean> {
    const request = { tenant: this.#tenant, receipts, now: this.#thread.clock.now() };
    return this.#thread.writer.write({ kind: 'keepReceipts', ...request });
  }

  index(namespaceNo: number, generation: number): IndexRecords {
    return new SqliteIndexRecords(namespaceNo, generation, {
      db: this.#thread.db,
      writer: this.#thread.writer,
      read: (read) => this.#read(read),
      owns: () => this.#owns(namespaceNo),
    });
  }

  #readOwned<Result>(namespaceNo: number, none: Result, read: () => Result): Promise<Result> {
    return this.#read(() => (this.#owns(namespaceNo) ? read() : none));
  }

  async #read<Result>(read: () => Result): Promise<Result> {
    try {
      return read();
    } catch (error) {
      throw fromFault(toFault(error, this.#thread.folder));
    }
  }

  #owns(namespaceNo: number): boolean {
    if (this.#owned.has(namespaceNo)) return true;
    const isMine = this.#reader.owner(namespaceNo) === this.#tenant;
    if (isMine) this.#owned.add(namespaceNo);
    return isMine;
  }
}

function compactOp(op: RecordOp): RecordOp {
  if (op.op === 'erase') return op;
  const analysis = op.analysis && compactBytes(op.analysis);
  const vectors = op.vectors?.map(compactVectors) ?? [];
  if (op.op === 'put') {
    return { ...op, body: compactBytes(op.body), analysis: analysis ?? null, vectors };
  }
  return {
    ...op,
    ...(op.body && { body: compactBytes(op.body) }),
    ...(analysis !== undefined && { analysis }),
    vectors,
  };
}

function compactVectors({ generation, vectors }: RowVectors): RowVectors {
  return { generation, vectors: vectors && compactBytes(vectors) };
}

function bytesOf(op: RecordOp): number {
  if (op.op === 'erase') return 0;
  const vectors = op.vectors ?? [];
  return vectors.reduce(
    (sum, { vectors: made }) => sum + (made?.byteLength ?? 0),
    (op.body?.byteLength ?? 0) + (op.analysis?.byteLength ?? 0),
  );
}
