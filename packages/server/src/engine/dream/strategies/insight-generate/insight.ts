/** An insight before it becomes an action. */
import { excerpt, isoDay } from '../../evidence.ts';
import type { DreamMemory } from '../../strategy.ts';

export interface Insight {
  /** `shared`: a name in two talks; `together`: two topics in the same weeks. */
  readonly kind: 'shared' | 'together';
  readonly subject: string;
  /** Names and words that its text must hold. */
  readonly labels: readonly string[];
  readonly value: string;
  readonly reason: string;
  readonly confidence: number;
  /** How much it tells: rare and clear first. */
  readonly surprise: number;
  /** What it rests on, of either side, by time. */
  readonly sides: readonly [readonly DreamMemory[], readonly DreamMemory[]];
}

/** "4 memories, 2026-01-02 to 2026-03-04". */
export function extent(memories: readonly DreamMemory[]): string {
  const [first, last] = [memories[0], memories.at(-1)];
  const days = [first, last].map((one) => isoDay(one?.occurredAt ?? 0));
  const span = days[0] === days[1] ? `on ${days[0]}` : `${days[0]} to ${days[1]}`;
  return `${memories.length} memories, ${span}`;
}

/** One memory as it was said, with who said it when. */
export function quoted({ text, speaker, occurredAt }: DreamMemory): string {
  return `"${excerpt(text, 120)}" (${speaker ? `${speaker}, ` : ''}${isoDay(occurredAt)})`;
}
