/** Brings a database file to the newest schema, one numbered migration per transaction. */
import { MemoryError } from '../../../domain/errors.ts';
import type { Connection } from '../connection.ts';
import { tables } from './0001-tables.ts';
import { generations } from './0002-generations.ts';
import { closedGenerations } from './0003-closed-generations.ts';
import { emptyVectors } from './0004-empty-vectors.ts';
import { receipts } from './0005-receipts.ts';
import { storedBytes } from './0006-stored-bytes.ts';
import { erasedIds } from './0007-erased-ids.ts';

/** Migration n is at place n - 1. Append only: a released migration never changes. */
const migrations: readonly string[] = [
  tables,
  generations,
  closedGenerations,
  emptyVectors,
  receipts,
  storedBytes,
  erasedIds,
];

export const schemaVersion = migrations.length;

/** "REVR": tells our files from other SQLite databases. */
const applicationId = 0x52455652;

/** Throws store_damaged for a schema from a newer release, or for somebody else's database. */
export function migrate(db: Connection): void {
  const found = db.value<number>('PRAGMA user_version') ?? 0;
  checkOwner(db, found);
  if (found > schemaVersion) {
    const message = `The store has schema ${found}; this release knows ${schemaVersion}.`;
    throw new MemoryError('store_damaged', message);
  }
  for (let version = found + 1; version <= schemaVersion; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(migrations[version - 1] ?? '');
      db.exec(`PRAGMA application_id = ${applicationId}`);
      db.exec(`PRAGMA user_version = ${version}`);
      db.exec('COMMIT');
    } finally {
      db.rollback();
    }
  }
}

function checkOwner(db: Connection, found: number): void {
  const owner = db.value<number>('PRAGMA application_id');
  const tableCount = db.value<number>('SELECT count(*) FROM sqlite_schema');
  const isNew = found === 0 && tableCount === 0;
  if (isNew || owner === applicationId) return;
  throw new MemoryError('store_damaged', 'The database in the data folder is not a Reverie store.');
}
