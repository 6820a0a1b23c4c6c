/** Writes down, apart from the store, what a forget is about to erase. */

import type { Erasure } from '../../ports/erasures.ts';
import type { RecordRow } from '../../ports/records.ts';
import type { ForgetDeps } from './rooms.ts';
import type { ForgetPlan } from './run-forget.ts';

/** Runs `erase` when the erasure is listed, or at once where there is no list. */
export function listed<Result>(
  { erasures }: ForgetDeps,
  erasure: Erasure,
  erase: () => Promise<Result>,
): Promise<Result> {
  return erasures ? erasures.during(erasure, erase) : erase();
}

export function rowsErasure(
  plan: ForgetPlan,
  rows: readonly RecordRow[],
  isDerived: (ordinal: number) => boolean,
  now: number,
): Erasure {
  const idsOf = (derived: boolean) =>
    rows.filter(({ ordinal }) => isDerived(ordinal) === derived).map(({ id }) => id);
  const at = Math.max(now, ...rows.map(({ createdAt }) => createdAt));
  return { ...stepOf(plan), at, named: idsOf(false), derived: idsOf(true) };
}

export function goneErasure(plan: ForgetPlan, at: number): Erasure {
  return { ...stepOf(plan), at, named: [], derived: [], namespaceGone: true };
}

function stepOf({ tenant, id, stored }: ForgetPlan) {
  const { namespaceNo, namespaceHash, selector, askedAt } = stored;
  return { tenant, namespaceNo, namespaceHash, receipt: id, selector, askedAt };
}
