/** Row-level security: what a tenant's transaction sees does not depend on any WHERE. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { bytes, done, FakeClock, keyOf, named, patch, put } from '../contract/fixtures.ts';
import { Database } from './database.ts';
import { loadPg } from './load-pg.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';
import { makeTestDatabase, missing, type TestDatabase } from './test-database.ts';

const tables = [
  'namespaces',
  'memories',
  'versions',
  'vectors',
  'changes',
  'segments',
  'threads',
  'manifests',
  'receipts',
];

// The reason is in the title.
describe.skipIf(missing)(`the wall${missing ? ` (${missing})` : ''}`, () => {
  let own: TestDatabase;
  let store: PostgresStore;
  let database: Database;
  const clock = new FakeClock();

  beforeAll(async () => {
    own = await makeTestDatabase();
    const options = { url: own.url, poolMax: 2, timeoutMs: 10_000 };
    store = await openPostgresStore({ ...options, clock });
    database = new Database(await loadPg(), options);
    await fill('one');
    await fill('two');
  });
  afterAll(async () => {
    await database.close();
    await store.close();
    await own.remove();
  });

  /** Something in every table. */
  async function fill(tenant: string): Promise<void> {
    const records = store.records.open(tenant as TenantId);
    const receipt = { id: keyOf(1), part: 0, fingerprint: keyOf(2), note: 'n' };
    const vectors = [{ generation: 1, vectors: bytes('v') }];
    const ops = [{ ...put(1, { keyHash: keyOf(1) }), vectors }, patch(1, 1)];
    const receipts = [{ ...receipt, expiresAt: clock.time + 1000 }];
    const { namespace } = done(await records.commit(named('home'), { ops, receipts }));
    const blobs = { columns: bytes('c'), postings: bytes('p'), matrix: bytes('m') };
    const saved = await records.index(namespace.no, 1).save({
      ...{ epoch: 1, seq: 2, manifest: bytes('m'), putColumns: [], remove: [] },
      put: [{ no: 1, ordinalMin: 1, ordinalMax: 1, ...blobs }],
    });
    expect(saved).toBe(true);
  }

  const count = async (whose: number | '*', table: string): Promise<unknown> => {
    const [row] = await database.read(whose, `SELECT count(*) AS n FROM reverie.${table}`, []);
    return row?.n;
  };

  test.each(tables)('%s: no WHERE is needed to see only the own rows', async (table) => {
    const all = Number(await count('*', table));
    expect(all).toBeGreaterThanOrEqual(2);
    expect(await count(1, table)).toBe(all / 2);
    expect(await count(2, table)).toBe(all / 2);
    expect(await count(3, table)).toBe(0);
  });

  test.each(tables)('%s: who does not say whose it is sees nothing', async (table) => {
    expect(await own.ask(`SELECT 1 FROM reverie.${table}`)).toEqual([]);
    // Past the partitioned table too.
    for (const part of tables.slice(1, 6)) {
      expect(await own.ask(`SELECT 1 FROM reverie.${part}_0`)).toEqual([]);
    }
    expect((await own.ask(`SELECT 1 FROM reverie.${table}`, 'superuser')).length).toBe(
      Number(await count('*', table)),
    );
  });

  test('rows of another tenant cannot be written, changed or deleted', async () => {
    const taken = `INSERT INTO reverie.threads VALUES (2, 2, '\\x00', 1)`;
    await expect(database.write(1, taken, [])).rejects.toMatchObject({ code: 'setting_invalid' });
    const [before] = await database.read(2, 'SELECT * FROM reverie.memories', []);
    await database.write(1, "UPDATE reverie.memories SET body = ''::bytea", []);
    await database.write(1, 'DELETE FROM reverie.versions', []);
    expect(await database.read(2, 'SELECT * FROM reverie.memories', [])).toEqual([before]);
    expect(await count(2, 'versions')).toBe(1);
  });

  test('every table with a tenant stands behind the wall', async () => {
    const open = await own.ask(`SELECT c.relname FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_no'
      WHERE c.relnamespace = 'reverie'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`);
    expect(open).toEqual([]);
    expect(store.isWalled).toBe(true);
  });
});
