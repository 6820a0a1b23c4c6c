/** What the finders of `associate` give: one link that might be made. */
import type { DreamMemory } from '../../strategy.ts';

export type AssociationType = 'same_entity' | 'continues' | 'causes' | 'contradicts';

export const associationTypes: ReadonlySet<string> = new Set<AssociationType>([
  'same_entity',
  'continues',
  'causes',
  'contradicts',
]);

export interface Association {
  /** The newer one; of `causes` the cause. */
  readonly from: DreamMemory;
  readonly type: AssociationType;
  readonly to: DreamMemory;
  readonly reason: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A word in more than this share of the memories tells nothing of any two of them. */
const commonShare = 0.02;

/** Memories that may have a word which still tells something. */
export function rareMax(count: number): number {
  return Math.max(6, Math.ceil(count * commonShare));
}
