/** Plans of one strategy over memories that a test writes down in a line each. */
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import type { DreamTools, Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { budget, offlineTools, type Planted, snapshotOf } from './snapshot-of.ts';

/** Of January 2026, in milliseconds since 1970 UTC. */
export const day = (number: number): number => Date.UTC(2026, 0, number);

/** Said by Ann on that day. */
export const ann = (text: string, at: number, more: Partial<Planted> = {}): Planted => ({
  ...{ text, speaker: 'Ann', occurredAt: day(at) },
  ...more,
});

export const fact = (text: string, at: number, more: Partial<Planted> = {}): Planted => ({
  ...{ text, kind: 'fact', occurredAt: day(at) },
  ...more,
});

export function planWith(strategy: Strategy) {
  return async (
    memories: readonly Planted[],
    tools: DreamTools = offlineTools(),
  ): Promise<PlannedAction[]> => strategy.plan(await snapshotOf(memories), { budget }, tools);
}
