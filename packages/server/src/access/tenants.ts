/** Tenants: whom memories belong to. Each is apart from all others. */
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import { type Plan, type Plans, unlimitedPlan } from '../domain/plans.ts';
import { readHeld } from '../peers/read-held.ts';
import type { ControlPort } from '../ports/control.ts';

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  /** None of its keys opens anything while this is set. */
  readonly suspendedAt?: number;
  /** Name of its plan; `unlimited` when absent. */
  readonly plan?: string;
}

/** The tenant of the root key. */
export const rootTenant = 'root' as TenantId;

const prefix = 'tenants/';

/** All are held in memory: whether one is suspended is asked with every request. */
export class Tenants {
  readonly #control: ControlPort;
  readonly #plans: Plans;
  readonly #all = new Map<TenantId, { readonly tenant: Tenant; readonly version: number }>();

  private constructor(control: ControlPort, plans: Plans) {
    this.#control = control;
    this.#plans = plans;
  }

  /** Throws setting_invalid for a tenant whose plan is in no setting any more. */
  static async open(control: ControlPort, plans: Plans): Promise<Tenants> {
    const tenants = new Tenants(control, plans);
    await tenants.reload();
    for (const tenant of tenants.list()) checkPlan(tenant, plans);
    return tenants;
  }

  /** Reads what other servers have changed: the documents that are named, or all. */
  async reload(documents?: readonly string[]): Promise<void> {
    const found = await readHeld(this.#control, prefix, documents);
    for (const [document, stored] of found) {
      const id = document.slice(prefix.length) as TenantId;
      if (!stored) this.#all.delete(id);
      // A write of this server may have come in between.
      else if ((this.#all.get(id)?.version ?? 0) < stored.version) {
        this.#all.set(id, { tenant: JSON.parse(stored.value), version: stored.version });
      }
    }
    if (documents !== undefined) return;
    for (const id of [...this.#all.keys()]) {
      const document = prefix + id;
      // One that was made while the list was read is not in it.
      if (!found.has(document) && !(await this.#control.get(document))) this.#all.delete(id);
    }
  }

  isSuspended(id: TenantId): boolean {
    return this.#all.get(id)?.tenant.suspendedAt !== undefined;
  }

  /** Of any tenant, the one of the root key included. */
  planOf(id: TenantId): Plan {
    return this.#plans.need(this.#all.get(id)?.tenant.plan ?? unlimitedPlan);
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

  /**
   * Makes it, or writes it anew, where it is still `before`. Durable when it resolves. Throws
   * version_conflict.
   */
  async put(tenant: Tenant, before?: Tenant): Promise<void> {
    const held = this.#all.get(tenant.id);
    if (held?.tenant !== before) throw changedMeanwhile();
    const expected = held?.version ?? 0;
    const value = JSON.stringify(tenant);
    const version = await this.#control.putIfVersion(prefix + tenant.id, value, expected);
    if (version === undefined) throw changedMeanwhile();
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

function checkPlan({ id, plan }: Tenant, plans: Plans): void {
  if (plan === undefined || plans.get(plan)) return;
  const message = `REVERIE_PLANS: the plan "${plan}" of tenant ${id} is missing.`;
  throw new MemoryError('setting_invalid', message, { details: { setting: 'REVERIE_PLANS' } });
}

function changedMeanwhile(): MemoryError {
  return new MemoryError('version_conflict', 'Somebody else has changed this tenant meanwhile.');
}
