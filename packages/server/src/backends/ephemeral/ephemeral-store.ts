/** A store in memory: the simple reference of the records and control ports. Nothing survives. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { EphemeralControl } from './ephemeral-control.ts';
import { EphemeralNamespace } from './ephemeral-namespace.ts';
import { EphemeralReceipts } from './ephemeral-receipts.ts';
import { EphemeralTenantRecords } from './ephemeral-tenant.ts';
import { EphemeralVectors } from './ephemeral-vectors.ts';

export interface EphemeralStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

/** Every namespace and receipt of every tenant; a namespace's number is its place, from 1. */
export class EphemeralNamespaces {
  /** Generations that no namespace is searched by any more. */
  readonly closed = new Set<number>();
  readonly #all: EphemeralNamespace[] = [];
  readonly #receipts = new Map<TenantId, EphemeralReceipts>();

  receipts(tenant: TenantId): EphemeralReceipts {
    const known = this.#receipts.get(tenant) ?? new EphemeralReceipts();
    this.#receipts.set(tenant, known);
    return known;
  }

  find(tenant: TenantId, name: NamespaceName): EphemeralNamespace | undefined {
    return this.#all.find((space) => space.tenant === tenant && space.name === name);
  }

  ofTenant(tenant: TenantId): EphemeralNamespace[] {
    return this.#all.filter((space) => space.tenant === tenant);
  }

  /** The namespace with this number, when it is the tenant's. */
  byNumber(tenant: TenantId, no: number): EphemeralNamespace | undefined {
    const space = this.#all[no - 1];
    return space?.tenant === tenant ? space : undefined;
  }

  /** A namespace that is not in the store until {@link add}. */
  draft(tenant: TenantId, name: NamespaceName, createdAt: number, wanted = 0): EphemeralNamespace {
    const no = this.#all.length + 1;
    const generation = this.closed.has(wanted) ? 0 : wanted;
    return new EphemeralNamespace({ no, tenant, name, createdAt, generation });
  }

  /** By number. */
  all(): readonly EphemeralNamespace[] {
    return this.#all;
  }

  at(no: number): EphemeralNamespace | undefined {
    return this.#all[no - 1];
  }

  add(space: EphemeralNamespace): void {
    this.#all.push(space);
  }
}

export function openEphemeralStore({ clock }: { readonly clock: Clock }): EphemeralStore {
  const namespaces = new EphemeralNamespaces();
  return {
    records: {
      name: 'ephemeral',
      open: (tenant) => new EphemeralTenantRecords(namespaces, tenant, clock),
      vectors: new EphemeralVectors(namespaces),
      status: async () => ({ writable: true }),
      close: async () => {},
    },
    control: new EphemeralControl(),
  };
}
