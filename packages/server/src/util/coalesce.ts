/** Joins callers that wait for the same work; none joins a run that began before it asked. */

/**
 * Wraps `work` so that one run is in progress at a time. A caller never joins a run that began
 * before its call: it waits for that one and shares the next, so that what was true when it called
 * is seen.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;

  const start = (): Promise<void> => {
    const run = work().finally(() => {
      if (running === run) running = null;
    });
    running = run;
    return run;
  };

  return () => {
    if (running === null) return start();
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = null;
        return start();
      });
    return waiting;
  };
}
