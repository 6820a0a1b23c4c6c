/** Answers a forget that was carried out before from its receipt, and finishes one cut short. */
import { MemoryError } from '../../domain/errors.ts';
import type { JsonObject, NamespaceName } from '../../domain/memory.ts';
import type { KeptReceipt } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import type { ForgetAnswer, ForgetRequest } from './forget.ts';
import { type ForgetCounts, forgetKeys, noCounts, ownerOf, parseForget } from './receipt.ts';
import { ownReceipt } from './receipts.ts';
import { resumeForget } from './run-forget.ts';

interface ForgetNote {
  /** Absent where nothing was selected. */
  readonly receipt?: string;
  /** Where nothing was selected, but for what may not go. */
  readonly kept?: number;
}

export function noteOf(receipt: string): JsonObject {
  return { receipt };
}

export function noteOfNothing({ kept }: Pick<ForgetCounts, 'kept'>): JsonObject {
  return kept > 0 ? { kept } : {};
}

export async function replayForget(
  deps: EngineDeps,
  scope: Scope,
  request: ForgetRequest,
  kept: KeptReceipt,
): Promise<ForgetAnswer> {
  const { receipt: id, kept: spared = 0 } = JSON.parse(kept.note) as ForgetNote;
  const named: NamespaceName | undefined = request.namespace;
  const none = { namespace: named, isDryRun: false, counts: { ...noCounts, kept: spared } };
  if (id === undefined) return none;
  // In this server a named request runs once at a time: one that is not done has stopped, by a
  // full disk perhaps.
  await otherServer(deps, scope, id);
  const document = await deps.control.get(forgetKeys.receipt(scope.tenant, id));
  if (document) await resumeForget(deps, scope.tenant, id, document);
  const receipt = await ownReceipt(deps, scope, id);
  const namespace = named ?? receipt.namespace;
  return { namespace, isDryRun: false, counts: receipt.counts, receipt };
}

const lookEveryMs = 100;
/** A longer one is asked after again. */
const waitMostMs = 20_000;

/** Resolves when no living server but this one carries it out. */
async function otherServer({ control, peers }: EngineDeps, scope: Scope, id: string) {
  const until = performance.now() + waitMostMs;
  for (;;) {
    const waiting = await control.get(forgetKeys.waiting(scope.tenant, id));
    const owner = waiting && ownerOf(waiting.value);
    if (owner === undefined || owner === peers.id || (await peers.isGone(owner))) return;
    const receipt = await control.get(forgetKeys.receipt(scope.tenant, id));
    if (!receipt || parseForget(receipt.value).state !== 'running') return;
    if (performance.now() > until) throw new MemoryError('idempotency_in_flight');
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
