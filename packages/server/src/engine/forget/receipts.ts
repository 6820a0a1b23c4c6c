/** Reads receipts of forgetting: one, or page by page, the newest first. */
import { requireNamespace } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { KeyHash, NamespaceName } from '../../domain/memory.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { type KnownPlace, listPlaces } from '../vectors/left-systems.ts';
import { leftIn } from './kept-in.ts';
import { type ForgetReceipt, forgetKeys, parseForget } from './receipt.ts';

export interface ReceiptsRequest {
  /** Only of this namespace, whether it is still there or not. */
  readonly namespace?: NamespaceName;
  readonly limit: number;
  /** The id of the last receipt of the page before. */
  readonly before?: string;
}

export interface ReceiptPage {
  readonly receipts: readonly ForgetReceipt[];
  /** Present when more may follow. */
  readonly nextBefore?: string;
}

/** Throws receipt_not_found. */
export async function readReceipt(
  deps: EngineDeps,
  scope: Scope,
  id: string,
): Promise<ForgetReceipt> {
  const receipt = await ownReceipt(deps, scope, id);
  // Of a namespace that this key may not see, or that is gone: who could tell which it was?
  if (receipt.namespace === undefined && !scope.access.isFull) {
    throw new MemoryError('receipt_not_found');
  }
  return receipt;
}

/** Of a forget that the scope has asked for itself. Throws receipt_not_found. */
export async function ownReceipt(
  deps: EngineDeps,
  scope: Scope,
  id: string,
): Promise<ForgetReceipt> {
  const document = await deps.control.get(forgetKeys.receipt(scope.tenant, id));
  if (!document) throw new MemoryError('receipt_not_found');
  return named(deps, scope, id, document.value);
}

export async function listReceipts(
  deps: EngineDeps,
  scope: Scope,
  { namespace, limit, before }: ReceiptsRequest,
): Promise<ReceiptPage> {
  const prefix = forgetKeys.receipts(scope.tenant);
  if (namespace !== undefined) requireNamespace(scope.access, namespace);
  const hash = namespace && namespaceHash(deps, scope, namespace);
  const receipts: ForgetReceipt[] = [];
  let last = before;
  // Of few receipts among many: small pages would be many reads.
  const rows = Math.max(limit, limits.listLimitMax);
  const turns = createTurns(scope.tenant);
  const places = await listPlaces(deps.control);
  for (;;) {
    const from = last === undefined ? {} : { before: prefix + last };
    const documents = await deps.control.list(prefix, { ...from, limit: rows });
    for (const { key, value } of documents) {
      if (receipts.length === limit && last !== undefined) return { receipts, nextBefore: last };
      last = key.slice(prefix.length);
      if (hash !== undefined && parseForget(value).namespaceHash !== hash) continue;
      const receipt = await named(deps, scope, last, value, places);
      const isShown = hash !== undefined || receipt.namespace !== undefined || scope.access.isFull;
      if (isShown) receipts.push(receipt);
    }
    if (documents.length < rows) return { receipts };
    if (turns.due()) await turns.next();
  }
}

/** Says whether a receipt is of a namespace, and not what the namespace is called. */
export function namespaceHash(
  deps: EngineDeps,
  { tenant }: Scope,
  namespace: NamespaceName,
): KeyHash {
  return deps.hashKey(tenant, namespace, JSON.stringify(['namespace']));
}

/** A receipt by its own words, with the name of its namespace where that may be seen. */
async function named(
  deps: EngineDeps,
  scope: Scope,
  id: string,
  value: string,
  places?: readonly KnownPlace[],
): Promise<ForgetReceipt> {
  const stored = parseForget(value);
  const namespace = await openRecords(deps, scope).nameOf(stored.namespaceNo);
  return { ...stored, id, namespace, leftIn: await leftIn(deps, scope.tenant, stored, places) };
}
