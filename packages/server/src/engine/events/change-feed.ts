/** Wakes those who follow the changes of a tenant; what they read is the store's, not ours. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';

export interface Changed {
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
  /** How many were written; 0 where that is not known. */
  readonly changes: number;
}

type Listener = (changed: Changed) => void;
type ListenerOfAll = (tenant: TenantId, changed: Changed) => void;

/** A tenant that nobody follows costs one look into a map for each commit. */
export class ChangeFeed {
  readonly #listeners = new Map<TenantId, Set<Listener>>();
  readonly #ofAll = new Set<ListenerOfAll>();

  /** Called after a commit; who listens only takes a note. */
  tell(tenant: TenantId, changed: Changed): void {
    const listeners = this.#listeners.get(tenant);
    if (listeners) for (const listen of listeners) listen(changed);
    for (const listen of this.#ofAll) listen(tenant, changed);
  }

  /** The changes of all tenants, until the returned function is called. */
  followAll(listen: ListenerOfAll): () => void {
    this.#ofAll.add(listen);
    return () => void this.#ofAll.delete(listen);
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
}
