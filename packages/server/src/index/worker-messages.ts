/** What the main thread and an index worker say to each other. */
import { type ErrorCode, errorTable, MemoryError } from '../domain/errors.ts';
import type { IndexCandidates, IndexListQuery, IndexQuery } from './types.ts';

export type WorkerQuestion =
  | { readonly op: 'search'; readonly key: string; readonly query: IndexQuery }
  | { readonly op: 'list'; readonly key: string; readonly query: IndexListQuery }
  | { readonly op: 'languages'; readonly key: string }
  | { readonly op: 'release'; readonly key: string }
  | { readonly op: 'stats' }
  /** Save everything and stop. */
  | { readonly op: 'close' };

export interface WorkerRequest {
  readonly id: number;
  readonly question: WorkerQuestion;
}

export interface WorkerFault {
  readonly message: string;
  /** The code of a MemoryError. */
  readonly code?: ErrorCode;
}

/** What the indexes of a thread take. */
export interface IndexStats {
  readonly namespaces: number;
  readonly bytes: number;
}

export type WorkerAnswer = IndexCandidates | IndexStats | number[] | readonly string[] | null;

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly answer: WorkerAnswer }
  | { readonly id: number; readonly ok: false; readonly fault: WorkerFault };

/** Errors lose their class between threads. */
export function toFault(error: unknown): WorkerFault {
  const message = error instanceof Error ? error.message : String(error);
  return MemoryError.isInstance(error) ? { message, code: error.code } : { message };
}

export function fromFault({ message, code }: WorkerFault): Error {
  return code !== undefined && code in errorTable
    ? new MemoryError(code, message)
    : new Error(message);
}

/** The buffers of an answer, which change owner instead of being copied. */
export function buffersOf(candidates: IndexCandidates): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const value of Object.values(candidates)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer)
      buffers.push(value.buffer);
  }
  return buffers;
}
