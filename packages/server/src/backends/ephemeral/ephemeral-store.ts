/** A store in memory: the simple reference of the records and control ports. Nothing survives. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import type { NamespaceRow, ReceiptRow, StoreFacts, StoreTransfer } from '../../ports/transfer.ts';
import { EphemeralControl } from './ephemeral-control.ts';
import { EphemeralNamespace } from './ephemeral-namespace.ts';
import { EphemeralReceipts } from './ephemeral-receipts.ts';
import { EphemeralTenantRecords } from './ephemeral-tenant.ts';
import { EphemeralTransfer } from './ephemeral-transfer.ts';
import { EphemeralVectors } from './ephemeral-vectors.ts';

export interface EphemeralStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly transfer: StoreTransfer;
}

/** Every namespace and receipt of every tenant. Numbers count from 1 and are used once. */
export class EphemeralNamespaces {
  /** Generations that no namespace is searched by any more. */
  readonly closed = new Set<number>();
  /** By number; those that were removed are missing. */
  readonly #all = new Map<number, EphemeralNamespace>();
  readonly #byName = new Map<TenantId, Map<NamespaceName, EphemeralNamespace>>();
  /** The largest number that was ever given. */
  lastNo = 0;
  readonly #receipts = new Map<TenantId, EphemeralReceipts>();

  allReceipts(): ReceiptRow[] {
    return [...this.#receipts].flatMap(([tenant, kept]) =>
      kept.all().map((receipt) => ({ ...receipt, tenant })),
    );
  }

  /** As another store was; its namespaces come one by one. */
  load({ lastNamespaceNo, closedGenerations }: StoreFacts): void {
    this.lastNo = lastNamespaceNo;
    for (const generation of closedGenerations) this.closed.add(generation);
  }

  loadNamespace(row: NamespaceRow): void {
    const { lastNo } = this;
    const space = new EphemeralNamespace(row);
    space.loadCounters(row);
    this.add(space);
    this.lastNo = lastNo;
  }

  receipts(tenant: TenantId): EphemeralReceipts {
    const known = this.#receipts.get(tenant) ?? new EphemeralReceipts();
    this.#receipts.set(tenant, known);
    return known;
  }

  find(tenant: TenantId, name: NamespaceName): EphemeralNamespace | undefined {
    return this.#byName.get(tenant)?.get(name);
  }

  ofTenant(tenant: TenantId): EphemeralNamespace[] {
    return [...(this.#byName.get(tenant)?.values() ?? [])];
  }

  /** The namespace with this number, when it is the tenant's. */
  byNumber(tenant: TenantId, no: number): EphemeralNamespace | undefined {
    const space = this.#all.get(no);
    return space?.tenant === tenant ? space : undefined;
  }

  /** A namespace that is not in the store until {@link add}. */
  draft(tenant: TenantId, name: NamespaceName, createdAt: number, wanted = 0): EphemeralNamespace {
    const no = this.lastNo + 1;
    const generation = this.closed.has(wanted) ? 0 : wanted;
    return new EphemeralNamespace({ no, tenant, name, createdAt, generation });
  }

  /** By number. */
  all(): readonly EphemeralNamespace[] {
    return [...this.#all.values()];
  }

  at(no: number): EphemeralNamespace | undefined {
    return this.#all.get(no);
  }

  add(space: EphemeralNamespace): void {
    this.#all.set(space.no, space);
    const named = this.#byName.get(space.tenant) ?? new Map();
    this.#byName.set(space.tenant, named.set(space.name, space));
    this.lastNo = space.no;
  }

  remove(no: number): void {
    const space = this.#all.get(no);
    this.#all.delete(no);
    if (space) this.#byName.get(space.tenant)?.delete(space.name);
  }
}

export function openEphemeralStore({ clock }: { readonly clock: Clock }): EphemeralStore {
  const namespaces = new EphemeralNamespaces();
  const control = new EphemeralControl();
  return {
    records: {
      name: 'ephemeral',
      open: (tenant) => new EphemeralTenantRecords({ namespaces, control, clock }, tenant),
      namespaces: async (afterNo, limit) =>
        namespaces
          .all()
          .filter(({ no }) => no > afterNo)
          .slice(0, limit)
          .map(({ tenant, info }) => ({ ...info, tenant })),
      vectors: new EphemeralVectors(namespaces),
      status: async () => ({ writable: true }),
      close: async () => {},
    },
    control,
    transfer: new EphemeralTransfer({ namespaces, control }),
  };
}
