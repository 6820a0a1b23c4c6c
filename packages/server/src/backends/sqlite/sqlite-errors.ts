/** Turns faults of SQLite and of the file system into the product's coded errors. */
import { statfsSync } from 'node:fs';
import { type ErrorCode, MemoryError } from '../../domain/errors.ts';
import { systemErrorCode } from '../../domain/system-errors.ts';

/** An error in a form that crosses threads. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message?: string;
  /** For the log, never for a caller. */
  readonly cause: string;
}

/** Primary result codes, https://sqlite.org/rescode.html */
const primaryCodes: Readonly<Record<number, ErrorCode>> = {
  5: 'store_unavailable', // SQLITE_BUSY
  6: 'store_unavailable', // SQLITE_LOCKED
  7: 'store_unavailable', // SQLITE_NOMEM
  8: 'store_read_only', // SQLITE_READONLY
  10: 'store_unavailable', // SQLITE_IOERR
  11: 'store_damaged', // SQLITE_CORRUPT
  13: 'disk_full', // SQLITE_FULL
  14: 'store_unavailable', // SQLITE_CANTOPEN
  26: 'store_damaged', // SQLITE_NOTADB
};

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
/** The shared-memory file could not grow, which on a file system means no space. */
const SQLITE_IOERR_SHMSIZE = 4874;
/** Less free space than this explains a failed write that did not say ENOSPC. */
const fullBelowBytes = 1024 * 1024;

/** The extended result code of an SQLite error, undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** True when another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return ((sqliteCode(error) ?? 0) & 0xff) === SQLITE_BUSY;
}

/**
 * True when the fault is the store's and not the request's: the whole group of requests must be
 * taken back.
 */
export function isStoreFault(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code & 0xff) in primaryCodes;
}

/** A coded fault for any error; what is not known becomes `internal`. */
export function toFault(error: unknown, folder: string): Fault {
  if (MemoryError.isInstance(error)) {
    return { code: error.code, message: error.message, cause: String(error.cause ?? '') };
  }
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: codeOf(error, folder), cause };
}

/** The error that a caller sees; the cause stays for the log. */
export function fromFault(fault: Fault): MemoryError {
  return new MemoryError(fault.code, fault.message, { cause: new Error(fault.cause) });
}

function codeOf(error: unknown, folder: string): ErrorCode {
  const code = sqliteCode(error);
  if (code === undefined) return systemErrorCode(error) ?? 'internal';
  if (code === SQLITE_IOERR_SHMSIZE) return 'disk_full';
  const known = primaryCodes[code & 0xff];
  if ((code & 0xff) === SQLITE_IOERR && isNearlyFull(folder)) return 'disk_full';
  return known ?? 'internal';
}

function isNearlyFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < fullBelowBytes;
  } catch {
    return false;
  }
}
