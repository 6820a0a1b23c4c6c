/** One signal that ends with the first of several, and lets go of them afterwards. */
import { setMaxListeners } from 'node:events';

export interface Following {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Stops listening; a long-lived signal would otherwise collect listeners. */
  release(): void;
}

export function followSignals(...sources: readonly (AbortSignal | undefined)[]): Following {
  const controller = new AbortController();
  // Each batch of a long list listens; Node would take more than ten for a leak.
  setMaxListeners(0, controller.signal);
  const leave: (() => void)[] = [];
  for (const source of sources) {
    if (source === undefined) continue;
    const end = () => controller.abort(source.reason);
    if (source.aborted) end();
    source.addEventListener('abort', end, { once: true });
    leave.push(() => source.removeEventListener('abort', end));
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      for (const each of leave) each();
    },
  };
}
