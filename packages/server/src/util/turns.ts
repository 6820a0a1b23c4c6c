/** Long loops give others a turn every few milliseconds. */
import { fairTurns } from './fair-turns.ts';

export interface Turns {
  /** True when the loop has run for the whole budget. */
  due(): boolean;
  /** Lets others who wait run, then starts a new budget. */
  next(): Promise<void>;
}

/** `who` has the work done, as in FairTurns; it may hold the thread for `budgetMs` at once. */
export function createTurns(who: string, budgetMs = 2): Turns {
  let start = performance.now();
  return {
    due: () => performance.now() - start >= budgetMs,
    async next() {
      await fairTurns.again(who);
      start = performance.now();
    },
  };
}
