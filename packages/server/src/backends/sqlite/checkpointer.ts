/** Decides when the write-ahead log is folded into the database file. */
import { type Connection, pageSizeBytes } from './connection.ts';

/** Fold when nobody waits and this much is in the log. */
const idleBytes = 8 * 1024 * 1024;
/** Fold even under load, so that the log and its stall stay bounded. */
const busyBytes = 64 * 1024 * 1024;

interface LogState {
  /** Pages in the log. */
  readonly log: number;
  /** Pages of it that are in the database file already. */
  readonly checkpointed: number;
}

/** Belongs to the writer's thread: nothing is appended while it folds, so the log restarts. */
export class Checkpointer {
  readonly #db: Connection;
  /** Raised when a reader held the log back, so that not every commit tries again. */
  #busyLimit = busyBytes;
  /** The log holds content that was erased: it is emptied as soon as nobody waits. */
  #holdsErased = false;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** After a group, when more requests wait. */
  afterGroup(): void {
    const waiting = this.#waitingBytes();
    if (waiting < this.#busyLimit) return;
    const left = this.#fold();
    this.#busyLimit = left + busyBytes;
  }

  /** After a commit that erased: its content must leave the log too. */
  noteErasure(): void {
    this.#holdsErased = true;
  }

  /** When no request has waited for a moment. True when it must be called again later. */
  whenIdle(): boolean {
    if (this.#holdsErased) {
      const emptied = this.#db.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
      this.#holdsErased = emptied?.busy !== 0;
      return this.#holdsErased;
    }
    if (this.#waitingBytes() >= idleBytes) this.#busyLimit = this.#fold() + busyBytes;
    return false;
  }

  /** Folds everything and empties the log's file. */
  atClose(): void {
    this.#db.get('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #waitingBytes(): number {
    return bytesIn(this.#db.get<LogState>('PRAGMA wal_checkpoint(NOOP)'));
  }

  /** Bytes still in the log afterwards. */
  #fold(): number {
    return bytesIn(this.#db.get<LogState>('PRAGMA wal_checkpoint(PASSIVE)'));
  }
}

function bytesIn(state: LogState | undefined): number {
  return state ? Math.max(0, state.log - state.checkpointed) * pageSizeBytes : 0;
}
