/** Vectors of every tenant in the store in memory. */
import type { TenantId } from '../../domain/memory.ts';
import type {
  GenerationCounts,
  PendingQuery,
  PendingRow,
  VectorRecords,
  VectorUpdate,
} from '../../ports/records.ts';
import type { EphemeralNamespace } from './ephemeral-namespace.ts';
import type { EphemeralNamespaces } from './ephemeral-store.ts';

export class EphemeralVectors implements VectorRecords {
  readonly #namespaces: EphemeralNamespaces;

  constructor(namespaces: EphemeralNamespaces) {
    this.#namespaces = namespaces;
  }

  async pending(query: PendingQuery): Promise<PendingRow[]> {
    const { generation, afterNamespace, perNamespace, limit } = query;
    const all = this.#namespaces.all();
    const circle = [
      ...all.filter(({ no }) => no > afterNamespace),
      ...all.filter(({ no }) => no <= afterNamespace),
    ];
    const rows = circle.flatMap((space) =>
      waitingIn(space, generation)
        .reverse()
        .slice(0, perNamespace)
        .map((ordinal) => ({ tenant: space.tenant, namespaceNo: space.no, ordinal })),
    );
    return rows.slice(0, limit);
  }

  async save(generation: number, rows: readonly VectorUpdate[]): Promise<number> {
    let saved = 0;
    for (const { namespaceNo, ordinal, version, vectors } of rows) {
      const space = this.#namespaces.at(namespaceNo);
      const row = space?.rows.get(ordinal);
      const waits = row?.vectors.get(generation)?.vectors === null;
      if (!space || !waits || row.current.version !== version) continue;
      space.setVectors(ordinal, generation, vectors);
      saved += 1;
    }
    return saved;
  }

  async used(): Promise<number[]> {
    const used = this.#namespaces.all().map(({ generation }) => generation);
    return [...new Set(used)].sort((a, b) => a - b);
  }

  async namespaces(
    generation: number,
    afterNo: number,
    limit: number,
  ): Promise<{ tenant: TenantId; namespaceNo: number }[]> {
    return this.#namespaces
      .all()
      .filter((space) => space.generation === generation && space.no > afterNo)
      .slice(0, limit)
      .map(({ tenant, no }) => ({ tenant, namespaceNo: no }));
  }

  async await(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const space = this.#namespaces.at(namespaceNo);
    const chunk = ordinalsAfter(space, afterOrdinal, limit);
    for (const ordinal of chunk) {
      const isKnown = space?.rows.get(ordinal)?.vectors.has(generation);
      if (!isKnown) space?.setVectors(ordinal, generation, null);
    }
    return chunk.length < limit ? undefined : chunk.at(-1);
  }

  async waits(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const space = this.#namespaces.at(namespaceNo);
    if (!space) return false;
    return waitingIn(space, generation).some((ordinal) => ordinal <= throughOrdinal);
  }

  async use(namespaceNo: number, generation: number, throughOrdinal: number): Promise<boolean> {
    const waits = await this.waits(namespaceNo, generation, throughOrdinal);
    const space = this.#namespaces.at(namespaceNo);
    if (!space || waits || this.#namespaces.closed.has(generation)) return false;
    space.generation = generation;
    return true;
  }

  async close(generation: number): Promise<boolean> {
    const isUsed = this.#namespaces.all().some((space) => space.generation === generation);
    if (!isUsed) this.#namespaces.closed.add(generation);
    return !isUsed;
  }

  async drop(
    namespaceNo: number,
    generation: number,
    afterOrdinal: number,
    limit: number,
  ): Promise<number | undefined> {
    const space = this.#namespaces.at(namespaceNo);
    space?.dropImage(generation);
    const chunk = ordinalsAfter(space, afterOrdinal, limit);
    for (const ordinal of chunk) space?.forgetVectors(ordinal, generation);
    return chunk.length < limit ? undefined : chunk.at(-1);
  }

  async counts(generation: number): Promise<GenerationCounts> {
    const all = this.#namespaces.all();
    return {
      namespaces: all.filter((space) => space.generation === generation).length,
      pending: all.reduce((sum, space) => sum + waitingIn(space, generation).length, 0),
    };
  }

  async countEmpty(generation: number): Promise<number> {
    const rows = this.#namespaces.all().flatMap((space) => [...space.rows.values()]);
    return rows.filter(({ vectors }) => vectors.get(generation)?.vectors?.length === 0).length;
  }
}

/** Ordinals, ascending. */
function waitingIn({ rows }: EphemeralNamespace, generation: number): number[] {
  return [...rows.values()]
    .filter(({ vectors }) => vectors.get(generation)?.vectors === null)
    .map(({ current }) => current.ordinal);
}

function ordinalsAfter(
  space: EphemeralNamespace | undefined,
  afterOrdinal: number,
  limit: number,
): number[] {
  const ordinals = [...(space?.rows.keys() ?? [])];
  return ordinals.filter((ordinal) => ordinal > afterOrdinal).slice(0, limit);
}
