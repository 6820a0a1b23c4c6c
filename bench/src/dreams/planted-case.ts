/** A namespace made for one strategy, with what should be found in it. */
import type { PlannedAction, StrategyId } from '../../../packages/server/dist/domain/dream.js';
import type { DreamMemory } from '../../../packages/server/dist/engine/dream/strategy.js';

/** What is planted: the text, and what else matters to the case. */
export type Planted = Partial<DreamMemory> & { readonly text: string };

export interface PlantedCase {
  readonly strategy: StrategyId;
  readonly make: (seed: number) => Promise<Made> | Made;
}

export interface Made {
  readonly memories: readonly Planted[];
  score(actions: readonly PlannedAction[]): {
    readonly expected: number;
    readonly found: number;
    readonly right: number;
  };
}
