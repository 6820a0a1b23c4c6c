/** Brings every namespace to the wanted generation of vectors, one after the other. */
import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordsPort } from '../../ports/records.ts';
import { serverItself } from '../../util/fair-turns.ts';
import { createTurns } from '../../util/turns.ts';
import type { Generations } from './generations.ts';

type IndexPlace = Pick<NamespaceInfo, 'no' | 'generation'>;

export interface SwitchOptions {
  readonly records: RecordsPort;
  readonly generations: Generations;
  /** Builds the index of a namespace in a generation, so that no search waits for it. */
  readonly prepareIndex: (tenant: TenantId, place: IndexPlace) => Promise<void>;
  /** The index is not likely to be asked again. */
  readonly releaseIndex: (tenant: TenantId, place: IndexPlace) => Promise<void>;
}

interface Switching {
  readonly tenant: TenantId;
  /** The generation that the namespace is still searched by. */
  readonly from: number;
  /** Rows up to this one must have their vectors; later ones follow as they always do. */
  readonly goal: number;
}

const namespacesPerPage = 100;
/** Rows that one write touches, so that other writers wait little behind it. */
const rowsPerWrite = 1_000;

export class NamespaceSwitch {
  readonly #options: SwitchOptions;
  #switching = new Map<number, Switching>();
  /** What the namespaces above go over to. */
  #target = 0;

  constructor(options: SwitchOptions) {
    this.#options = options;
  }

  /** Namespaces that are not searched by the wanted generation yet. */
  get left(): number {
    return this.#switching.size;
  }

  /** Generations that some namespace is still searched by. */
  get former(): ReadonlySet<number> {
    return new Set([...this.#switching.values()].map(({ from }) => from));
  }

  /**
   * Finds what is to be switched, generations that are gone included, and lets its rows wait for
   * their vectors. False where it ended early.
   */
  async survey(stop: AbortSignal): Promise<boolean> {
    const { records, generations } = this.#options;
    const target = generations.target.no;
    const known = this.#target === target ? this.#switching : new Map<number, Switching>();
    this.#switching = new Map();
    this.#target = target;
    for (const from of await records.vectors.used()) {
      if (from === target) continue;
      let after = 0;
      for (;;) {
        const page = await records.vectors.namespaces(from, after, namespacesPerPage);
        for (const { tenant, namespaceNo } of page) {
          if (this.#isOver(stop)) return false;
          const found = known.get(namespaceNo);
          const made = found ?? (await this.#begin(tenant, namespaceNo, from, stop));
          this.#switching.set(namespaceNo, made);
        }
        if (page.length < namespacesPerPage) break;
        after = page.at(-1)?.namespaceNo ?? after;
      }
    }
    return !this.#isOver(stop);
  }

  /** Namespaces that may be complete by now, `hint` first; true when any was switched. */
  async use(hint: Iterable<number>, stop: AbortSignal): Promise<boolean> {
    const turns = createTurns(serverItself);
    let used = false;
    for (const namespaceNo of hint) {
      if (turns.due()) await turns.next();
      if (this.#isOver(stop)) return used;
      if (await this.#use(namespaceNo, stop)) used = true;
    }
    return used;
  }

  /** Every namespace that is still to be switched. */
  useAll(stop: AbortSignal): Promise<boolean> {
    return this.use([...this.#switching.keys()], stop);
  }

  /**
   * Removes what is stored of dropped generations, but of none that a namespace is searched by:
   * that one goes over to another first. True when something was removed.
   */
  async removeDropped(stop: AbortSignal): Promise<boolean> {
    const { records, generations } = this.#options;
    let removed = false;
    for (const { no } of [...generations.dropped]) {
      if (stop.aborted) break;
      if (!(await records.vectors.close(no))) continue;
      for (const used of await records.vectors.used()) await this.#removeFrom(used, no, stop);
      if (stop.aborted) break;
      await generations.forget(no);
      removed = true;
    }
    return removed;
  }

  /** Another generation is wanted by now, or nothing at all. */
  #isOver(stop: AbortSignal): boolean {
    return stop.aborted || this.#options.generations.target.no !== this.#target;
  }

  /** Later writes wait for vectors of the target by themselves. */
  async #begin(
    tenant: TenantId,
    namespaceNo: number,
    from: number,
    stop: AbortSignal,
  ): Promise<Switching> {
    const { records } = this.#options;
    const { nextOrdinal } = await records.open(tenant).index(namespaceNo, this.#target).state();
    let next: number | undefined = 0;
    while (next !== undefined && !this.#isOver(stop)) {
      next = await records.vectors.await(namespaceNo, this.#target, next, rowsPerWrite);
    }
    return { tenant, from, goal: nextOrdinal - 1 };
  }

  async #use(namespaceNo: number, stop: AbortSignal): Promise<boolean> {
    const found = this.#switching.get(namespaceNo);
    if (!found) return false;
    const { records, generations, prepareIndex, releaseIndex } = this.#options;
    const { tenant, from, goal } = found;
    const generation = this.#target;
    if (await records.vectors.waits(namespaceNo, generation, goal)) return false;
    await prepareIndex(tenant, { no: namespaceNo, generation });
    if (generations.target.no !== generation) return false;
    if (!(await records.vectors.use(namespaceNo, generation, goal))) return false;
    this.#switching.delete(namespaceNo);
    await releaseIndex(tenant, { no: namespaceNo, generation: from });
    // Nobody else would remove what a generation left that is not in the registry any more.
    if (from > 0 && !generations.find(from)) await this.#remove(namespaceNo, from, stop);
    return true;
  }

  /** From every namespace that is searched by `used`. */
  async #removeFrom(used: number, dropped: number, stop: AbortSignal): Promise<void> {
    const { records, releaseIndex } = this.#options;
    let after = 0;
    for (;;) {
      const page = await records.vectors.namespaces(used, after, namespacesPerPage);
      for (const { tenant, namespaceNo } of page) {
        await releaseIndex(tenant, { no: namespaceNo, generation: dropped });
        await this.#remove(namespaceNo, dropped, stop);
        if (stop.aborted) return;
      }
      if (page.length < namespacesPerPage) return;
      after = page.at(-1)?.namespaceNo ?? after;
    }
  }

  async #remove(namespaceNo: number, generation: number, stop: AbortSignal): Promise<void> {
    let next: number | undefined = 0;
    while (next !== undefined && !stop.aborted) {
      const { vectors } = this.#options.records;
      next = await vectors.drop(namespaceNo, generation, next, rowsPerWrite);
    }
  }
}
