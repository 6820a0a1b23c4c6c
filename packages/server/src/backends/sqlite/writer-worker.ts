/** Entry of the writer thread: it owns the only connection that writes. */
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { invariant } from '../../util/invariant.ts';
import { Checkpointer } from './checkpointer.ts';
import { Connection } from './connection.ts';
import { type Outcome, writeGroup } from './group-writer.ts';
import { migrate } from './migrations/migrate.ts';
import { toFault } from './sqlite-errors.ts';
import { databasePath, makeFile } from './store-files.ts';
import type {
  FromWriter,
  NumberedRequest,
  Reply,
  ToWriter,
  WriteRequest,
  WriterData,
} from './writer-protocol.ts';

/** Bounds the time of one transaction; what is left over forms the next group. */
const groupRequestsMax = 1000;
/** No request for this long counts as idle. */
const idleMs = 20;

interface Waiting extends NumberedRequest {
  readonly port: MessagePort;
}

class Writer {
  readonly #folder: string;
  readonly #db: Connection;
  readonly #checkpointer: Checkpointer;
  readonly #ports = new Set<MessagePort>();
  #waiting: Waiting[] = [];
  #compactions: { readonly id: number; readonly port: MessagePort }[] = [];
  #idleTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(folder: string) {
    this.#folder = folder;
    const path = databasePath(folder);
    makeFile(path);
    this.#db = new Connection(path, 'write');
    migrate(this.#db);
    this.#checkpointer = new Checkpointer(this.#db);
  }

  attach(port: MessagePort): void {
    this.#ports.add(port);
    port.on('close', () => this.#ports.delete(port));
    port.on('message', (message: ToWriter) => {
      this.#take(message, port);
      this.#work();
    });
  }

  #take(message: ToWriter, port: MessagePort): void {
    if (message.type === 'attach') this.attach(message.port);
    else if (message.type === 'close') this.#closing = true;
    else if (message.type === 'compact') this.#compactions.push({ id: message.id, port });
    else for (const numbered of message.requests) this.#waiting.push({ ...numbered, port });
  }

  /** Whatever arrived while a commit waited for the disk forms the next group. */
  #work(): void {
    this.#receiveAll();
    while (this.#waiting.length > 0) {
      this.#writeNext();
      this.#receiveAll();
      if (this.#waiting.length > 0) this.#quietly(() => this.#checkpointer.afterGroup());
    }
    for (const { id, port } of this.#compactions.splice(0)) {
      send(port, { type: 'replies', replies: [{ id, ...this.#compact() }] });
    }
    if (this.#closing) this.#close();
    else this.#startIdleTimer();
  }

  #receiveAll(): void {
    for (const port of this.#ports) {
      let received = receiveMessageOnPort(port);
      while (received) {
        this.#take(received.message, port);
        received = receiveMessageOnPort(port);
      }
    }
  }

  #writeNext(): void {
    const group = this.#waiting.splice(0, groupRequestsMax);
    const requests = group.map(({ request }) => request);
    const outcomes = writeGroup(this.#db, this.#folder, requests);
    if (requests.some(isErasure)) this.#checkpointer.noteErasure();
    const replies = new Map<MessagePort, Reply[]>();
    for (const [i, { id, port }] of group.entries()) {
      const outcome = outcomes[i];
      invariant(outcome, 'every request of a group has an outcome');
      const ofPort = replies.get(port) ?? [];
      ofPort.push({ id, ...outcome });
      replies.set(port, ofPort);
    }
    for (const [port, ofPort] of replies) send(port, { type: 'replies', replies: ofPort });
  }

  /** What was erased may still stand in parts of pages that nothing points to. */
  #compact(): Outcome {
    try {
      // In a file: the copy is as large as the database.
      this.#db.exec('PRAGMA temp_store = FILE');
      this.#db.exec('VACUUM');
      const { busy } = this.#db.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)') ?? {};
      if (busy === 0) return { ok: true, result: undefined };
      return { ok: false, fault: { code: 'store_unavailable', cause: 'a reader holds the log' } };
    } catch (error) {
      this.#db.rollback();
      return { ok: false, fault: toFault(error, this.#folder) };
    } finally {
      this.#db.exec('PRAGMA temp_store = MEMORY');
    }
  }

  #startIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      this.#quietly(() => {
        if (this.#checkpointer.whenIdle()) this.#startIdleTimer();
      });
    }, idleMs);
  }

  /** A checkpoint that fails (no space) loses nothing: the log keeps what it has. */
  #quietly(checkpoint: () => void): void {
    try {
      checkpoint();
    } catch {
      this.#db.rollback();
    }
  }

  #close(): void {
    clearTimeout(this.#idleTimer);
    this.#quietly(() => this.#checkpointer.atClose());
    this.#db.close();
    for (const port of this.#ports) port.close();
  }
}

function isErasure(request: WriteRequest): boolean {
  if (request.kind === 'removeNamespace') return true;
  return request.kind === 'commit' && request.batch.ops.some(({ op }) => op === 'erase');
}

function send(port: MessagePort, message: FromWriter): void {
  port.postMessage(message);
}

function start(): void {
  invariant(parentPort, 'the writer runs in a worker thread');
  const { folder }: WriterData = workerData;
  try {
    new Writer(folder).attach(parentPort);
    send(parentPort, { type: 'ready' });
  } catch (error) {
    send(parentPort, { type: 'refused', fault: toFault(error, folder) });
  }
}

start();
