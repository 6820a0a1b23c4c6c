/** Receipts of every tenant, for an operator; nobody else reads those of a tenant that is gone. */
import type { TenantId } from '../../domain/memory.ts';
import type { EngineDeps } from '../deps.ts';
import { listPlaces } from '../vectors/left-systems.ts';
import { leftIn } from './kept-in.ts';
import { type ForgetReceipt, forgetKeys, parseForget, receiptsPrefix } from './receipt.ts';

export interface AllReceiptsRequest {
  /** Only of this tenant, whether it is still there or not. */
  readonly tenant?: TenantId;
  readonly limit: number;
  /** Of the page before. */
  readonly before?: string;
}

export interface TenantReceipt extends ForgetReceipt {
  readonly tenant: TenantId;
}

export interface AllReceiptsPage {
  readonly receipts: readonly TenantReceipt[];
  /** Present when more may follow. */
  readonly nextBefore?: string;
}

/** Tenant by tenant, of each the newest first. Names of namespaces are their tenant's own. */
export async function listAllReceipts(
  deps: Pick<EngineDeps, 'records' | 'control' | 'vectorFeed'>,
  { tenant, limit, before }: AllReceiptsRequest,
): Promise<AllReceiptsPage> {
  const { control } = deps;
  const prefix = tenant === undefined ? receiptsPrefix : forgetKeys.receipts(tenant);
  const from = before === undefined ? {} : { before: receiptsPrefix + before };
  const found = await control.list(prefix, { ...from, limit: limit + 1 });
  const page = found.slice(0, limit);
  const places = await listPlaces(control);
  const receipts: TenantReceipt[] = [];
  for (const { key, value } of page) {
    const [owner = '', id = ''] = key.slice(receiptsPrefix.length).split('/');
    const own = decodeURIComponent(owner) as TenantId;
    const stored = parseForget(value);
    const left = await leftIn(deps, own, stored, places);
    receipts.push({ ...stored, id, tenant: own, namespace: undefined, leftIn: left });
  }
  const last = page.at(-1)?.key.slice(receiptsPrefix.length);
  const isMore = found.length > limit && last !== undefined;
  return { receipts, ...(isMore && { nextBefore: last }) };
}
