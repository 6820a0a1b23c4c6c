/** What was stored long ago and never came up in a recall. */
import { limits } from '../../../../domain/limits.ts';
import type { Evidence } from '../../evidence.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';

export interface Unrecalled {
  readonly count: number;
  /** Those that were stored. */
  readonly of: number;
  /** The most important ones. */
  readonly examples: readonly DreamMemory[];
}

const examplesMax = 3;
/** Fewer are no finding. */
const countMin = 10;

/** Undefined where recalls were not counted, or nearly all is recalled. */
export async function findUnrecalled(
  { memories }: Evidence,
  now: number,
  tools: DreamTools,
): Promise<Unrecalled | undefined> {
  const never: DreamMemory[] = [];
  let isCounted = false;
  for (const memory of memories) {
    await tools.breathe();
    const recalls = tools.recallsOf(memory);
    if (recalls > 0) isCounted = true;
    else if (now - memory.createdAt > limits.auditStaleAgeMs) never.push(memory);
  }
  if (!isCounted || never.length < countMin) return undefined;
  const examples = never.toSorted((a, b) => b.importance - a.importance || a.ordinal - b.ordinal);
  return { count: never.length, of: memories.length, examples: examples.slice(0, examplesMax) };
}
