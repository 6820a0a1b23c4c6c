/** The store seen by one tenant: every key that is asked for has the tenant in it. */
import {
  type KeyHash,
  kinds,
  type MemoryId,
  type NamespaceName,
  type TenantId,
} from '../../domain/memory.ts';
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
import { inTurns } from './chunks.ts';
import { CommitQueue } from './commit-queue.ts';
import { isMade } from './draft.ts';
import { type Head, infoOf } from './head-codec.ts';
import { ItemIndexRecords } from './index-records.ts';
import { type Item, numberIn, textIn } from './items.ts';
import {
  idKey,
  idPartition,
  numberAtEnd,
  padTime,
  partitionOf,
  type Space,
  sortKeys,
} from './keys.ts';
import type { Names } from './names.ts';
import { Patience } from './patience.ts';
import { readPage } from './read-page.ts';
import { readVersions } from './read-versions.ts';
import { ReceiptDraft } from './receipt-draft.ts';
import { type ReadParts, readRows, steadily, toRecords, torn } from './row-reader.ts';

export interface StoreParts extends ReadParts {
  readonly names: Names;
  readonly clock: Clock;
}

/** An id of another length is nobody's. */
const idCharsMax = 200;

export class ItemTenantRecords implements TenantRecords {
  readonly #parts: StoreParts;
  readonly #tenant: TenantId;
  readonly #commits: CommitQueue;

  constructor(parts: StoreParts, tenant: TenantId) {
    this.#parts = parts;
    this.#tenant = tenant;
    this.#commits = new CommitQueue(parts, tenant);
  }

  async namespaces(options: { after?: NamespaceName; limit: number }): Promise<NamespaceInfo[]> {
    return (await this.#parts.names.headsOf(this.#tenant, options)).map(infoOf);
  }

  async namespace(name: NamespaceName): Promise<NamespaceInfo | undefined> {
    const { names, writer } = this.#parts;
    const place = { tenant: this.#tenant, name };
    for (let tries = 0; tries < 2; tries++) {
      const space = await names.find(place);
      const head = space && (await writer.settled(space));
      if (head) return infoOf(head);
      // What is remembered may be gone, and be there again under another number.
      names.forget(place);
      if (!space) return undefined;
    }
    return undefined;
  }

  async nameOf(namespaceNo: number): Promise<NamespaceName | undefined> {
    return (await this.#parts.writer.settled(this.#space(namespaceNo)))?.name;
  }

  async remove(namespaceNo: number): Promise<boolean> {
    const { writer, names, blobs, table } = this.#parts;
    const space = this.#space(namespaceNo);
    const pk = partitionOf(space);
    const note = await writer.inTurn(space, async () => {
      const patience = new Patience(table.timeoutMs);
      for (;;) {
        const head = await writer.settled(space);
        if (!head || head.memories > 0) return undefined;
        const { note: noted, writes } = blobs.retirePartition(pk);
        const condition = { equals: { r: head.revision }, lacks: ['j'] };
        const key = { pk, sk: sortKeys.head };
        const gone = [{ delete: key, condition }, ...names.writesOfEnd(head), ...writes];
        if ((await table.transact(gone)) === 'done') {
          names.forget(head);
          return noted;
        }
        await patience.wait();
      }
    });
    if (!note) return false;
    await blobs.removePartition(note, pk);
    return true;
  }

  commit(name: NamespaceName, batch: Batch): Promise<CommitResult> {
    return this.#commits.commit(name, batch, this.#parts.clock.now());
  }

  async byId(ids: readonly MemoryId[], namespaceNo?: number): ReturnType<TenantRecords['byId']> {
    const wanted = [...new Set(ids)].filter(({ length }) => length > 0 && length <= idCharsMax);
    const places =
      namespaceNo === undefined
        ? await this.#placesOf(wanted)
        : await this.#placesIn(wanted, this.#space(namespaceNo));
    const nos = [...new Set(places.map(({ no }) => no))].sort((a, b) => a - b);
    const found = await Promise.all(
      nos.map(async (no) => {
        const here = places.filter((place) => place.no === no);
        const ordinals = here.map(({ ordinal }) => ordinal);
        const read = await this.#rows(this.#space(no), ordinals);
        const rows = read?.rows ?? [];
        return rows.map((row) => ({ namespaceNo: no, namespace: read?.name, row }));
      }),
    );
    const order = new Map(wanted.map((id, i) => [id, i]));
    return found
      .flat()
      .flatMap(({ namespace, ...rest }) => {
        // A place that was read before its row was erased may be another one's by now.
        const isAsked = order.has(rest.row.id);
        return namespace !== undefined && isAsked ? [{ ...rest, namespace }] : [];
      })
      .sort((a, b) => (order.get(a.row.id) ?? 0) - (order.get(b.row.id) ?? 0));
  }

  async #placesOf(ids: readonly MemoryId[]): Promise<{ no: number; ordinal: number }[]> {
    const places: { no: number; ordinal: number }[] = [];
    await inTurns(ids, async (id) => {
      for (const item of await this.#parts.table.all({ pk: idPartition(this.#tenant, id) })) {
        places.push({ no: Number(textIn(item, 'sk')), ordinal: numberIn(item, 'o') });
      }
    });
    return places;
  }

  async #placesIn(
    ids: readonly MemoryId[],
    space: Space,
  ): Promise<{ no: number; ordinal: number }[]> {
    const found = await this.#parts.table.getAll(ids.map((id) => idKey(space, id)));
    return [...found.values()].map((item) => ({ no: space.no, ordinal: numberIn(item, 'o') }));
  }

  async byOrdinal(namespaceNo: number, ordinals: readonly number[]): Promise<RecordRow[]> {
    const read = await this.#rows(this.#space(namespaceNo), ordinals);
    return read?.rows ?? [];
  }

  /** In the order of the ordinals. */
  #rows(
    space: Space,
    ordinals: readonly number[],
  ): Promise<{ rows: RecordRow[]; name: NamespaceName } | undefined> {
    return steadily(this.#parts, space, async (head) => {
      const found = await readRows(this.#parts, head, ordinals);
      if (found === torn) return torn;
      const inOrder = ordinals.flatMap((ordinal) => found.get(ordinal) ?? []);
      const rows = await toRecords(this.#parts, head, inOrder);
      return rows === torn ? torn : { rows, name: head.name };
    });
  }

  async byKey(namespaceNo: number, keyHash: KeyHash, now: number): Promise<KeyState> {
    const space = this.#space(namespaceNo);
    const state = await steadily(this.#parts, space, (head) => this.#keyState(head, keyHash, now));
    return state ?? { fact: null, lastTurn: null, turns: 0 };
  }

  async #keyState(head: Head, keyHash: KeyHash, now: number): Promise<KeyState | typeof torn> {
    const { table } = this.#parts;
    const pk = partitionOf(head);
    const filter = { aboveOrNone: { x: now } };
    const isTurn = { equals: { k: kinds.indexOf('episode') }, lacks: ['a', 's'] };
    const turnFilter = { ...filter, ...isTurn };
    const expired = sortKeys.allExpiring(keyHash);
    const [fact, turn, thread, expiredTurns] = await Promise.all([
      table.last({ pk, prefix: sortKeys.facts(keyHash), filter }),
      table.last({ pk, prefix: sortKeys.allOfKey(keyHash), filter: turnFilter }),
      table.get({ pk, sk: sortKeys.thread(keyHash) }),
      table.count({ pk, from: expired, to: `${expired}${padTime(now)}~` }),
    ]);
    const ordinalOf = (item: Item | undefined): number =>
      item ? numberAtEnd(textIn(item, 'sk')) : 0;
    const wanted = [ordinalOf(fact), ordinalOf(turn)];
    const found = await readRows(this.#parts, head, wanted);
    if (found === torn) return torn;
    // Several questions make one answer: nobody may have written between them.
    const after = await table.get({ pk, sk: sortKeys.head });
    if (!after || numberIn(after, 'r') !== head.revision) return torn;
    const rows = wanted.flatMap((ordinal) => found.get(ordinal) ?? []);
    const records = await toRecords(this.#parts, head, rows);
    if (records === torn) return torn;
    const rowAt = (ordinal: number) => records.find((row) => row.ordinal === ordinal) ?? null;
    const turns = (thread ? numberIn(thread, 'n') : 0) - expiredTurns;
    return { fact: rowAt(wanted[0] ?? 0), lastTurn: rowAt(wanted[1] ?? 0), turns };
  }

  async allByKey(
    namespaceNo: number,
    keyHash: KeyHash,
  ): Promise<{ ordinal: number; version: number }[]> {
    const space = this.#space(namespaceNo);
    const { table } = this.#parts;
    const found = await steadily(this.#parts, space, async () =>
      table.all({ pk: partitionOf(space), prefix: sortKeys.allOfKey(keyHash) }),
    );
    return (found ?? []).map((item) => ({
      ordinal: numberAtEnd(textIn(item, 'sk')),
      version: numberIn(item, 'v'),
    }));
  }

  async page(namespaceNo: number, query: PageQuery, now: number): Promise<RecordRow[]> {
    const space = this.#space(namespaceNo);
    const page = await steadily(this.#parts, space, (head) =>
      readPage(this.#parts, head, query, now),
    );
    return page ?? [];
  }

  async versions(
    namespaceNo: number,
    ordinal: number,
    query: VersionQuery = {},
  ): Promise<RecordRow[]> {
    const space = this.#space(namespaceNo);
    const found = await steadily(this.#parts, space, (head) =>
      readVersions(this.#parts, head, ordinal, query),
    );
    return found ?? [];
  }

  async weigh(namespaceNo: number, ordinals: readonly number[]): Promise<RowsWeight> {
    const weight = await steadily(this.#parts, this.#space(namespaceNo), async (head) => {
      const found = await readRows(this.#parts, head, ordinals);
      if (found === torn) return torn;
      const rows = [...found.values()];
      const made = rows.flatMap(({ vectors }) => [...vectors.values()].filter(isMade));
      const versions = rows.reduce(
        (sum, { columns, firstVersion }) => sum + columns.version - firstVersion,
        0,
      );
      return { versions, vectors: made.length };
    });
    return weight ?? { versions: 0, vectors: 0 };
  }

  async storedBytes(): Promise<number> {
    const heads = await this.#parts.names.headsOf(this.#tenant);
    return heads.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  }

  async receipts(id: KeyHash): Promise<KeptReceipt[]> {
    const { table, clock } = this.#parts;
    const draft = await ReceiptDraft.load(table, this.#tenant, [id]);
    return draft.of(id, clock.now());
  }

  async keepReceipts(receipts: readonly Receipt[]): Promise<boolean> {
    const { table, clock } = this.#parts;
    const patience = new Patience(table.timeoutMs);
    for (;;) {
      const now = clock.now();
      const ids = receipts.map(({ id }) => id);
      const draft = await ReceiptDraft.load(table, this.#tenant, ids);
      if (draft.hasAny(receipts, now)) return false;
      draft.keep(receipts, []);
      const writes = draft.writes(now);
      if (writes.length === 0 || (await table.transact(writes)) === 'done') return true;
      await patience.wait();
    }
  }

  index(namespaceNo: number, generation: number): IndexRecords {
    return new ItemIndexRecords(this.#parts, this.#space(namespaceNo), generation);
  }

  #space(no: number): Space {
    return { tenant: this.#tenant, no };
  }
}
