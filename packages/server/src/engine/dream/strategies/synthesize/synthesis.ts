/** A fact in the making, with what it is made of. */
import { aboutOf } from '../../references.ts';
import type { DreamMemory } from '../../strategy.ts';

export interface Synthesis {
  readonly text: string;
  /** The same next month, when more is known of it. */
  readonly about: string;
  readonly reason: string;
  readonly confidence: number;
  /** By time, each once; at least two. */
  readonly sources: readonly DreamMemory[];
  /** Facts without a key that the text says all of. */
  readonly archive: readonly DreamMemory[];
  /** How many memories have said it, by now. */
  readonly times: number;
  /** The normal form of the value that is stated, to know it again. */
  readonly value?: string;
}

/** UTF-16 units of a derived text at most. */
export const textCharsMax = 2_000;

/** Facts that earlier dreams made, by what they are about. */
export function madeBefore(derived: readonly DreamMemory[]): ReadonlyMap<string, DreamMemory> {
  const made = new Map<string, DreamMemory>();
  for (const memory of derived) {
    const about = aboutOf(memory);
    if (about !== undefined) made.set(about, memory);
  }
  return made;
}

export const mayBeArchived = ({ kind, key, pinned }: DreamMemory): boolean =>
  kind === 'fact' && key === undefined && !pinned;

export function byTime(memories: Iterable<DreamMemory>): DreamMemory[] {
  return [...new Set(memories)].sort(
    (a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal,
  );
}
