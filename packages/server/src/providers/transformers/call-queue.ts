/** Calls that wait for a model: urgent ones first, each an ordered list of inputs. */
import { MemoryError } from '../../domain/errors.ts';
import type { ModelInput } from './model-messages.ts';

export interface CallOptions {
  /** Goes before all that is not urgent: somebody waits for it. */
  readonly isUrgent: boolean;
  /** Takes the call out of the queue; its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One input on its way. */
export interface Job {
  readonly input: ModelInput;
  /** How often it was given to a process. */
  attempts: number;
  /** Nobody waits for it any more. */
  isSettled(): boolean;
  resolve(values: Float32Array): void;
  /** Rejects the call that it belongs to. */
  reject(error: MemoryError): void;
}

/** Inputs that wait or run; more are refused with `overloaded`. */
const waitingMax = 10_000;

interface Call {
  readonly inputs: readonly ModelInput[];
  readonly results: Float32Array[];
  readonly isUrgent: boolean;
  /** Inputs that were handed out. */
  next: number;
  /** Inputs without a result. */
  open: number;
  isSettled: boolean;
  settle(error?: unknown): void;
}

export class CallQueue {
  readonly #calls: Call[] = [];
  #retried: Job[] = [];
  #waiting = 0;
  readonly #onEmpty: () => void;

  /** `onEmpty` is called whenever the last call is settled. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /** One answer per input, in order. */
  add(inputs: readonly ModelInput[], { isUrgent, signal }: CallOptions): Promise<Float32Array[]> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (inputs.length === 0) return Promise.resolve([]);
    if (this.#waiting + inputs.length > waitingMax) {
      return Promise.reject(new MemoryError('overloaded'));
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => call.settle(signal?.reason);
      const call: Call = {
        inputs,
        results: [],
        isUrgent,
        next: 0,
        open: inputs.length,
        isSettled: false,
        settle: (error) => {
          if (call.isSettled) return;
          call.isSettled = true;
          signal?.removeEventListener('abort', abort);
          this.#remove(call);
          if (call.open === 0) resolve(call.results);
          else reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting += inputs.length;
      this.#calls.push(call);
    });
  }

  /** What a process should do next; the caller resolves it, rejects it, or gives it back. */
  next(): Job | undefined {
    const retried = this.#retried.shift();
    if (retried !== undefined) return retried.isSettled() ? this.next() : retried;
    const waits = (call: Call): boolean => call.next < call.inputs.length;
    const call = this.#calls.find((one) => one.isUrgent && waits(one)) ?? this.#calls.find(waits);
    const input = call?.inputs[call.next];
    if (call === undefined || input === undefined) return undefined;
    const index = call.next++;
    return {
      input,
      attempts: 0,
      isSettled: () => call.isSettled,
      resolve: (values) => {
        call.results[index] = values;
        call.open -= 1;
        if (call.open === 0) call.settle();
      },
      reject: (error) => call.settle(error),
    };
  }

  /** The process is gone: another one should do it, before anything else. */
  giveBack(job: Job): void {
    this.#retried.push(job);
  }

  rejectAll(error: MemoryError): void {
    this.#retried = [];
    for (const call of [...this.#calls]) call.settle(error);
  }

  #remove(call: Call): void {
    this.#calls.splice(this.#calls.indexOf(call), 1);
    this.#waiting -= call.inputs.length;
    if (this.#waiting === 0) this.#onEmpty();
  }
}
