/** Spreads requests that arrive together over turns of the event loop, so that none stalls it. */

export interface TurnGate {
  /** Undefined: go on now. Otherwise resolves when it is the caller's turn, in order of arrival. */
  enter(): Promise<void> | undefined;
}

/**
 * `budgetMs` is how long requests may start one after another before the loop goes round; `clock`
 * gives milliseconds.
 */
export function createTurnGate(budgetMs = 1, clock = () => performance.now()): TurnGate {
  const waiting: (() => void)[] = [];
  let turnStarted = 0;
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      turnStarted = clock();
      waiting.shift()?.();
      if (waiting.length > 0) schedule();
    });
  };

  return {
    enter() {
      const now = clock();
      // Nothing is scheduled: the last turn is over, and this request opens a new one.
      if (!isScheduled) turnStarted = now;
      schedule();
      if (waiting.length === 0 && now - turnStarted < budgetMs) return undefined;
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}
