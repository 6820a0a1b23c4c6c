/** Records as a scope may see them: a namespace that is not allowed cannot be opened. */
import { type Access, requireAudience, requireNamespace } from '../domain/access.ts';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { KeyHash, MemoryId, NamespaceName, TenantId } from '../domain/memory.ts';
import type { StorageCap } from '../domain/plans.ts';
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
  RecordsPort,
  RowsWeight,
  TenantRecords,
  VersionQuery,
} from '../ports/records.ts';
import { createTurns } from '../util/turns.ts';
import type { ChangeFeed } from './events/change-feed.ts';
import type { Scope } from './scope.ts';

/** The one way from a request to its records. `known`: a namespace that need not be looked up. */
export function openRecords(
  { records, feed }: { readonly records: RecordsPort; readonly feed?: ChangeFeed | undefined },
  scope: Pick<Scope, 'tenant' | Guards>,
  known?: Known,
): TenantRecords {
  return new GuardedRecords(records.open(scope.tenant), scope, { feed, known });
}

type Known = Pick<NamespaceInfo, 'no' | 'name'>;
type Guards = 'access' | 'requireStill' | 'storageCap';

/**
 * Names are asked of the access before the store is, so that what is refused says nothing of what
 * is stored. Numbers come from names; one that did not is looked up.
 */
class GuardedRecords implements TenantRecords {
  readonly #all: TenantRecords;
  readonly #tenant: TenantId;
  readonly #access: Access;
  readonly #requireStill: () => void;
  readonly #storageCap: StorageCap | undefined;
  readonly #feed: ChangeFeed | undefined;
  readonly #opened = new Set<number>();

  constructor(
    all: TenantRecords,
    { tenant, access, requireStill, storageCap }: Pick<Scope, 'tenant' | Guards>,
    { feed, known }: { feed: ChangeFeed | undefined; known: Known | undefined },
  ) {
    this.#all = all;
    this.#tenant = tenant;
    this.#feed = feed;
    this.#access = access;
    this.#requireStill = requireStill ?? (() => undefined);
    this.#storageCap = storageCap;
    if (known && this.#allows(known.name)) this.#opened.add(known.no);
  }

  async namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]> {
    const allowed: NamespaceInfo[] = [];
    let { after } = options;
    // A key of few namespaces among many: small pages would be many reads, and long ones hold all.
    const limit = Math.max(options.limit, limits.listLimitMax);
    const turns = createTurns(this.#tenant);
    for (;;) {
      const from = after === undefined ? {} : { after };
      const found = await this.#all.namespaces({ ...from, limit });
      allowed.push(...found.filter(({ name }) => this.#allows(name)));
      after = found.at(-1)?.name;
      if (allowed.length >= options.limit || found.length < limit) break;
      if (turns.due()) await turns.next();
    }
    const page = allowed.slice(0, options.limit);
    for (const { no } of page) this.#opened.add(no);
    return page;
  }

  async namespace(name: NamespaceName): Promise<NamespaceInfo | undefined> {
    requireNamespace(this.#access, name);
    const info = await this.#all.namespace(name);
    if (info) this.#opened.add(info.no);
    return info;
  }

  async nameOf(namespaceNo: number): Promise<NamespaceName | undefined> {
    const name = await this.#all.nameOf(namespaceNo);
    if (name === undefined || !this.#allows(name)) return undefined;
    this.#opened.add(namespaceNo);
    return name;
  }

  async commit(name: NamespaceName, batch: Batch): Promise<CommitResult> {
    requireNamespace(this.#access, name);
    const isBound = !this.#access.isFull && !this.#access.allowsSystem(name);
    if (isBound) await this.#requireAudiences(name, batch.ops);
    this.#requireStill();
    const cap = this.#storageCap;
    const bounded = cap ? { ...batch, storedBytesMax: cap.bytesMax } : batch;
    const result = await this.#all.commit(name, bounded);
    if (cap && 'storedBytes' in result) throw full(cap, result.storedBytes);
    if (!result.ok) return result;
    const { no } = result.namespace;
    this.#opened.add(no);
    const changes = result.applied.length;
    this.#feed?.tell(this.#tenant, { namespace: name, namespaceNo: no, changes });
    return result;
  }

  async byId(ids: readonly MemoryId[], namespaceNo?: number) {
    const found = await this.#all.byId(ids, namespaceNo);
    const allowed = found.filter(({ namespace }) => this.#allows(namespace));
    for (const { namespaceNo: no } of allowed) this.#opened.add(no);
    return allowed;
  }

  async remove(namespaceNo: number): Promise<boolean> {
    await this.#requireOpened(namespaceNo);
    return this.#all.remove(namespaceNo);
  }

  async byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]> {
    await this.#requireOpened(namespaceNo);
    return this.#all.byOrdinal(namespaceNo, ordinals);
  }

  async byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState> {
    await this.#requireOpened(namespaceNo);
    return this.#all.byKey(namespaceNo, keyHash, now);
  }

  async allByKey(namespaceNo: number, keyHash: KeyHash) {
    await this.#requireOpened(namespaceNo);
    return this.#all.allByKey(namespaceNo, keyHash);
  }

  async page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]> {
    await this.#requireOpened(namespaceNo);
    this.#requireStill();
    return this.#all.page(namespaceNo, query, now);
  }

  async versions(namespaceNo: number, ordinal: number, query?: VersionQuery): Promise<RecordRow[]> {
    await this.#requireOpened(namespaceNo);
    return this.#all.versions(namespaceNo, ordinal, query);
  }

  async weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight> {
    await this.#requireOpened(namespaceNo);
    return this.#all.weigh(namespaceNo, ordinals);
  }

  storedBytes(): Promise<number> {
    return this.#all.storedBytes();
  }

  /** Their ids are hashes that hold the namespace; what they lead to is asked for by its name. */
  receipts(id: KeyHash): Promise<KeptReceipt[]> {
    return this.#all.receipts(id);
  }

  async keepReceipts(receipts: readonly Receipt[]): Promise<boolean> {
    this.#requireStill();
    return this.#all.keepReceipts(receipts);
  }

  index(namespaceNo: number, generation: number): IndexRecords {
    if (!this.#access.isFull && !this.#opened.has(namespaceNo)) {
      throw new Error('A namespace is opened by its name first.');
    }
    return this.#all.index(namespaceNo, generation);
  }

  /** What the application says through the `system` audience is not changed without leave. */
  async #requireAudiences(name: NamespaceName, ops: readonly RecordOp[]): Promise<void> {
    for (const op of ops) {
      if (op.op === 'erase') continue;
      requireAudience(this.#access, name, op.columns?.audience ?? 'user');
    }
    const changes = ops.flatMap((op) => (op.op === 'put' || op.op === 'erase' ? [] : [op]));
    const info = changes.length > 0 ? await this.#all.namespace(name) : undefined;
    if (info === undefined) return;
    const versions = new Set(changes.map((op) => `${op.ordinal} ${op.expectedVersion}`));
    const ordinals = [...new Set(changes.map((op) => op.ordinal))];
    for (const { ordinal, version, audience } of await this.#all.byOrdinal(info.no, ordinals)) {
      // A row that has become one meanwhile has another version: it is planned again.
      if (versions.has(`${ordinal} ${version}`)) requireAudience(this.#access, name, audience);
    }
  }

  #allows(name: NamespaceName): boolean {
    return this.#access.isFull || this.#access.allows(name);
  }

  async #requireOpened(namespaceNo: number): Promise<void> {
    if (this.#access.isFull || this.#opened.has(namespaceNo)) return;
    if ((await this.nameOf(namespaceNo)) !== undefined) return;
    throw new Error('A namespace that may not be opened was asked for by its number.');
  }
}

function full({ plan, bytesMax: limit }: StorageCap, used: number): MemoryError {
  const message = `The plan allows ${limit} stored bytes; ${used} are used. Forget something.`;
  const details = { quota: 'stored_bytes', plan, limit, used, resets_at: null };
  return new MemoryError('quota_exceeded', message, { details });
}
