/** Wakes those who follow the changes of a tenant; what they read is the store's, not ours. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';

export interface Changed {
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
  /** How many were written; 0 where that is not known. */
  readonly changes: number;
}

/** Undefined: something may have been written anywhere. */
type Listener = (changed: Changed | undefined) => void;
type ListenerOfAll = (tenant: TenantId, changed: Changed) => void;

/** A tenant that nobody follows costs one look into a map for each commit. */
export class ChangeFeed {
  readonly #listeners = new Map<TenantId, Set<Listener>>();
  #tellOthers: ListenerOfAll = () => {};
  readonly #ofAll = new Set<ListenerOfAll>();

  /** Called after a commit of this process; who listens only takes a note. */
  tell(tenant: TenantId, changed: Changed): void {
    this.#tellOthers(tenant, changed);
    this.tellOf(tenant, changed);
  }

  /** The same after a commit of another server. */
  tellOf(tenant: TenantId, changed: Changed): void {
    const listeners = this.#listeners.get(tenant);
    if (listeners) for (const listen of listeners) listen(changed);
    for (const listen of this.#ofAll) listen(tenant, changed);
  }

  /** The changes of all tenants, until the returned function is called. */
  followAll(listen: ListenerOfAll): () => void {
    this.#ofAll.add(listen);
    return () => void this.#ofAll.delete(listen);
  }

  /** Other servers may have written anywhere; who follows all tenants looks for it by itself. */
  tellAll(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listen of listeners) listen(undefined);
    }
  }

  isFollowed(tenant: TenantId): boolean {
    return this.#ofAll.size > 0 || this.#listeners.has(tenant);
  }

  /** Until the returned function is called. */
  follow(tenant: TenantId, listen: Listener): () => void {
    const listeners = this.#listeners.get(tenant) ?? new Set();
    this.#listeners.set(tenant, listeners.add(listen));
    return () => {
      listeners.delete(listen);
      if (listeners.size === 0 && this.#listeners.get(tenant) === listeners) {
        this.#listeners.delete(tenant);
      }
    };
  }

  /** What this process commits, for the servers beside it. */
  shareWith(tellOthers: ListenerOfAll): void {
    this.#tellOthers = tellOthers;
  }
}
