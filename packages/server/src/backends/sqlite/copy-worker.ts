/** Entry of the thread that copies a database: it takes long, and nobody else should wait. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../util/invariant.ts';
import { Connection } from './connection.ts';
import type { CopyOutcome, CopyRequest } from './copy-database.ts';
import { schemaVersion } from './migrations/migrate.ts';
import { toFault } from './sqlite-errors.ts';
import { databasePath } from './store-files.ts';

const readBytes = 1024 * 1024;

function copy({ folder, target }: CopyRequest): CopyOutcome {
  const handle = openSync(target, 'wx+', 0o600);
  try {
    const db = new Connection(databasePath(folder), 'read');
    let schema: number | undefined;
    try {
      schema = db.value<number>('PRAGMA user_version');
      // One read transaction, on pages that are written anew: what was erased is not among them.
      db.run('VACUUM INTO ?', target);
    } finally {
      db.close();
    }
    return { ok: true, copied: { schema: schema ?? schemaVersion, ...hash(handle) } };
  } catch (error) {
    return { ok: false, fault: toFault(error, folder) };
  } finally {
    closeSync(handle);
  }
}

function hash(handle: number): { bytes: number; sha256: string } {
  const digest = createHash('sha256');
  const buffer = Buffer.alloc(readBytes);
  let bytes = 0;
  for (;;) {
    const read = readSync(handle, buffer, 0, readBytes, bytes);
    if (read === 0) return { bytes, sha256: digest.digest('hex') };
    digest.update(buffer.subarray(0, read));
    bytes += read;
  }
}

invariant(parentPort, 'a copy is made in a worker thread');
parentPort.postMessage(copy(workerData));
