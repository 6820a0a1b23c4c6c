/** Brings every namespace to the wanted generation of vectors, one after the other. */
import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordsPort } from '../../ports/records.ts';
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

  /** Finds what is to be switched and lets its rows wait for their vectors. */
  async survey(stop: AbortSignal): Promise<void> {
    const { records, generations } = this.#options;
    const target = generations.target.no;
    const known = this.#target === target ? this.#switching : new Map<number, Switching>();
    this.#switching = new Map();
    this.#target = target;
    for (const from of generations.others) {
      let after = 0;
      for (;;) {
        const page = await records.vectors.namespaces(from, after, namespacesPerPage);
        for (const { tenant, namespaceNo } of page) {
          if (stop.aborted) return;
          const found = known.get(namespaceNo);
          const made = found ?? (await this.#begin(tenant, namespaceNo, from, stop));
          this.#switching.set(namespaceNo, made);
        }
        if (page.length < namespacesPerPage) break;
        after = page.at(-1)?.namespaceNo ?? after;
      }
    }
  }

  /** Namespaces that may be complete by now, `hint` first; true when any was switched. */
  async use(hint: Iterable<number>, stop: AbortSignal): Promise<boolean> {
    let used = false;
    for (const namespaceNo of hint) {
      if (stop.aborted) return used;
      if (await this.#use(namespaceNo)) used = true;
    }
    return used;
  }

  /** Every namespace that is still to be switched. */
  useAll(stop: AbortSignal): Promise<boolean> {
    return this.use([...this.#switching.keys()], stop);
  }

  /** Removes what is stored of dropped generations; true when there was one. */
  async removeDropped(stop: AbortSignal): Promise<boolean> {
    const { generations } = this.#options;
    const dropped = [...generations.dropped];
    for (const { no } of dropped) {
      for (const used of [generations.target.no, ...generations.others]) {
        await this.#removeFrom(used, no, stop);
      }
      if (stop.aborted) return true;
      await generations.forget(no);
    }
    return dropped.length > 0;
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
    while (next !== undefined && !stop.aborted) {
      next = await records.vectors.await(namespaceNo, this.#target, next, rowsPerWrite);
    }
    return { tenant, from, goal: nextOrdinal - 1 };
  }

  async #use(namespaceNo: number): Promise<boolean> {
    const found = this.#switching.get(namespaceNo);
    if (!found) return false;
    const { records, prepareIndex, releaseIndex } = this.#options;
    const { tenant, from, goal } = found;
    const generation = this.#target;
    await prepareIndex(tenant, { no: namespaceNo, generation });
    if (!(await records.vectors.use(namespaceNo, generation, goal))) return false;
    this.#switching.delete(namespaceNo);
    await releaseIndex(tenant, { no: namespaceNo, generation: from });
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
        let next: number | undefined = 0;
        while (next !== undefined && !stop.aborted) {
          next = await records.vectors.drop(namespaceNo, dropped, next, rowsPerWrite);
        }
        if (stop.aborted) return;
      }
      if (page.length < namespacesPerPage) return;
      after = page.at(-1)?.namespaceNo ?? after;
    }
  }
}
