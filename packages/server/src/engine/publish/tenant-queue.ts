/** Namespaces that have something to publish: tenants take turns, and so do their namespaces. */
import type { TenantId } from '../../domain/memory.ts';

export interface Waiting {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  /** Changes that are not published, as far as is known. */
  readonly behind: number;
  /** When the oldest of them was written, in milliseconds since 1970 UTC, as far as is known. */
  readonly since: number;
}

export class TenantQueue {
  readonly #sizeMax: number;
  readonly #tenants = new Map<TenantId, Map<number, Waiting>>();
  readonly #known = new Map<number, Waiting>();

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#known.size;
  }

  get(namespaceNo: number): Waiting | undefined {
    return this.#known.get(namespaceNo);
  }

  /** Replaces what was known of the namespace. False, and nothing kept, when it is full. */
  put(waiting: Waiting): boolean {
    const { tenant, namespaceNo } = waiting;
    if (!this.#known.has(namespaceNo) && this.#known.size >= this.#sizeMax) return false;
    const namespaces = this.#tenants.get(tenant) ?? new Map<number, Waiting>();
    this.#tenants.set(tenant, namespaces.set(namespaceNo, waiting));
    this.#known.set(namespaceNo, waiting);
    return true;
  }

  /** Something more was written there; the first time of it counts. */
  note(waiting: Waiting): boolean {
    const known = this.#known.get(waiting.namespaceNo);
    const behind = (known?.behind ?? 0) + waiting.behind;
    return this.put({ ...waiting, behind, since: known?.since ?? waiting.since });
  }

  /** The next one, which leaves the queue; its tenant is the last from now on. */
  take(): Waiting | undefined {
    for (const [tenant, namespaces] of this.#tenants) {
      const [waiting] = namespaces.values();
      if (waiting === undefined) continue;
      namespaces.delete(waiting.namespaceNo);
      this.#known.delete(waiting.namespaceNo);
      this.#tenants.delete(tenant);
      if (namespaces.size > 0) this.#tenants.set(tenant, namespaces);
      return waiting;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Waiting> {
    yield* this.#known.values();
  }
}
