/** A forecast before it becomes an action. */
import type { TimeRange } from '../../../../text/time-range.ts';
import type { DreamMemory } from '../../strategy.ts';

export interface Forecast {
  readonly subject: string;
  readonly due: TimeRange;
  readonly value: string;
  readonly reason: string;
  readonly confidence: number;
  readonly memories: readonly DreamMemory[];
  readonly kind: 'plan' | 'yearly' | 'weekly' | 'habit' | 'read';
}
