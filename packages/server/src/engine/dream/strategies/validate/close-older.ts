/** One action by which an older memory gives way to a newer one, as far as its kind allows. */
import type { ColumnPatch, PlannedAction } from '../../../../domain/dream.ts';
import { standingImportance } from '../../../../domain/memory.ts';
import { refOf } from '../../references.ts';
import type { DreamMemory } from '../../strategy.ts';

export interface Pair {
  readonly older: DreamMemory;
  readonly newer: DreamMemory;
  readonly reason: string;
  readonly confidence: number;
}

/**
 * A fact without a key is replaced by a newer fact, or holds until a newer episode. Episodes and
 * facts under a key stay as they are: the newer memory is linked to them as what contradicts them.
 *
 * `until` is in milliseconds since 1970 UTC; `isWhole`: nothing else of the older one is left.
 */
export function closeOlder(
  { older, newer, reason, confidence }: Pair,
  { isWhole, until }: { isWhole: boolean; until: number },
): PlannedAction {
  const [from, to] = [refOf(newer), refOf(older)];
  const action = { strategy: 'validate', reason, confidence, sources: [to, from] } as const;
  const mayGive = isWhole && older.kind !== 'episode' && older.key === undefined && !older.pinned;
  if (mayGive && newer.kind === 'fact') return { ...action, supersede: [{ memory: to, by: from }] };
  if (mayGive && until > Math.max(older.validFrom ?? 0, older.occurredAt)) {
    return { ...action, update: [{ memory: to, columns: endedAt(older, until) }] };
  }
  return { ...action, link: [{ from, type: 'contradicts', to }] };
}

/** The importance of most memories. */
export const usual = 0.5;

/** What holds no longer is not told unasked either, unless somebody has pinned it. */
export function endedAt({ kind, importance, pinned }: DreamMemory, validTo: number): ColumnPatch {
  const isTold = kind !== 'episode' && importance >= standingImportance && !pinned;
  return { validTo, ...(isTold && { importance: usual }) };
}
