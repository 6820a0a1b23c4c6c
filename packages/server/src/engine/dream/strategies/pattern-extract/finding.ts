/** A pattern before it becomes an action. */
import type { DreamMemory } from '../../strategy.ts';

export interface Finding {
  readonly pattern: 'mentions' | 'topic' | 'weekly' | 'monthly' | 'yearly' | 'sequence';
  /** Stable as long as it is about the same thing. */
  readonly subject: string;
  /** What the pattern is of, as it is written: names and words that stand in its text. */
  readonly labels: readonly string[];
  readonly value: string;
  readonly reason: string;
  readonly confidence: number;
  /** By time. */
  readonly memories: readonly DreamMemory[];
}

/** "3 memories", "1 day". */
export function counted(count: number, noun: 'memory' | 'day'): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun === 'memory' ? 'memories' : 'days'}`;
}
