/** Looks into a data folder, whether a server holds it or not, and says what it finds. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Connection } from './connection.ts';
import { lockHolder } from './folder-lock.ts';
import { schemaVersion } from './migrations/migrate.ts';
import { rowOf } from './row-codec.ts';
import { toFault } from './sqlite-errors.ts';
import { databasePath, lockDatabasePath } from './store-files.ts';

export interface StoreCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, for an operator. */
  readonly detail: string;
}

/** How to read which generations of vectors there are: the engine's document, not ours. */
export interface GenerationRegistry {
  /** Of the control document. */
  readonly key: string;
  numbersIn(value: string): readonly number[];
}

/** Larger files are not read whole; `verify` is for that. */
const quickCheckBytesMax = 512 * 1024 * 1024;
const freeBytesMin = 256 * 1024 * 1024;
const probeWrites = 8;
const mebibyte = 1024 * 1024;

/** Never throws: what cannot be checked is a check that failed. Changes nothing in the store. */
export async function inspectStore(
  folder: string,
  registry: GenerationRegistry,
): Promise<StoreCheck[]> {
  const checks = [check('folder', () => inspectFolder(folder))];
  if (!existsSync(databasePath(folder))) {
    return [...checks, { name: 'database', ok: false, detail: 'there is no store in the folder' }];
  }
  checks.push(check('lock', () => inspectLock(folder)));
  checks.push(check('disk space', () => inspectSpace(folder)));
  checks.push(check('fsync', () => inspectFsync(folder)));
  let db: Connection | undefined;
  try {
    db = new Connection(databasePath(folder), 'read');
    checks.push(...inspectDatabase(db, registry, (open) => inspectPages(open, folder)));
  } catch (error) {
    checks.push(failedCheck('database', error, folder));
  } finally {
    db?.close();
  }
  return checks;

  function check(name: string, inspect: () => Omit<StoreCheck, 'name'>): StoreCheck {
    try {
      return { name, ...inspect() };
    } catch (error) {
      return failedCheck(name, error, folder);
    }
  }
}

type Finding = Omit<StoreCheck, 'name'>;

export function failedCheck(name: string, error: unknown, folder: string): StoreCheck {
  const { code, cause } = toFault(error, folder);
  return { name, ok: false, detail: `${code}: ${cause.split('\n')[0]}` };
}

function inspectFolder(folder: string): Finding {
  const found = statSync(folder);
  if (!found.isDirectory()) return { ok: false, detail: `${folder} is no folder` };
  const mode = found.mode & 0o777;
  const isPrivate = (mode & 0o077) === 0 || process.platform === 'win32';
  const others = isPrivate ? '' : ': other users can look inside';
  return { ok: isPrivate, detail: `${folder}, mode ${mode.toString(8)}${others}` };
}

function inspectLock(folder: string): Finding {
  if (!existsSync(lockDatabasePath(folder))) return { ok: true, detail: 'never locked' };
  const holder = lockHolder(folder);
  if (!holder) return { ok: true, detail: 'free' };
  return { ok: true, detail: `held by process ${holder.pid ?? 'unknown'}` };
}

function inspectSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  return { ok: free >= freeBytesMin, detail: `${Math.floor(free / mebibyte)} MiB free` };
}

/** How long the disk takes to keep 200 bytes: the floor of every write. */
function inspectFsync(folder: string): Finding {
  const path = join(folder, `doctor-${process.pid}.probe`);
  const handle = openSync(path, 'wx', 0o600);
  try {
    const times = Array.from({ length: probeWrites }, () => {
      const start = performance.now();
      writeSync(handle, Buffer.alloc(200));
      fdatasyncSync(handle);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    const median = times[probeWrites / 2] ?? 0;
    const worst = times.at(-1) ?? 0;
    const detail = `median ${median.toFixed(2)} ms, worst ${worst.toFixed(2)} ms`;
    return { ok: true, detail };
  } finally {
    closeSync(handle);
    rmSync(path, { force: true });
  }
}

/** What a look at counts and settings tells; `pages` reads as much of the file as it wants. */
export function inspectDatabase(
  db: Connection,
  registry: GenerationRegistry,
  pages: (db: Connection) => StoreCheck,
): StoreCheck[] {
  const version = db.value<string>('SELECT sqlite_version()');
  const schema = db.value<number>('PRAGMA user_version') ?? 0;
  const journal = db.value<string>('PRAGMA journal_mode');
  const pageSize = db.value<number>('PRAGMA page_size');
  const schemaDetail = `schema ${schema}, this release knows ${schemaVersion}`;
  return [
    { name: 'sqlite', ok: true, detail: `version ${version}` },
    { name: 'schema', ok: schema >= 1 && schema <= schemaVersion, detail: schemaDetail },
    { name: 'journal', ok: journal === 'wal', detail: `${journal}, pages of ${pageSize} bytes` },
    pages(db),
    ...inspectNamespaces(db),
    inspectIndexes(db),
    inspectVectors(db),
    inspectGenerations(db, registry),
  ];
}

function inspectPages(db: Connection, folder: string): StoreCheck {
  const name = 'pages';
  const size = statSync(databasePath(folder)).size;
  if (size > quickCheckBytesMax) {
    const detail = `not read: the file has ${Math.floor(size / mebibyte)} MiB`;
    return { name, ok: true, detail };
  }
  const problems = db.all<{ quick_check: string }>('PRAGMA quick_check(10)');
  const detail = problems.map((problem) => problem.quick_check).join('; ');
  return { name, ok: detail === 'ok', detail };
}

interface NamespaceCounts {
  readonly no: number;
  readonly seq: number;
  readonly memories: number;
  readonly changes: number;
  readonly lastChange: number;
  readonly lastOrdinal: number;
  readonly nextOrdinal: number;
  readonly rows: number;
}

const countsSql = `SELECT n.no, n.seq, n.memories, n.next_ordinal AS nextOrdinal,
  (SELECT count(*) FROM changes WHERE namespace_no = n.no) AS changes,
  (SELECT coalesce(max(seq), 0) FROM changes WHERE namespace_no = n.no) AS lastChange,
  (SELECT count(*) FROM memories WHERE row > ?2 AND row < ?3) AS rows,
  (SELECT coalesce(max(row), ?2) - ?2 FROM memories WHERE row > ?2 AND row < ?3) AS lastOrdinal
  FROM namespaces n WHERE n.no = ?1`;

/** One short statement per namespace, so that a running server is not held up. */
function inspectNamespaces(db: Connection): StoreCheck[] {
  const gaps: number[] = [];
  const miscounts: number[] = [];
  let namespaces = 0;
  let memories = 0;
  for (let no = nextNamespace(db, 0); no !== undefined; no = nextNamespace(db, no)) {
    const found = db.get<NamespaceCounts>(countsSql, no, rowOf(no, 0), rowOf(no + 1, 0));
    if (!found) continue;
    namespaces++;
    memories += found.rows;
    if (found.changes !== found.seq || found.lastChange !== found.seq) gaps.push(no);
    const isMiscounted = found.rows !== found.memories || found.lastOrdinal >= found.nextOrdinal;
    if (isMiscounted) miscounts.push(no);
  }
  const where = (nos: number[], fine: string): string =>
    nos.length === 0 ? fine : `wrong in namespaces ${nos.slice(0, 10).join(', ')}`;
  const counted = `${memories} memories in ${namespaces} namespaces`;
  return [
    { name: 'changes', ok: gaps.length === 0, detail: where(gaps, 'gap-free in every namespace') },
    { name: 'counts', ok: miscounts.length === 0, detail: where(miscounts, counted) },
  ];
}

const indexesSql = `SELECT
  (SELECT count(*) FROM manifests) AS images,
  (SELECT count(*) FROM manifests i JOIN namespaces n ON n.no = i.namespace_no
    WHERE i.epoch = n.epoch AND i.seq > n.seq) AS ahead,
  (SELECT count(*) FROM manifests i LEFT JOIN namespaces n ON n.no = i.namespace_no
    WHERE n.no IS NULL) AS orphans,
  (SELECT count(*) FROM memories m LEFT JOIN analyses a ON a.row = m.row
    WHERE a.row IS NULL) AS unanalysed`;

/** Indexes are derived: one that lags is caught up, but none may know what the records do not. */
function inspectIndexes(db: Connection): StoreCheck {
  const found = db.get<Record<'images' | 'ahead' | 'orphans' | 'unanalysed', number>>(indexesSql);
  const { images = 0, ahead = 0, orphans = 0, unanalysed = 0 } = found ?? {};
  const wrong = `${ahead} ahead of their records, ${orphans} without a namespace`;
  const waiting = `${unanalysed} memories to be analysed on first use`;
  const isRight = ahead + orphans === 0;
  const detail = isRight ? `${images} stored, none ahead of its records; ${waiting}` : wrong;
  return { name: 'indexes', ok: isRight, detail };
}

const vectorsSql = `SELECT count(*) AS rows, count(DISTINCT generation) AS generations,
  coalesce(sum(vectors IS NULL), 0) AS pending,
  coalesce(sum(NOT EXISTS (SELECT 1 FROM memories m WHERE m.row = v.row)), 0) AS orphans
  FROM vectors v`;

/** Vectors are derived too, but they are content: none may outlive its memory. */
function inspectVectors(db: Connection): StoreCheck {
  type Found = Record<'rows' | 'generations' | 'pending' | 'orphans', number>;
  const { rows = 0, generations = 0, pending = 0, orphans = 0 } = db.get<Found>(vectorsSql) ?? {};
  const counted = `${rows} in ${generations} generations, ${pending} still to be made`;
  const detail = orphans === 0 ? counted : `${orphans} without a memory`;
  return { name: 'vectors', ok: orphans === 0, detail };
}

/** A namespace whose generation is gone is searched without meaning until it is embedded again. */
function inspectGenerations(db: Connection, { key, numbersIn }: GenerationRegistry): StoreCheck {
  const name = 'generations';
  const stored = db.get<{ value: Uint8Array }>('SELECT value FROM control WHERE key = ?', key);
  const known = stored ? numbersIn(Buffer.from(stored.value).toString('utf8')) : [];
  const sql = 'SELECT generation, count(*) AS namespaces FROM namespaces GROUP BY generation';
  const used = db.all<{ generation: number; namespaces: number }>(sql);
  // 0 is one that has no vectors yet: it gets them from a running server.
  const lost = used.filter(({ generation: no }) => no > 0 && !known.includes(no));
  const count = lost.reduce((sum, { namespaces }) => sum + namespaces, 0);
  const gone = lost.map(({ generation }) => generation).join(', ');
  const wrong =
    `${count} namespaces are searched by generation ${gone}, which is gone: ` +
    'a running server embeds them again';
  const fine = `${known.length} kept, every namespace is searched by one of them`;
  return { name, ok: count === 0, detail: count === 0 ? fine : wrong };
}

function nextNamespace(db: Connection, after: number): number | undefined {
  const sql = 'SELECT no FROM namespaces WHERE no > ? ORDER BY no LIMIT 1';
  return db.get<{ no: number }>(sql, after)?.no;
}
