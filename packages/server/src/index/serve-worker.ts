/** The worker's side: answers for the namespaces that belong to it. */
import type { MessagePort } from 'node:worker_threads';
import { createIndexPool, type IndexPoolOptions } from './index-pool.ts';
import type { NamespaceSource } from './index-settings.ts';
import {
  buffersOf,
  toFault,
  type WorkerAnswer,
  type WorkerQuestion,
  type WorkerReply,
  type WorkerRequest,
} from './worker-messages.ts';

export interface ServeWorkerOptions {
  /** `parentPort` of the worker. */
  readonly port: MessagePort;
  readonly pool: Omit<IndexPoolOptions, 'workers'>;
  /** Opens a namespace by the key that the main thread uses for it. */
  open(key: string): Promise<NamespaceSource>;
  /** Called once, after everything is saved. */
  onClose?(): Promise<void>;
}

export function serveWorker({ port, pool: options, open, onClose }: ServeWorkerOptions): void {
  const pool = createIndexPool(options);
  const sources = new Map<string, Promise<NamespaceSource>>();
  const searcher = async (key: string) => {
    const opened = sources.get(key) ?? open(key);
    sources.set(key, opened);
    const source = await opened.catch((error: unknown) => {
      sources.delete(key);
      throw error;
    });
    return pool.searcher(key, source);
  };
  const answer = async (question: WorkerQuestion): Promise<WorkerAnswer> => {
    if (question.op === 'close') {
      await pool.close();
      await onClose?.();
      return null;
    }
    if (question.op === 'stats') return pool.stats();
    if (question.op === 'release') {
      sources.delete(question.key);
      await pool.release(question.key);
      return null;
    }
    const { search, list, languages } = await searcher(question.key);
    if (question.op === 'search') return search(question.query);
    return question.op === 'list' ? list(question.query) : languages();
  };
  port.on('message', ({ id, question }: WorkerRequest) => {
    answer(question).then(
      (value) => {
        const reply: WorkerReply = { id, ok: true, answer: value };
        const moves = value !== null && 'ordinals' in value ? buffersOf(value) : [];
        port.postMessage(reply, moves);
        if (question.op === 'close') port.close();
      },
      (error: unknown) => {
        const reply: WorkerReply = { id, ok: false, fault: toFault(error) };
        port.postMessage(reply);
      },
    );
  });
}
