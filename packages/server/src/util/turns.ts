/** Long loops give the event loop a turn every few milliseconds. */
import { setImmediate } from 'node:timers/promises';

export interface Turns {
  /** True when the loop has run for the whole budget. */
  due(): boolean;
  /** Lets everything else that waits run, then starts a new budget. */
  next(): Promise<void>;
}

/** `budgetMs` is how long the loop may hold the thread in one go. */
export function createTurns(budgetMs = 2): Turns {
  let start = performance.now();
  return {
    due: () => performance.now() - start >= budgetMs,
    async next() {
      await setImmediate();
      start = performance.now();
    },
  };
}
