/** The store in memory seen by one tenant. */
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
  RecordRow,
  RowsWeight,
  TenantRecords,
  VersionQuery,
} from '../../ports/records.ts';
import { bodyBytesOf } from '../../ports/stored-bytes.ts';
import { compareUtf8 } from '../../util/bytes.ts';
import type { EphemeralControl } from './ephemeral-control.ts';
import { EphemeralIndexRecords } from './ephemeral-index.ts';
import { type EphemeralNamespace, isLive } from './ephemeral-namespace.ts';
import type { EphemeralNamespaces } from './ephemeral-store.ts';

export interface EphemeralParts {
  readonly namespaces: EphemeralNamespaces;
  readonly control: EphemeralControl;
  readonly clock: Clock;
}

export class EphemeralTenantRecords implements TenantRecords {
  readonly #namespaces: EphemeralNamespaces;
  readonly #control: EphemeralControl;
  readonly #tenant: TenantId;
  readonly #clock: Clock;

  constructor({ namespaces, control, clock }: EphemeralParts, tenant: TenantId) {
    this.#namespaces = namespaces;
    this.#control = control;
    this.#tenant = tenant;
    this.#clock = clock;
  }

  async namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]> {
    const { after = '', limit } = options;
    return this.#namespaces
      .ofTenant(this.#tenant)
      .filter(({ name }) => compareUtf8(name, after) > 0)
      .sort((a, b) => compareUtf8(a.name, b.name))
      .slice(0, limit)
      .map(({ info }) => info);
  }

  async namespace(name: NamespaceName): Promise<NamespaceInfo | undefined> {
    return this.#namespaces.find(this.#tenant, name)?.info;
  }

  async nameOf(namespaceNo: number): Promise<NamespaceName | undefined> {
    return this.#own(namespaceNo)?.name;
  }

  async remove(namespaceNo: number): Promise<boolean> {
    const space = this.#own(namespaceNo);
    if (!space || space.rows.size > 0) return false;
    this.#namespaces.remove(namespaceNo);
    return true;
  }

  async commit(name: NamespaceName, batch: Batch): Promise<CommitResult> {
    const now = this.#clock.now();
    const kept = this.#namespaces.receipts(this.#tenant);
    const { receipts = [], documents = [] } = batch;
    if (kept.hasAny(receipts, now)) return { ok: false, repeated: true };
    if (!this.#control.fits(documents)) return { ok: false };
    const added = bodyBytesOf(batch.ops);
    const storedBytes = this.#storedBytes();
    if (added > 0 && storedBytes + added > (batch.storedBytesMax ?? Number.POSITIVE_INFINITY)) {
      return { ok: false, storedBytes };
    }
    const known = this.#namespaces.find(this.#tenant, name);
    const space = known ?? this.#namespaces.draft(this.#tenant, name, now, batch.generation);
    const applied = space.apply(batch, now);
    if (!applied) return { ok: false };
    if (!known) this.#namespaces.add(space);
    kept.keep(receipts, applied, now);
    this.#control.write(documents, { seq: space.info.seq, at: Math.max(now, space.changedAt) });
    return { ok: true, namespace: space.info, applied };
  }

  async byId(
    ids: readonly MemoryId[],
    namespaceNo?: number,
  ): Promise<{ namespaceNo: number; namespace: NamespaceName; row: RecordRow }[]> {
    const spaces = this.#namespaces
      .ofTenant(this.#tenant)
      .filter(({ no }) => namespaceNo === undefined || no === namespaceNo);
    return [...new Set(ids)].flatMap((id) =>
      spaces.flatMap((space) => {
        const row = space.ofId(id);
        return row ? [{ namespaceNo: space.no, namespace: space.name, row }] : [];
      }),
    );
  }

  async byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]> {
    const space = this.#own(namespaceNo);
    return ordinals.flatMap((ordinal) => space?.at(ordinal) ?? []);
  }

  async byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState> {
    const space = this.#own(namespaceNo);
    if (!space) return { fact: null, lastTurn: null, turns: 0 };
    const rows = space.ofKey(keyHash).filter((row) => row.kind === 'episode' && isLive(row, now));
    const fact = space.currentFact(keyHash, now);
    return { fact, lastTurn: rows.at(-1) ?? null, turns: rows.length };
  }

  async allByKey(
    namespaceNo: number,
    keyHash: KeyHash,
  ): Promise<{ ordinal: number; version: number }[]> {
    const rows = this.#own(namespaceNo)?.ofKey(keyHash) ?? [];
    return rows.map(({ ordinal, version }) => ({ ordinal, version }));
  }

  async page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]> {
    const { after, order, kind, keyHash, all, limit } = query;
    const page: RecordRow[] = [];
    for (const row of this.#own(namespaceNo)?.walk(order, after) ?? []) {
      if (page.length >= limit) break;
      const isOfKind = kind === undefined || row.kind === kind;
      const isOfKey = keyHash === undefined || row.keyHash === keyHash;
      const isShown = all || (isLive(row, now) && row.trust !== 'quarantined');
      if (isOfKind && isOfKey && isShown) page.push(row);
    }
    return page;
  }

  async versions(
    namespaceNo: number,
    ordinal: number,
    query: VersionQuery = {},
  ): Promise<RecordRow[]> {
    const all = Number.POSITIVE_INFINITY;
    const { below = all, writtenBy = all, seqMax = all, limit = all } = query;
    const former = this.#own(namespaceNo)?.rows.get(ordinal)?.former ?? [];
    return former
      .filter((row) => row.version < below && row.updatedAt <= writtenBy && row.seq <= seqMax)
      .reverse()
      .slice(0, limit);
  }

  async weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight> {
    const space = this.#own(namespaceNo);
    const rows = ordinals.flatMap((ordinal) => space?.rows.get(ordinal) ?? []);
    const made = rows.flatMap(({ vectors }) => [...vectors.values()]);
    return {
      versions: rows.reduce((sum, { former }) => sum + former.length, 0),
      vectors: made.filter(({ vectors }) => (vectors?.length ?? 0) > 0).length,
    };
  }

  async storedBytes(): Promise<number> {
    return this.#storedBytes();
  }

  #storedBytes(): number {
    const spaces = this.#namespaces.ofTenant(this.#tenant);
    return spaces.reduce((sum, space) => sum + space.storedBytes, 0);
  }

  async receipts(id: KeyHash): Promise<KeptReceipt[]> {
    return this.#namespaces.receipts(this.#tenant).of(id, this.#clock.now());
  }

  async keepReceipts(receipts: readonly Receipt[]): Promise<boolean> {
    const now = this.#clock.now();
    const kept = this.#namespaces.receipts(this.#tenant);
    if (kept.hasAny(receipts, now)) return false;
    kept.keep(receipts, [], now);
    return true;
  }

  index(namespaceNo: number, generation: number): IndexRecords {
    return new EphemeralIndexRecords(() => this.#own(namespaceNo), generation);
  }

  #own(namespaceNo: number): EphemeralNamespace | undefined {
    return this.#namespaces.byNumber(this.#tenant, namespaceNo);
  }
}
