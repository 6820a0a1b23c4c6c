/** At most so many calls at once; questions go before documents, because someone waits for them. */
import { MemoryError } from '../../domain/errors.ts';
import type { RemoteUse } from './remote-use.ts';

/** Calls that may wait. Each holds its texts, so without a bound a dead service eats memory. */
const waitingMax = 1_000;

export interface CallGate {
  /** @throws MemoryError `overloaded` when too many wait; the signal's reason when it ends that. */
  run<T>(options: CallOptions, task: () => Promise<T>): Promise<T>;
}

export interface CallOptions {
  readonly isUrgent: boolean;
  readonly signal: AbortSignal;
}

interface Waiting {
  start(): void;
}

/** `noun`: who is called, for the message when too many wait. */
export function createCallGate(concurrency: number, noun: RemoteUse['noun']): CallGate {
  const urgent = new Set<Waiting>();
  const patient = new Set<Waiting>();
  let running = 0;

  const enter = ({ isUrgent, signal }: CallOptions): Promise<void> => {
    signal.throwIfAborted();
    if (running < concurrency) {
      running += 1;
      return Promise.resolve();
    }
    if (urgent.size + patient.size >= waitingMax) {
      throw new MemoryError('overloaded', `Too many calls wait for the ${noun} already.`);
    }
    const line = isUrgent ? urgent : patient;
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.delete(waiting);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        start() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      line.add(waiting);
    });
  };

  /** Hands the place to the next one in line. */
  const exit = () => {
    const line = urgent.size > 0 ? urgent : patient;
    const [next] = line;
    if (next === undefined) {
      running -= 1;
      return;
    }
    line.delete(next);
    next.start();
  };

  return {
    async run(options, task) {
      await enter(options);
      try {
        return await task();
      } finally {
        exit();
      }
    },
  };
}
