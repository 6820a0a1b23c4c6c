/** Forgetting, and the receipts that say what was forgotten. */
import type { Calls } from './calls.ts';
import type { CallOptions, WriteOptions } from './client-types.ts';
import * as from from './forget-from-wire.ts';
import type {
  ForgetCare,
  ForgetInput,
  ForgetReceipt,
  ForgetResult,
  TenantReceipt,
} from './forget-types.ts';
import { pages } from './pages.ts';
import { search, segment } from './path.ts';
import { objectFrom } from './read-wire.ts';
import { careToWire, forgetToWire } from './to-wire.ts';
import { unlessMissing } from './unless-missing.ts';

export interface ForgetCalls {
  /**
   * Erases by id, by key, or by conditions, of which many need `confirm` or `expectedCount`. What
   * was made of a forgotten memory goes too. A repeated call forgets 0.
   */
  forget(input: ForgetInput, options?: WriteOptions): Promise<ForgetResult>;
  /** Erases a namespace with all that it holds, and its name. */
  forgetNamespace(
    input: ForgetCare & { namespace: string },
    options?: WriteOptions,
  ): Promise<ForgetResult>;
  /** Undefined when there is no such receipt. */
  forgetReceipt(id: string, options?: CallOptions): Promise<ForgetReceipt | undefined>;
  /** Newest first; of one namespace where it is named, also when that is gone. */
  forgetReceipts(
    input?: { namespace?: string | undefined },
    options?: CallOptions,
  ): AsyncIterable<ForgetReceipt>;
  /** Of every tenant, or of one, also when it is gone. Needs an operator key. */
  tenantReceipts(
    input?: { tenant?: string | undefined },
    options?: CallOptions,
  ): AsyncIterable<TenantReceipt>;
}

export function forgetCalls({ get, write }: Calls, shared: string | undefined): ForgetCalls {
  return {
    async forget(input, each) {
      const body = forgetToWire(input, shared);
      const raw = await unlessMissing(write('POST', '/v1/forget', body, each));
      return from.forgetFrom(raw ?? { namespace: input.namespace ?? null });
    },
    async forgetNamespace({ namespace, ...care }, each) {
      const path = `/v1/namespaces/${segment(namespace)}${search(careToWire(care))}`;
      return from.forgetFrom(await write('DELETE', path, undefined, each));
    },
    async forgetReceipt(id, each) {
      const raw = await unlessMissing(get(`/v1/forget/${segment(id)}`, each));
      return raw && from.receiptFrom(objectFrom(raw.receipt, 'receipt'));
    },
    forgetReceipts: ({ namespace } = {}, each) =>
      pages(undefined, async (cursor) =>
        from.receiptsFrom(await get(`/v1/forget${search({ namespace, cursor })}`, each)),
      ),
    tenantReceipts: ({ tenant } = {}, each) =>
      pages(undefined, async (cursor) => {
        const query = search({ tenant, cursor });
        return from.tenantReceiptsFrom(await get(`/v1/admin/receipts${query}`, each));
      }),
  };
}
