/** Reads a whole store and says what is damaged in it; a server may run meanwhile. */
import { existsSync } from 'node:fs';
import { Connection } from './connection.ts';
import { failedCheck, inspectDatabase, type StoreCheck } from './doctor.ts';
import { listed } from './listed.ts';
import { databasePath } from './store-files.ts';
import { type DerivedReaders, verifyDerived } from './verify-derived.ts';
import { verifyOrphans } from './verify-orphans.ts';
import { verifyRows } from './verify-rows.ts';

export interface VerifyReaders extends DerivedReaders {
  /** What is wrong with control documents, in words. */
  controlProblems(documents: readonly { key: string; value: string }[]): string[];
}

/** Never throws: what cannot be read is a check that failed. Changes nothing. */
export function verifyStore(folder: string, readers: VerifyReaders): StoreCheck[] {
  if (!existsSync(databasePath(folder))) {
    return [{ name: 'database', ok: false, detail: 'there is no store in the folder' }];
  }
  let db: Connection | undefined;
  try {
    db = new Connection(databasePath(folder), 'read');
    const open = db;
    const guarded = (name: string, verify: () => StoreCheck[]): StoreCheck[] => {
      try {
        return verify();
      } catch (error) {
        return [failedCheck(name, error, folder)];
      }
    };
    return [
      ...guarded('database', () => inspectDatabase(open, readers, verifyPages)),
      ...guarded('rows', () => verifyRows(open, readers.bodyProblem)),
      ...guarded('orphans', () => verifyOrphans(open)),
      ...guarded('derived', () => verifyDerived(open, readers)),
      ...guarded('control', () => [verifyControl(open, readers)]),
    ];
  } catch (error) {
    return [failedCheck('database', error, folder)];
  } finally {
    db?.close();
  }
}

/** Every page and every index, unlike the doctor's quick look. */
function verifyPages(db: Connection): StoreCheck {
  const problems = db.all<{ integrity_check: string }>('PRAGMA integrity_check(10)');
  const broken = db.all<{ table: string }>('PRAGMA foreign_key_check');
  const said = problems.map((problem) => problem.integrity_check);
  const detail = [...said, ...broken.map(({ table }) => `a reference of ${table} is broken`)];
  const isRight = said[0] === 'ok' && broken.length === 0;
  const fine = 'every page and index was read';
  return { name: 'integrity', ok: isRight, detail: isRight ? fine : detail.join('; ') };
}

function verifyControl(db: Connection, { controlProblems }: VerifyReaders): StoreCheck {
  const rows = db.all<{ key: string; value: Uint8Array }>('SELECT key, value FROM control');
  const documents = rows.map(({ key, value }) => ({
    key,
    value: Buffer.from(value).toString('utf8'),
  }));
  const problems = controlProblems(documents);
  const detail = problems.length === 0 ? `${rows.length} documents` : listed(problems);
  return { name: 'documents', ok: problems.length === 0, detail };
}
