/** Wakes those who follow the changes of a tenant; what they read is the store's, not ours. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';

export interface Changed {
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
}

type Listener = (changed: Changed) => void;

/** A tenant that nobody follows costs one look into a map for each commit. */
export class ChangeFeed {
  readonly #listeners = new Map<TenantId, Set<Listener>>();

  /** Called after a commit; who listens only takes a note. */
  tell(tenant: TenantId, changed: Changed): void {
    const listeners = this.#listeners.get(tenant);
    if (listeners) for (const listen of listeners) listen(changed);
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
