/** The main thread's side of the index workers: each large namespace belongs to one of them. */
import { type MessagePort, Worker } from 'node:worker_threads';
import { MemoryError } from '../domain/errors.ts';
import { invariant } from '../util/invariant.ts';
import type { IndexLog } from './index-settings.ts';
import type { NamespaceSearcher } from './types.ts';
import {
  fromFault,
  type IndexStats,
  type WorkerAnswer,
  type WorkerQuestion,
  type WorkerReply,
  type WorkerRequest,
} from './worker-messages.ts';

export interface WorkerHostOptions {
  /** A module that calls `serveWorker`. */
  readonly url: URL;
  /** Called for each worker that starts: what it needs to open records, ports moved to it. */
  readonly share: () => { readonly workerData: unknown; readonly transfer: readonly MessagePort[] };
  readonly workers: number;
  readonly log: IndexLog;
}

export interface WorkerHost {
  /** A searcher that asks the worker which owns `key`. */
  searcher(key: string): NamespaceSearcher;
  /** Lets the owner of `key` save and forget its index. */
  release(key: string): Promise<void>;
  /** What the indexes of all workers take. */
  stats(): Promise<IndexStats>;
  /** Starts the workers now, so that the first question does not wait for it. */
  start(): void;
  /** Lets every worker save and stop. */
  close(): Promise<void>;
}

/** Room for short-lived objects: with 64 MB a search at 10k had a p95 of 1.4 ms, not 2.0. */
const youngGenerationMb = 64;

/** A question is asked again once when the worker dies over it, or over another one. */
const attemptsMax = 2;

interface Waiting {
  readonly question: WorkerQuestion;
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
}

export function createWorkerHost(options: WorkerHostOptions): WorkerHost {
  const lanes = Array.from({ length: options.workers }, () => new Lane(options));
  const owners = new Map<string, Lane>();
  // A question of its own would wait behind the searches; each answer tells the languages anyway.
  const languages = new Map<string, readonly string[]>();
  const ownerOf = (key: string): Lane => {
    const known = owners.get(key);
    if (known !== undefined) return known;
    const lane = lanes.reduce((least, next) => (next.namespaces < least.namespaces ? next : least));
    lane.namespaces += 1;
    owners.set(key, lane);
    return lane;
  };
  return {
    searcher(key) {
      const lane = ownerOf(key);
      return {
        async search(query) {
          const answer = await lane.ask({ op: 'search', key, query });
          invariant(answer !== null && 'ordinals' in answer, 'a search is answered by candidates');
          languages.set(key, answer.languages);
          return answer;
        },
        async list(query) {
          const answer = await lane.ask({ op: 'list', key, query });
          return Array.isArray(answer) ? answer.map(Number) : [];
        },
        async languages() {
          const known = languages.get(key);
          if (known !== undefined) return known;
          const answer = await lane.ask({ op: 'languages', key });
          return Array.isArray(answer) ? answer.map(String) : [];
        },
      };
    },
    async release(key) {
      const lane = owners.get(key);
      if (lane === undefined) return;
      owners.delete(key);
      languages.delete(key);
      lane.namespaces -= 1;
      await lane.ask({ op: 'release', key });
    },
    async stats() {
      const all = await Promise.all(lanes.map((lane) => lane.stats()));
      return {
        namespaces: all.reduce((sum, { namespaces }) => sum + namespaces, 0),
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    start() {
      for (const lane of lanes) lane.start();
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** One worker, and the questions that it has not answered yet. */
class Lane {
  namespaces = 0;
  readonly #options: WorkerHostOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  ask(question: WorkerQuestion): Promise<WorkerAnswer> {
    if (this.#closed) return Promise.reject(new MemoryError('shutting_down'));
    return new Promise((resolve, reject) => {
      this.#send({ question, resolve, reject, attempts: 0 });
    });
  }

  /** A worker that does not run is not started for it. */
  async stats(): Promise<IndexStats> {
    const answer = this.#worker === null ? null : await this.ask({ op: 'stats' });
    return answer !== null && 'bytes' in answer ? answer : { namespaces: 0, bytes: 0 };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    const saved = worker === null ? undefined : this.ask({ op: 'close' });
    // Its end is expected from here on, even where it comes together with its last answer.
    this.#closed = true;
    await saved?.catch(() => undefined);
    await worker?.terminate();
  }

  #send(waiting: Waiting): void {
    this.#worker ??= this.#start();
    this.#lastId += 1;
    const request: WorkerRequest = { id: this.#lastId, question: waiting.question };
    waiting.attempts += 1;
    this.#waiting.set(request.id, waiting);
    this.#worker.ref();
    this.#worker.postMessage(request);
  }

  start(): void {
    if (this.#worker !== null || this.#closed) return;
    this.#worker = this.#start();
    this.#worker.unref();
  }

  #start(): Worker {
    const { url, share } = this.#options;
    const { workerData, transfer } = share();
    const worker = new Worker(url, {
      workerData,
      transferList: [...transfer],
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    let reason = 'it exited';
    worker.on('message', (reply: WorkerReply) => this.#receive(reply));
    worker.on('error', (error: Error) => {
      reason = error.message;
    });
    worker.on('exit', () => this.#replace(worker, reason));
    return worker;
  }

  #receive(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    // A worker without questions must not keep the process alive.
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (reply.ok) waiting?.resolve(reply.answer);
    else waiting?.reject(fromFault(reply.fault));
  }

  /** The next question starts a new worker, which loads the namespaces again. */
  #replace(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    if (this.#closed) {
      for (const waiting of left) waiting.reject(new MemoryError('shutting_down'));
      return;
    }
    this.#options.log('error', 'An index worker stopped and is replaced.', { reason });
    for (const waiting of left) {
      if (waiting.attempts < attemptsMax) this.#send(waiting);
      else waiting.reject(new MemoryError('internal', 'The search worker stopped twice.'));
    }
  }
}
