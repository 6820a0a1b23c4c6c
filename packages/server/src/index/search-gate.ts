/** Keeps searches from holding the thread one after another when many wait at once. */

export interface SearchGate {
  /** Runs the task now, or, when the thread was held long enough, after others had their turn. */
  run<T>(task: () => T): Promise<T>;
}

/** `budgetMs` is how long tasks may follow each other before the event loop goes round. */
export function createSearchGate(budgetMs = 2): SearchGate {
  const waiting: (() => void)[] = [];
  let used = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      used = 0;
      while (used < budgetMs) {
        const next = waiting.shift();
        if (next === undefined) return;
        next();
      }
      schedule();
    });
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        const step = (): void => {
          const start = performance.now();
          try {
            resolve(task());
          } catch (error) {
            reject(error);
          }
          used += performance.now() - start;
          schedule();
        };
        if (waiting.length === 0 && used < budgetMs) step();
        else waiting.push(step);
      }),
  };
}
