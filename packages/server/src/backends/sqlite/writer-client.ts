/** A thread's end of the way to the writer: gathers requests, bounds them, settles the replies. */
import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import { MemoryError } from '../../domain/errors.ts';
import type { RecordsStatus } from '../../ports/records.ts';
import { type Fault, fromFault } from './sqlite-errors.ts';
import type {
  FromWriter,
  NumberedRequest,
  Reply,
  ToWriter,
  WriteKind,
  WriteKinds,
  WriteRequest,
  WriteResult,
} from './writer-protocol.ts';

/** More waiting requests, or more waiting bytes, than this are refused with `overloaded`. */
const waitingRequestsMax = 10_000;
const waitingBytesMax = 64 * 1024 * 1024;

interface Pending {
  readonly bytes: number;
  resolve(result: WriteResult): void;
  reject(error: MemoryError): void;
}

/** Told of what the writer does; `write` runs the work. */
export interface WriteWatch {
  write<T>(kind: WriteKind, work: () => Promise<T>): Promise<T>;
  /** Writes of this thread that became durable together. */
  group(size: number): void;
}

export class WriterClient {
  readonly #port: MessagePort | Worker;
  readonly #watch: WriteWatch | undefined;
  readonly #pending = new Map<number, Pending>();
  #outbox: NumberedRequest[] = [];
  #waitingBytes = 0;
  #nextId = 1;
  /** Why nothing is sent any more. */
  #ended: MemoryError | undefined;
  /** The newest fault of the store, until a write succeeds again. */
  #fault: MemoryError | undefined;
  #drained: (() => void) | undefined;

  constructor(port: MessagePort | Worker, watch?: WriteWatch) {
    this.#port = port;
    this.#watch = watch;
    port.on('message', (message: FromWriter) => {
      if (message.type !== 'replies') return;
      this.#watch?.group(message.replies.length);
      for (const reply of message.replies) this.#settle(reply);
    });
  }

  /**
   * Resolves when the write is durable. `bytes` is about the size of the request. Throws
   * overloaded, shutting_down, and whatever the store says.
   */
  write<Kind extends WriteKind>(
    request: WriteRequest & { readonly kind: Kind },
    bytes = 0,
  ): Promise<WriteKinds[Kind]['result']> {
    const write = () => this.#write<Kind>(request, bytes);
    return this.#watch ? this.#watch.write(request.kind, write) : write();
  }

  async #write<Kind extends WriteKind>(
    request: WriteRequest & { readonly kind: Kind },
    bytes: number,
  ): Promise<WriteKinds[Kind]['result']> {
    if (this.#ended) throw this.#ended;
    const isFull =
      this.#pending.size >= waitingRequestsMax ||
      (this.#pending.size > 0 && this.#waitingBytes + bytes > waitingBytesMax);
    if (isFull) throw new MemoryError('overloaded');
    const { id, result } = this.#expect(bytes);
    // One message for all requests of one turn of the event loop.
    if (this.#outbox.length === 0) setImmediate(() => this.#flush());
    this.#outbox.push({ id, request });
    // The reply's kind is the request's: the writer answers by number.
    return (await result) as WriteKinds[Kind]['result'];
  }

  /**
   * Resolves when the database file was written anew, without free pages, and the log is empty.
   * Writes wait meanwhile. Throws disk_full and whatever the store says; then nothing has changed.
   */
  async compact(): Promise<void> {
    if (this.#ended) throw this.#ended;
    const { id, result } = this.#expect(0);
    this.#post({ type: 'compact', id });
    await result;
  }

  /** Hands the writer a port of another thread. */
  attach(port: MessagePort): void {
    this.#post({ type: 'attach', port }, [port]);
  }

  /** Asks the disk again when the last write failed. */
  async status(): Promise<RecordsStatus> {
    if (this.#fault && !this.#ended) await this.write({ kind: 'probe' }).catch(() => undefined);
    const why = this.#ended ?? this.#fault;
    return why ? { writable: false, reason: why.message } : { writable: true };
  }

  /** Refuses new requests, and resolves when the waiting ones are settled. */
  async drain(): Promise<void> {
    this.#ended ??= new MemoryError('shutting_down');
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  /** After {@link drain}: the writer folds its log, closes its connection and ends. */
  closeWriter(): void {
    this.#post({ type: 'close' });
  }

  /** The writer is gone: nobody will answer the waiting requests. */
  end(error: MemoryError): void {
    if (this.#ended?.code !== 'shutting_down') this.#ended = error;
    this.#outbox = [];
    for (const [id, pending] of this.#pending) {
      this.#forget(id, pending);
      pending.reject(error);
    }
  }

  #expect(bytes: number): { id: number; result: Promise<WriteResult> } {
    const id = this.#nextId++;
    this.#waitingBytes += bytes;
    const result = new Promise<WriteResult>((resolve, reject) => {
      this.#pending.set(id, { bytes, resolve, reject });
    });
    return { id, result };
  }

  #flush(): void {
    const requests = this.#outbox;
    this.#outbox = [];
    if (requests.length === 0) return;
    try {
      this.#post({ type: 'requests', requests });
    } catch (error) {
      const fault: Fault = { code: 'internal', cause: String(error) };
      for (const { id } of requests) this.#settle({ id, ok: false, fault });
    }
  }

  #post(message: ToWriter, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#forget(reply.id, pending);
    if (reply.ok) {
      this.#fault = undefined;
      pending.resolve(reply.result);
      return;
    }
    const error = fromFault(reply.fault);
    if (error.status === 503) this.#fault = error;
    pending.reject(error);
  }

  #forget(id: number, pending: Pending): void {
    this.#pending.delete(id);
    this.#waitingBytes -= pending.bytes;
    if (this.#pending.size === 0) this.#drained?.();
  }
}
