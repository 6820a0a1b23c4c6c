/** Tries again what may work later: exponential backoff with full jitter. */
import { RemoteFailure } from './remote-failure.ts';

/** Time and chance, so that tests need neither. */
export interface RetryWorld {
  now(): number;
  /** 0 to 1. */
  random(): number;
  /** Rejects with the signal's reason when it ends the wait. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

export const triesMax = 4;
const firstWaitMs = 500;
const waitMsMax = 8_000;
/** A service that asks for a longer pause counts as gone: someone is waiting for this call. */
const retryAfterMsMax = 30_000;

/**
 * Runs `task` up to {@link triesMax} times while its failure may pass. `Retry-After` is obeyed,
 * plus a little jitter so that callers do not come back all at once.
 *
 * @throws what the last try threw; `onFailure` is told how many there were.
 */
export async function withRetries<T>(
  world: RetryWorld,
  signal: AbortSignal,
  task: () => Promise<T>,
  onFailure: (error: unknown, tries: number) => unknown,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await task();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = waitAfter(error, tries, world);
      if (waitMs === undefined) throw onFailure(error, tries);
      await world.sleep(waitMs, signal);
    }
  }
}

/** How long to wait before the next try; undefined where there is none. */
function waitAfter(error: unknown, tries: number, world: RetryWorld): number | undefined {
  if (!(error instanceof RemoteFailure) || !error.isRetryable || tries >= triesMax)
    return undefined;
  const { retryAfterMs } = error;
  if (retryAfterMs === undefined) {
    return world.random() * Math.min(waitMsMax, firstWaitMs * 2 ** (tries - 1));
  }
  if (retryAfterMs > retryAfterMsMax) return undefined;
  return retryAfterMs + world.random() * firstWaitMs;
}
