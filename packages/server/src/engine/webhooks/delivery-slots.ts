/** Bounds of what is sent at one time, so that one slow receiver costs no other tenant anything. */
import { limits } from '../../domain/limits.ts';
import type { TenantId } from '../../domain/memory.ts';
import { Slots } from '../../util/slots.ts';

export class DeliverySlots {
  readonly #all = new Slots(limits.webhookAllDeliveriesMax);
  readonly #byTenant = new Map<TenantId, Slots>();

  async run<T>(tenant: TenantId, task: () => Promise<T>): Promise<T> {
    const own = this.#byTenant.get(tenant) ?? new Slots(limits.webhookTenantDeliveriesMax);
    this.#byTenant.set(tenant, own);
    // First the tenant's: who waits there must not hold a place that others could use.
    await own.take();
    await this.#all.take();
    try {
      return await task();
    } finally {
      this.#all.free();
      own.free();
      if (own.isIdle) this.#byTenant.delete(tenant);
    }
  }
}
