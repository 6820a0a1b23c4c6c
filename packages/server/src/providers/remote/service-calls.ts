/** Calls to one service: bounded in number and time, tried again, and failing with a code. */
import { setTimeout as sleep } from 'node:timers/promises';
import { followSignals } from '../../util/follow-signals.ts';
import { type CallOptions, createCallGate } from './call-gate.ts';
import { failureOf, RemoteFailure, toMemoryError } from './remote-failure.ts';
import type { RemoteUse } from './remote-use.ts';
import { type RetryWorld, withRetries } from './retry.ts';

export interface ServiceOptions {
  readonly use: RemoteUse;
  readonly vendor: string;
  /** Calls at one time. */
  readonly concurrency: number;
  /** Of one try. */
  readonly timeoutMs: number;
  /** Whether to ask again when that has passed. */
  readonly retriesLate: boolean;
  readonly world: RetryWorld;
}

export interface ServiceCalls {
  /**
   * Runs `task` until it succeeds or fails for good. Its signal ends with the time of one try.
   *
   * @throws MemoryError the codes of the use, or `overloaded`; the signal's reason.
   */
  run<T>(task: (signal: AbortSignal) => Promise<T>, options: CallOptions): Promise<T>;
}

export const realWorld: RetryWorld = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (durationMs, signal) => waitFor(durationMs, signal),
};

export function createServiceCalls(service: ServiceOptions): ServiceCalls {
  const { use, vendor, concurrency, world } = service;
  const gate = createCallGate(concurrency, use.noun);
  return {
    run: (task, options) =>
      withRetries(
        world,
        options.signal,
        () => gate.run(options, () => tryOnce(task, options.signal, service)),
        (error, tries) =>
          error instanceof RemoteFailure ? toMemoryError(use, vendor, error, tries) : error,
      ),
  };
}

async function tryOnce<T>(
  task: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  { timeoutMs, retriesLate }: ServiceOptions,
): Promise<T> {
  const own = followSignals(signal);
  const kind = { isRetryable: retriesLate, mayPass: true };
  const timeout = new RemoteFailure(`no answer within ${timeoutMs} ms`, kind);
  const timer = setTimeout(() => own.abort(timeout), timeoutMs);
  try {
    return await task(own.signal);
  } catch (error) {
    own.signal.throwIfAborted();
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
    own.release();
  }
}

async function waitFor(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(durationMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
