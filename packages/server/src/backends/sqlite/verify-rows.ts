/** Holds every row against the change log, its former versions and its body. */
import { changeOps } from '../../ports/records.ts';
import type { Connection } from './connection.ts';
import type { StoreCheck } from './doctor.ts';
import { listed } from './listed.ts';
import { ordinalOf, rowOf } from './row-codec.ts';

const rowsPerPage = 1000;
const put = changeOps.indexOf('put');
const erase = changeOps.indexOf('erase');

interface Problems {
  readonly rows: string[];
  readonly versions: string[];
  readonly bodies: string[];
}

/** One namespace at a time on one snapshot, so that no read transaction lasts for all of them. */
export function verifyRows(
  db: Connection,
  bodyProblem: (body: Uint8Array) => string | undefined,
): StoreCheck[] {
  const problems: Problems = { rows: [], versions: [], bodies: [] };
  const counts = { rows: 0, versions: 0 };
  const nos = db.all<{ no: number }>('SELECT no FROM namespaces ORDER BY no');
  for (const { no } of nos) {
    db.snapshot(() => {
      const history = readHistory(db, no, problems);
      counts.rows += checkRows(db, no, history, problems, bodyProblem);
      counts.versions += checkVersions(db, no, history, problems, bodyProblem);
    });
  }
  const check = (name: keyof Problems, fine: string): StoreCheck => {
    const found = problems[name];
    return { name, ok: found.length === 0, detail: found.length === 0 ? fine : listed(found) };
  };
  return [
    check('rows', `${counts.rows} rows as the change log says`),
    check('versions', `${counts.versions} former versions, none missing`),
    check('bodies', 'every body can be read'),
  ];
}

/** By ordinal: what the change log says of each row. */
interface History {
  readonly seqs: Float64Array;
  /** 0 for a row that was never there, or is gone. */
  readonly versions: Uint32Array;
  readonly firstVersions: Uint32Array;
}

const changesSql = `SELECT seq, op, ordinal, version FROM changes
  WHERE namespace_no = ? AND seq > ? ORDER BY seq LIMIT ?`;

function readHistory(db: Connection, no: number, { rows: problems }: Problems): History {
  const next = db.get<{ next: number }>(
    'SELECT next_ordinal AS next FROM namespaces WHERE no = ?',
    no,
  )?.next;
  const size = next ?? 0;
  const history: History = {
    seqs: new Float64Array(size),
    versions: new Uint32Array(size),
    firstVersions: new Uint32Array(size),
  };
  const { seqs, versions, firstVersions } = history;
  for (let after = 0; ; ) {
    const page = db.allTuples<readonly [number, number, number, number]>(
      changesSql,
      no,
      after,
      rowsPerPage,
    );
    for (const [seq, op, ordinal, version] of page) {
      const before = versions[ordinal] ?? 0;
      const isFirst = op === put && before === 0 && (seqs[ordinal] ?? 0) === 0;
      const isNext = op !== put && before > 0 && version === before + 1;
      if (ordinal >= size || !(isFirst || isNext)) {
        problems.push(`change ${seq} of namespace ${no} does not follow`);
      }
      if (op === put) firstVersions[ordinal] = version;
      seqs[ordinal] = seq;
      versions[ordinal] = op === erase ? 0 : version;
      after = seq;
    }
    if (page.length < rowsPerPage) return history;
  }
}

const rowsSql = `SELECT row, seq, version, body FROM memories
  WHERE row > ? AND row < ? ORDER BY row LIMIT ${rowsPerPage}`;

function checkRows(
  db: Connection,
  no: number,
  { seqs, versions }: History,
  problems: Problems,
  bodyProblem: (body: Uint8Array) => string | undefined,
): number {
  const missing = new Set<number>();
  versions.forEach((version, ordinal) => {
    if (version > 0) missing.add(ordinal);
  });
  let count = 0;
  for (let after = rowOf(no, 0); ; ) {
    const page = db.allTuples<readonly [number, number, number, Uint8Array]>(
      rowsSql,
      after,
      rowOf(no + 1, 0),
    );
    for (const [row, seq, version, body] of page) {
      const ordinal = ordinalOf(row);
      const isAsLogged = seqs[ordinal] === seq && versions[ordinal] === version;
      if (!isAsLogged) problems.rows.push(`${nameOf(row, no)} is not as its last change left it`);
      const problem = bodyProblem(body);
      if (problem !== undefined) problems.bodies.push(`${nameOf(row, no)}: ${problem}`);
      missing.delete(ordinal);
      after = row;
    }
    count += page.length;
    if (page.length < rowsPerPage) break;
  }
  for (const ordinal of missing) {
    problems.rows.push(`${nameOf(rowOf(no, ordinal), no)} is missing`);
  }
  return count;
}

const versionsSql = `SELECT row, version, body FROM versions
  WHERE (row, version) > (?, ?) AND row < ? ORDER BY row, version LIMIT ${rowsPerPage}`;

/** Every former version of a row, from its first one on. */
function checkVersions(
  db: Connection,
  no: number,
  { versions, firstVersions }: History,
  problems: Problems,
  bodyProblem: (body: Uint8Array) => string | undefined,
): number {
  const found = new Uint32Array(versions.length);
  let count = 0;
  for (let after: readonly [number, number] = [rowOf(no, 0), 0]; ; ) {
    const page = db.allTuples<readonly [number, number, Uint8Array | null]>(
      versionsSql,
      ...after,
      rowOf(no + 1, 0),
    );
    for (const [row, version, body] of page) {
      const ordinal = ordinalOf(row);
      const expected = (firstVersions[ordinal] ?? 0) + (found[ordinal] ?? 0);
      if (version === expected) found[ordinal] = (found[ordinal] ?? 0) + 1;
      const problem = body === null ? undefined : bodyProblem(body);
      if (problem !== undefined) {
        problems.bodies.push(`version ${version} of ${nameOf(row, no)}: ${problem}`);
      }
      after = [row, version];
    }
    count += page.length;
    if (page.length < rowsPerPage) break;
  }
  for (const [ordinal, version] of versions.entries()) {
    const former = version - (firstVersions[ordinal] ?? 0);
    if (version === 0 || found[ordinal] === former) continue;
    problems.versions.push(`${nameOf(rowOf(no, ordinal), no)} lacks former versions`);
  }
  return count;
}

const nameOf = (row: number, no: number): string => `row ${ordinalOf(row)} of namespace ${no}`;
