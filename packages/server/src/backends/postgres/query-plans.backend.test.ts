/** What is asked all day is found by index in one partition, behind the wall too. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { PageQuery } from '../../ports/records.ts';
import { bytes, done, FakeClock, idOf, keyOf, named, put } from '../contract/fixtures.ts';
import { Database, type Value } from './database.ts';
import { indexSql } from './index-records.ts';
import { loadPg } from './load-pg.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';
import { hexOfId, hexOfKeyHash } from './row-codec.ts';
import { pageSql, readerSql } from './tenant-records.ts';
import { makeTestDatabase, missing, type TestDatabase } from './test-database.ts';
import { vectorSql } from './vector-records.ts';

const max = Number.MAX_SAFE_INTEGER;
const key = hexOfKeyHash(keyOf(1));
const clock = new FakeClock();
/** Tenant 1, namespace 1, generation 1. */
const reads: readonly (readonly [string, string, readonly Value[]])[] = [
  ['byId', readerSql.byId, [1, [hexOfId(idOf(7))]]],
  ['byIdHere', readerSql.byIdHere, [1, 1, [hexOfId(idOf(7))]]],
  ['byOrdinal', readerSql.byOrdinal, [1, 1, [3, 4]]],
  ['byKey', readerSql.byKey, [1, 1, key, clock.time]],
  ['allByKey', readerSql.allByKey, [1, 1, key]],
  ['versions', readerSql.versions, [1, 1, 3, max, max, max, 9]],
  ['weigh', readerSql.weigh, [1, 1, [3]]],
  ['changes', indexSql.changes, [1, 1, 2_000, 100]],
  ['arrivals', indexSql.arrivals, [1, 1, 1, 5, 100]],
  ['analyses', indexSql.analyses, [1, 1, 1, [3]]],
  ['analysesBetween', indexSql.analysesBetween, [1, 1, 1, 5, 50, 50]],
  ['manifest', indexSql.manifest, [1, 1, 1]],
  ['segment', indexSql.segment, [1, 1, 1, 1]],
  ['pending', vectorSql.pending, [1, 0, 2 ** 31 - 1, 4, 16]],
];
const pages: readonly (readonly [string, PageQuery])[] = [
  ['newest', { order: 'desc', limit: 10 }],
  ['after', { order: 'asc', limit: 10, after: 5 }],
  ['of a key', { order: 'asc', limit: 10, keyHash: keyOf(1), all: true }],
  ['facts', { order: 'desc', limit: 10, kind: 'fact', all: true }],
];

// The reason is in the title.
describe.skipIf(missing)(`plans${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let store: PostgresStore;
  let asked: Database;

  beforeAll(async () => {
    database = await makeTestDatabase();
    const options = { url: database.url, poolMax: 2, timeoutMs: 60_000 };
    store = await openPostgresStore({ ...options, clock });
    asked = new Database(await loadPg(), options);
    for (const [i, tenant] of ['one', 'two', 'three'].entries()) {
      const records = store.records.open(tenant as TenantId);
      const ops = Array.from({ length: 3_000 }, (_, n) => ({
        ...put(10_000 * i + n, {
          keyHash: keyOf(n % 500),
          kind: n % 10 === 0 ? 'fact' : 'episode',
        }),
        vectors: [{ generation: 1, vectors: n % 200 === 0 ? null : bytes('v') }],
      }));
      done(await records.commit(named('home'), { ops }));
    }
    await database.ask('ANALYZE', 'superuser');
  });
  afterAll(async () => {
    await asked.close();
    await store.close();
    await database.remove();
  });

  const planOf = async (whose: number | '*', sql: string, values: readonly Value[]) => {
    const rows = await asked.read<{ 'QUERY PLAN': string }>(whose, `EXPLAIN ${sql}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  /** Small tables are rightly read whole; the large ones never. */
  const large = /Seq Scan on (memories|versions|vectors|changes|segments)_\d+/;

  test.each(reads)('%s', async (name, sql, values) => {
    const plan = await planOf(name === 'pending' ? '*' : 1, sql, values);
    const filled = plan.replaceAll(/Seq Scan on (\w+) .*rows=1 .*/g, '');
    expect(filled, plan).not.toMatch(large);
    if (name !== 'byId' && name !== 'pending') {
      const parts = new Set(plan.match(/\b(?:memories|changes|vectors)_\d+(?= )/g) ?? []);
      expect(parts.size, plan).toBeLessThanOrEqual(2);
    }
  });

  test.each(pages)('page: %s', async (_, query) => {
    const { sql, values } = pageSql(query, clock.time);
    const plan = await planOf(1, sql, [1, 1, ...values]);
    expect(plan).not.toMatch(large);
    expect(plan).toMatch(/Index Scan/);
  });
});
