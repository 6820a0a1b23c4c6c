/** The verb forget: gone from every answer when the promise resolves, with a receipt. */
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { doneElsewhere } from '../once/once.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { leftIn } from './kept-in.ts';
import { type ForgetCounts, type ForgetReceipt, makeForgetId, noCounts } from './receipt.ts';
import { namespaceHash } from './receipts.ts';
import { noteOf, noteOfNothing, replayForget } from './replay.ts';
import { type ForgetPlan, runForget } from './run-forget.ts';
import { type ForgetSelector, type Selection, select } from './selection.ts';
import { countRows } from './weigh-rows.ts';

export type ForgetRequest = ForgetSelector & {
  /** Only counts. */
  readonly dryRun?: boolean;
  /** A filter or a whole namespace needs this, or `expectedCount`. */
  readonly isConfirmed?: boolean;
  /** Memories that have to be selected, as a dry run counts them. */
  readonly expectedCount?: number;
};

export interface ForgetAnswer {
  /** Undefined where it was not named and is gone. */
  readonly namespace: NamespaceName | undefined;
  readonly isDryRun: boolean;
  /** Of a dry run, what would go. */
  readonly counts: ForgetCounts;
  /** Absent when nothing was selected, and of a dry run. */
  readonly receipt?: ForgetReceipt;
}

/**
 * Throws memory_not_found and permission_denied for an id, confirmation_required, and
 * count_mismatch with the real count.
 * A repetition of a named request is answered as the first one.
 */
export async function forget(
  deps: EngineDeps,
  scope: Scope,
  request: ForgetRequest,
): Promise<ForgetAnswer> {
  const { once } = scope;
  const former = once?.former();
  if (former) return replayForget(deps, scope, request, former);
  requireConfirmation(request);
  const selection = await select(deps, scope, request);
  requireCount(request, selection);
  const { namespace, namespaceNo, named, derived, kept } = selection;
  const isDryRun = request.dryRun ?? false;
  const none = { namespace, isDryRun, counts: { ...noCounts, kept } };
  const isAllKept = kept > 0 && named.length + derived.length === 0;
  if (namespaceNo === undefined || isAllKept) return nothing(deps, scope, none);
  if (request.dryRun) {
    const made = new Set(derived);
    const records = openRecords(deps, scope);
    const ordinals = [...named, ...derived];
    const turns = createTurns(scope.tenant);
    const isDerived = (row: number) => made.has(row);
    const counts = await countRows(records, namespaceNo, ordinals, isDerived, turns);
    return { namespace, isDryRun, counts: { ...counts, kept } };
  }
  const plan = planOf(deps, scope, { ...selection, namespaceNo });
  const receipts = once ? [once.receipt(noteOf(plan.id))] : [];
  const stored = await runForget(deps, plan, receipts);
  if (stored === undefined) return nothing(deps, scope, none);
  const name = stored.namespaceGone ? undefined : namespace;
  const left = await leftIn(deps, scope.tenant, stored);
  const receipt = { ...stored, id: plan.id, namespace: name, leftIn: left };
  return { namespace, isDryRun: false, counts: stored.counts, receipt };
}

/** The answer where there is nothing to forget, which a repetition gets too. */
async function nothing(
  deps: EngineDeps,
  scope: Scope,
  answer: ForgetAnswer,
): Promise<ForgetAnswer> {
  const { once } = scope;
  if (!once || answer.isDryRun) return answer;
  const isKept = await openRecords(deps, scope).keepReceipts([
    once.receipt(noteOfNothing(answer.counts)),
  ]);
  if (!isKept) throw doneElsewhere();
  return answer;
}

function planOf(
  deps: EngineDeps,
  scope: Scope,
  selection: Selection & { readonly namespaceNo: number },
): ForgetPlan {
  const { selector, namespace, namespaceNo, named, derived, seenTo, kept } = selection;
  return {
    tenant: scope.tenant,
    id: makeForgetId(deps.clock),
    ...{ named, derived, seenTo },
    stored: {
      state: 'running',
      selector,
      namespaceNo,
      namespaceHash: namespaceHash(deps, scope, namespace),
      askedAt: deps.clock.now(),
      counts: { ...noCounts, kept },
      ...(!scope.access.allowsSystem(namespace) && { sparesSystem: true }),
      ...(kept > 0 && { keepsNamespace: true }),
    },
  };
}

function requireConfirmation(request: ForgetRequest): void {
  const isLarge = 'filter' in request || 'everything' in request;
  const { dryRun, isConfirmed, expectedCount } = request;
  if (!isLarge || dryRun || isConfirmed || expectedCount !== undefined) return;
  throw new MemoryError('confirmation_required');
}

function requireCount({ expectedCount: expected }: ForgetRequest, selection: Selection): void {
  const count = selection.named.length + selection.derived.length;
  if (expected === undefined || expected === count) return;
  const message = `There are ${count} memories to forget, not ${expected}; nothing was forgotten.`;
  throw new MemoryError('count_mismatch', message, { details: { count, expected } });
}
