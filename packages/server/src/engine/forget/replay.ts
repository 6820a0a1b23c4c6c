/** Answers a forget that was carried out before from its receipt, and finishes one cut short. */
import type { JsonObject, NamespaceName } from '../../domain/memory.ts';
import type { KeptReceipt } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import type { ForgetAnswer, ForgetRequest } from './forget.ts';
import { forgetKeys, noCounts } from './receipt.ts';
import { ownReceipt } from './receipts.ts';
import { resumeForget } from './run-forget.ts';

interface ForgetNote {
  /** Absent where nothing was selected. */
  readonly receipt?: string;
}

export function noteOf(receipt: string): JsonObject {
  return { receipt };
}

export async function replayForget(
  deps: EngineDeps,
  scope: Scope,
  request: ForgetRequest,
  kept: KeptReceipt,
): Promise<ForgetAnswer> {
  const { receipt: id } = JSON.parse(kept.note) as ForgetNote;
  const named: NamespaceName | undefined = request.namespace;
  if (id === undefined) return { namespace: named, isDryRun: false, counts: noCounts };
  // A named request runs once at a time: one that is not done has stopped, by a full disk perhaps.
  const document = await deps.control.get(forgetKeys.receipt(scope.tenant, id));
  if (document) await resumeForget(deps, scope.tenant, id, document);
  const receipt = await ownReceipt(deps, scope, id);
  const namespace = named ?? receipt.namespace;
  return { namespace, isDryRun: false, counts: receipt.counts, receipt };
}
