/** Group commit: requests that wait together become durable together, by one fsync. */
import { MemoryError } from '../../domain/errors.ts';
import { applyBatch } from './apply-batch.ts';
import { applyDeleteControl, applyPutControl } from './apply-control.ts';
import { applyAnalyses, applyImage, dropImage } from './apply-index.ts';
import { AlreadyDone, applyReceipts } from './apply-receipts.ts';
import { applyRemoval } from './apply-removal.ts';
import {
  applyUse,
  applyVectors,
  awaitVectors,
  closeGeneration,
  dropVectors,
} from './apply-vectors.ts';
import type { Connection } from './connection.ts';
import { ExpectationFailed } from './expectation-failed.ts';
import { schemaVersion } from './migrations/migrate.ts';
import { OverStoredBytes } from './over-stored-bytes.ts';
import { type Fault, isStoreFault, toFault } from './sqlite-errors.ts';
import type { WriteRequest, WriteResult } from './writer-protocol.ts';

export type Outcome =
  | { readonly ok: true; readonly result: WriteResult }
  | { readonly ok: false; readonly fault: Fault };

/**
 * Applies the requests in order inside one transaction and commits once. Each stands under its own
 * savepoint, so one that fails is taken back alone. When the store itself fails (disk full, I/O)
 * nothing of the group was written, and every request gets the fault.
 */
export function writeGroup(
  db: Connection,
  folder: string,
  requests: readonly WriteRequest[],
): Outcome[] {
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes = requests.map((request) => applyAlone(db, folder, request));
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    const fault = rollbackAfter(db, folder, error);
    return requests.map(() => ({ ok: false, fault }));
  }
}

/** Throws only for faults of the store, which end the whole group. */
function applyAlone(db: Connection, folder: string, request: WriteRequest): Outcome {
  db.exec('SAVEPOINT request');
  try {
    const result = apply(db, request);
    db.exec('RELEASE request');
    return { ok: true, result };
  } catch (error) {
    if (isStoreFault(error) || !db.isTransaction) throw error;
    db.exec('ROLLBACK TO request');
    db.exec('RELEASE request');
    if (error instanceof AlreadyDone) return { ok: true, result: { ok: false, repeated: true } };
    if (error instanceof ExpectationFailed) return { ok: true, result: { ok: false } };
    if (error instanceof OverStoredBytes) {
      return { ok: true, result: { ok: false, storedBytes: error.storedBytes } };
    }
    return { ok: false, fault: toFault(error, folder) };
  }
}

function apply(db: Connection, request: WriteRequest): WriteResult {
  switch (request.kind) {
    case 'commit':
      return applyBatch(db, request);
    case 'keepReceipts':
      return applyReceipts(db, request);
    case 'removeNamespace':
      return applyRemoval(db, request);
    case 'saveAnalyses':
      return void applyAnalyses(db, request);
    case 'saveImage':
      return applyImage(db, request);
    case 'dropImage':
      return void dropImage(db, request);
    case 'saveVectors':
      return applyVectors(db, request);
    case 'awaitVectors':
      return awaitVectors(db, request);
    case 'useGeneration':
      return applyUse(db, request);
    case 'closeGeneration':
      return closeGeneration(db, request);
    case 'dropVectors':
      return dropVectors(db, request);
    case 'putControl':
      return applyPutControl(db, request);
    case 'deleteControl':
      return applyDeleteControl(db, request);
    case 'probe':
      // Writes the file's header page again with the value that it has.
      return void db.exec(`PRAGMA user_version = ${schemaVersion}`);
  }
}

function rollbackAfter(db: Connection, folder: string, error: unknown): Fault {
  const fault = toFault(error, folder);
  try {
    db.rollback();
  } catch (second) {
    const cause = `${fault.cause}\nand the rollback failed: ${toFault(second, folder).cause}`;
    return { code: 'store_unavailable', message: new MemoryError(fault.code).message, cause };
  }
  return fault;
}
