/** Tenants: whom memories belong to. Each is apart from all others. */
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import type { ControlPort } from '../ports/control.ts';

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  /** None of its keys opens anything while this is set. */
  readonly suspendedAt?: number;
}

/** The tenant of the root key. */
export const rootTenant = 'root' as TenantId;

const prefix = 'tenants/';

/** All are held in memory: whether one is suspended is asked with every request. */
export class Tenants {
  readonly #control: ControlPort;
  readonly #all = new Map<TenantId, { readonly tenant: Tenant; readonly version: number }>();

  private constructor(control: ControlPort) {
    this.#control = control;
  }

  static async open(control: ControlPort): Promise<Tenants> {
    const tenants = new Tenants(control);
    for (const { value, version } of await control.list(prefix)) {
      const tenant: Tenant = JSON.parse(value);
      tenants.#all.set(tenant.id, { tenant, version });
    }
    return tenants;
  }

  isSuspended(id: TenantId): boolean {
    return this.#all.get(id)?.tenant.suspendedAt !== undefined;
  }

  /** Throws tenant_not_found. */
  get(id: string): Tenant {
    return this.#kept(id).tenant;
  }

  /** In the order of being made. */
  list(): Tenant[] {
    const tenants = [...this.#all.values()].map(({ tenant }) => tenant);
    return tenants.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Makes it, or writes it anew. Durable when it resolves. */
  async put(tenant: Tenant): Promise<void> {
    const expected = this.#all.get(tenant.id)?.version ?? 0;
    const value = JSON.stringify(tenant);
    const version = await this.#control.putIfVersion(prefix + tenant.id, value, expected);
    if (version === undefined) {
      throw new MemoryError('version_conflict', 'Somebody else has changed this tenant meanwhile.');
    }
    this.#all.set(tenant.id, { tenant, version });
  }

  async remove(id: TenantId): Promise<void> {
    await this.#control.delete(prefix + id);
    this.#all.delete(id);
  }

  #kept(id: string) {
    const kept = this.#all.get(id as TenantId);
    if (kept === undefined) throw new MemoryError('tenant_not_found');
    return kept;
  }
}
