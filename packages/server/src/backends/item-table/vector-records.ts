/** Vectors of every tenant as items, for the server itself. */
import type { TenantId } from '../../domain/memory.ts';
import type {
  GenerationCounts,
  PendingQuery,
  PendingRow,
  VectorRecords,
  VectorUpdate,
} from '../../ports/records.ts';
import type { Draft } from './draft.ts';
import type { Head } from './head-codec.ts';
import { dropWrites } from './image-store.ts';
import { encodeItem, isSet, textIn } from './items.ts';
import {
  closedKey,
  numberAtEnd,
  padNo,
  padOrdinal,
  partitionOf,
  type Space,
  sortKeys,
  tallyPartition,
  usersPartition,
} from './keys.ts';
import { draftOf, rowsAt } from './load-rows.ts';
import type { Names } from './names.ts';
import type { Plan } from './namespace-writer.ts';
import { decodeRow, type StoredRow } from './row-codec.ts';
import type { ReadParts } from './row-reader.ts';

export interface VectorParts extends ReadParts {
  readonly names: Names;
}

export class ItemVectorRecords implements VectorRecords {
  readonly #parts: VectorParts;

  constructor(parts: VectorParts) {
    this.#parts = parts;
  }

  async pending(query: PendingQuery): Promise<PendingRow[]> {
    const { generation, afterNamespace, perNamespace, limit } = query;
    const { table } = this.#parts;
    const rows: PendingRow[] = [];
    for await (const { tenant, no } of this.#circle(`w${generation}`, afterNamespace)) {
      if (rows.length >= limit) break;
      const pk = partitionOf({ tenant, no });
      const most = Math.min(perNamespace, limit - rows.length);
      const prefix = sortKeys.allWaiting(generation);
      let found = 0;
      for await (const item of table.query({ pk, prefix, order: 'desc', pageSize: most })) {
        rows.push({ tenant, namespaceNo: no, ordinal: numberAtEnd(textIn(item, 'sk')) });
        if (++found === most) break;
      }
    }
    return rows;
  }

  /** Namespaces of a tally, behind a number to the end, then from the beginning up to it. */
  async *#circle(tally: string, after: number): AsyncGenerator<Space, void, undefined> {
    const pk = tallyPartition(tally);
    const parts = [
      { pk, from: padNo(after + 1) },
      { pk, from: padNo(0), to: padNo(after) },
    ];
    for (const part of parts) {
      for await (const item of this.#parts.table.query(part)) {
        yield { tenant: textIn(item, 'tn') as TenantId, no: Number(textIn(item, 'sk')) };
      }
    }
  }

  async save(generation: number, rows: readonly VectorUpdate[]): Promise<number> {
    const byNo = new Map<number, VectorUpdate[]>();
    for (const row of rows) byNo.set(row.namespaceNo, [...(byNo.get(row.namespaceNo) ?? []), row]);
    let saved = 0;
    for (const [no, updates] of byNo) saved += await this.#saveIn(no, generation, updates);
    return saved;
  }

  async #saveIn(no: number, generation: number, updates: readonly VectorUpdate[]): Promise<number> {
    const ordinals = updates.map(({ ordinal }) => ordinal);
    const saved = await this.#change(no, async (head) => {
      const draft = draftOf(head, await rowsAt(this.#parts.table, head, ordinals));
      let result = 0;
      for (const { ordinal, version, vectors } of updates) {
        const row = draft.row(ordinal);
        const waits = row?.vectors.get(generation)?.vectors === null;
        if (!row || !waits || row.columns.version !== version) continue;
        const made = { vectors: Uint8Array.from(vectors), arrival: draft.nextArrival() };
        const all = new Map(row.vectors).set(generation, made);
        draft.derive(ordinal, { analysis: row.analysis, vectors: all });
        result += 1;
      }
      return { ...(result > 0 && { draft }), result };
    });
    return saved ?? 0;
  }

  async used(): Promise<number[]> {
    const used: number[] = [];
    for (const generation of await this.#parts.names.generations()) {
      if (await this.#isUsed(generation)) used.push(generation);
    }
    return used;
  }

  async namespaces(
    generation: number,
    afterNo: number,
    limit: number,
  ): Promise<{ tenant: TenantId; namespaceNo: number }[]> {
    const spaces = await this.#parts.names.usersAfter(generation, afterNo, limit);
    return spaces.map(({ tenant, no }) => ({ tenant, namespaceNo: no }));
  }

  async await(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    return this.#change(namespaceNo, async (head) => {
      const { draft, rows, end } = await this.#chunk(head, afterOrdinal, limit);
      const unknown = rows.filter(({ vectors }) => !vectors.has(generation));
      for (const { ordinal, analysis, vectors } of unknown) {
        const all = new Map(vectors).set(generation, { vectors: null, arrival: null });
        draft.derive(ordinal, { analysis, vectors: all });
      }
      return { ...(unknown.length > 0 && { draft }), result: end };
    });
  }

  async waits(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const space = await this.#parts.names.ownerOf(namespaceNo);
    const head = space && (await this.#parts.writer.settled(space));
    return head ? this.#waitsIn(head, generation, throughOrdinal) : false;
  }

  async #waitsIn(head: Head, generation: number, throughOrdinal: number): Promise<boolean> {
    if (throughOrdinal < 1) return false;
    const prefix = sortKeys.allWaiting(generation);
    const to = `${prefix}${padOrdinal(Math.min(throughOrdinal, head.nextOrdinal))}`;
    const query = { pk: partitionOf(head), from: prefix, to };
    return (await this.#parts.table.first(query)) !== undefined;
  }

  async use(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const { names, table } = this.#parts;
    const used = await this.#change(namespaceNo, async (head) => {
      const isClosed = await table.get(closedKey(generation));
      if (isClosed || (await this.#waitsIn(head, generation, throughOrdinal))) {
        return { result: false };
      }
      if (head.generation === generation) return { result: true };
      const draft = draftOf({ ...head, generation });
      const former = { pk: usersPartition(head.generation), sk: padNo(namespaceNo) };
      const writes = await names.writesOfUse(head, generation);
      return { draft, writes: [...writes, { delete: former }], result: true };
    });
    return used ?? false;
  }

  async close(generation: number): Promise<boolean> {
    const { table } = this.#parts;
    const key = closedKey(generation);
    const known = await table.get(key);
    if (known && isSet(known, 'f')) return true;
    // From here on nobody begins to use it, so nobody can be overlooked.
    await table.put(encodeItem(key, {}), 'new');
    if (await this.#isUsed(generation)) {
      await table.delete(key, { equals: {}, lacks: ['f'] });
      return false;
    }
    await table.put(encodeItem(key, { f: true }));
    return true;
  }

  async drop(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    return this.#change(namespaceNo, async (head) => {
      const { draft, rows, end } = await this.#chunk(head, afterOrdinal, limit);
      const known = rows.filter(({ vectors }) => vectors.has(generation));
      for (const { ordinal, analysis, vectors } of known) {
        const kept = new Map(vectors);
        kept.delete(generation);
        draft.derive(ordinal, { analysis, vectors: kept });
      }
      const image = await dropWrites(this.#parts, head, generation);
      const isIdle = known.length === 0 && image.plain.length === 0;
      return { ...(!isIdle && { draft, ...image }), result: end };
    });
  }

  async counts(generation: number): Promise<GenerationCounts> {
    const [namespaces, pending] = await Promise.all([
      this.#parts.names.countUsers(generation),
      this.#countTally(`w${generation}`),
    ]);
    return { namespaces, pending };
  }

  countEmpty(generation: number): Promise<number> {
    return this.#countTally(`e${generation}`);
  }

  async #countTally(tally: string): Promise<number> {
    const spaces: Space[] = [];
    for await (const space of this.#circle(tally, 0)) spaces.push(space);
    const heads = await this.#parts.names.headsAt(spaces);
    return heads.reduce((sum, { tallies }) => sum + (tallies[tally] ?? 0), 0);
  }

  async #isUsed(generation: number): Promise<boolean> {
    return (await this.#parts.table.first({ pk: usersPartition(generation) })) !== undefined;
  }

  /** Rows after an ordinal; `end` is the last of them, where there may be more. */
  async #chunk(
    head: Head,
    afterOrdinal: number,
    limit: number,
  ): Promise<{ draft: Draft; rows: StoredRow[]; end: number | undefined }> {
    const rows: StoredRow[] = [];
    if (afterOrdinal + 1 < head.nextOrdinal) {
      const from = sortKeys.row(Math.max(1, afterOrdinal + 1));
      const to = sortKeys.row(head.nextOrdinal);
      const query = { pk: partitionOf(head), from, to, pageSize: limit };
      for await (const item of this.#parts.table.query(query)) {
        rows.push(decodeRow(item));
        if (rows.length === limit) break;
      }
    }
    const draft = draftOf(head, new Map(rows.map((row) => [row.ordinal, row])));
    return { draft, rows, end: rows.length < limit ? undefined : rows.at(-1)?.ordinal };
  }

  async #change<Result>(
    no: number,
    plan: (head: Head) => Promise<Plan<Result>>,
  ): Promise<Result | undefined> {
    const space = await this.#parts.names.ownerOf(no);
    return space && this.#parts.writer.change(space, plan);
  }
}
