/** No read walks through rows that it does not return. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOf } from '../contract/fixtures.ts';
import { batchSql } from './apply-batch.ts';
import { imageSql } from './apply-index.ts';
import { receiptSql } from './apply-receipts.ts';
import { removalSql } from './apply-removal.ts';
import { vectorSql } from './apply-vectors.ts';
import { Connection, type SqlValue } from './connection.ts';
import { indexSql } from './index-records.ts';
import { migrate } from './migrations/migrate.ts';
import { pageParams, pageSql, readerSql } from './reader.ts';
import { controlSql } from './sqlite-control.ts';
import { databasePath, makeFile, makeFolder } from './store-files.ts';
import { makeTestFolder } from './test-folder.ts';
import { pendingSql } from './vector-records.ts';

const folder = makeTestFolder();
let db: Connection;
beforeAll(() => {
  makeFolder(folder.path);
  makeFile(databasePath(folder.path));
  db = new Connection(databasePath(folder.path), 'write');
  migrate(db);
});
afterAll(() => {
  db.close();
  folder.remove();
});

const planOf = (sql: string, params: SqlValue[]): string =>
  db
    .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params)
    .map(({ detail }) => detail)
    .join('; ');

test.each(Object.entries({ ...readerSql, ...indexSql, ...controlSql, ...pendingSql }))(
  '%s',
  (_, sql) => {
    const params = Array<SqlValue>((sql.match(/\?(?!\d)/g) ?? ['?']).length).fill(1);
    const plan = planOf(sql, params);
    expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
    expect(plan).toMatch(/SEARCH/);
  },
);

const statements = [batchSql, imageSql, vectorSql, receiptSql, removalSql];
const writes = statements
  .flatMap((group) => Object.entries(group))
  .filter(([, sql]) => !/^INSERT[^;]*VALUES/.test(sql));

test.each(writes)('the writer: %s', (_, sql) => {
  const plan = planOf(sql, []);
  expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
  expect(plan).toMatch(/SEARCH/);
});

test('a key finds its fact, its turns and its expired turns by index', () => {
  const plan = (sql: string) => planOf(sql, [1, 2, 3]);
  expect(plan(readerSql.fact)).toContain('current_facts (namespace_no=? AND key_hash=?');
  expect(plan(readerSql.lastTurn)).toContain('memories_by_key (namespace_no=? AND key_hash=?');
  expect(plan(readerSql.expiredTurns)).toContain('expiring_turns (namespace_no=? AND key_hash=?');
});

test.each(['asc', 'desc'] as const)('pages %s', (order) => {
  const base = { order, limit: 5, after: 3 };
  const plan = (query: object) => {
    const whole = { ...base, ...query };
    return planOf(pageSql(whole), pageParams(1, whole, 0));
  };
  const keyHash = keyOf(1);
  expect(plan({})).toContain('INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
  expect(plan({ kind: 'episode' })).toContain('INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
  expect(plan({ keyHash })).toContain('memories_by_key (namespace_no=? AND key_hash=? AND rowid');
  expect(plan({ keyHash, all: true })).toContain('memories_by_key');
  expect(plan({ kind: 'fact', all: true })).toContain(
    'memories_by_kind (namespace_no=? AND kind=? AND rowid',
  );
  for (const query of [{}, { keyHash }, { kind: 'derived' }, { keyHash, kind: 'fact' }]) {
    expect(plan(query)).not.toMatch(/SCAN|TEMP B-TREE/);
  }
});
