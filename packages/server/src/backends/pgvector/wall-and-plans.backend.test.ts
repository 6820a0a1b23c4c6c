/** What no contract can tell: how the searches run, what a transaction sees, what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { memoriesOf, seededRandom, unitVector } from '../contract/vector-fixtures.ts';
import { makeTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import { openPgvectorIndex, type PgvectorOptions } from './pgvector-index.ts';
import { makeVectorDatabase, missing } from './test-database.ts';

const dimension = 32;
const random = seededRandom(1);
const vector = () => unitVector(random, dimension);
const placeOf = (tenant: string, namespaceNo: number): VectorPlace => ({
  ...{ tenant: tenant as TenantId, namespaceNo, generation: 1 },
});

// The reason is in the title.
describe.skipIf(missing)(`pgvector by itself${missing ? ` (${missing})` : ''}`, () => {
  let database: TestDatabase;
  let index: VectorIndexPort;
  const one = placeOf('one', 1);
  const two = placeOf('two', 2);
  const options = (more: Partial<PgvectorOptions> = {}): PgvectorOptions => ({
    ...{ url: database.url, poolMax: 2, timeoutMs: 10_000, store: 'here', indexFrom: 1_000 },
    ...more,
  });
  const refusal = (more: Partial<PgvectorOptions> = {}): Promise<unknown> =>
    openPgvectorIndex(options(more)).then(
      (opened) => opened.close(),
      (error: unknown) => error,
    );

  beforeAll(async () => {
    database = await makeVectorDatabase();
    index = await openPgvectorIndex(options());
    await index.prepare(1, dimension);
    await index.put(one, memoriesOf(Array.from({ length: 3_000 }, vector)));
    await index.put(two, memoriesOf(Array.from({ length: 50 }, vector)));
    await index.settle(one);
    await index.settle(two);
  });
  afterAll(async () => {
    await index.close();
    await database.remove();
  });

  /** Scans of the tables of the two places since the last look. */
  const scans = async () => {
    // A session reports what it did when it ends, or after a second.
    await database.ask('SELECT pg_stat_clear_snapshot()');
    const rows = await database.ask(`SELECT relname, seq_scan,
      coalesce((SELECT idx_scan FROM pg_stat_user_indexes i WHERE i.relid = t.relid
        AND indexrelname LIKE 'near%'), 0) AS near
      FROM pg_stat_user_tables t WHERE relname LIKE 'place\\_%' ORDER BY relname`);
    return rows.map(({ seq_scan: whole, near }) => ({ whole: Number(whole), near: Number(near) }));
  };
  /** Asks in a session that ends, so that its counts are there. */
  const searchAlone = async (place: VectorPlace): Promise<void> => {
    const alone = await openPgvectorIndex(options());
    await alone.search(place, vector(), 10);
    await alone.close();
  };

  test('a search goes into the index of its own place, and touches no other one', async () => {
    const before = await scans();
    await searchAlone(one);
    await expect
      .poll(scans, { timeout: 10_000 })
      .toEqual([{ ...before[0], near: (before[0]?.near ?? 0) + 1 }, before[1]]);
    await searchAlone(two);
    // A small place has no index: it is scanned exactly.
    await expect
      .poll(async () => (await scans())[1], { timeout: 10_000 })
      .toEqual({ whole: (before[1]?.whole ?? 0) + 1, near: 0 });
  });

  test('who does not say whose it is sees nothing, and a tenant only its own', async () => {
    const count = async (table: string, tenant?: string): Promise<number> => {
      const say = tenant ? `SET reverie_vectors.tenant = '${tenant}';` : '';
      const asked = await database.ask(
        `${say} SELECT count(*)::int AS n FROM reverie_vectors.${table}`.trim(),
      );
      return Number([asked].flat(2).at(-1)?.n ?? -1);
    };
    expect(await count('place_1_1')).toBe(0);
    expect(await count('places')).toBe(0);
    const inFunction = await database.ask(
      `SELECT reverie_vectors.count_vectors('one', 1, 1) AS own,
        reverie_vectors.count_vectors('two', 1, 1) AS other`,
    );
    expect(inFunction).toEqual([{ own: '3000', other: '0' }]);
  });

  test('a vector of another length is refused by the table', async () => {
    const wrong = index.put(one, [{ ordinal: 1, passages: [unitVector(random, 8)] }]);
    await expect(wrong).rejects.toThrow();
    expect(await index.count(one)).toBe(3_000);
  });

  test('the database of another store is refused, with what to do', async () => {
    const refused = await refusal({ store: 'elsewhere' });
    expect(refused).toMatchObject({ code: 'setting_invalid' });
    expect(String(refused)).toMatch(/vectors of another store.*DROP SCHEMA reverie_vectors/);
  });

  test('a wrong password is refused by the name of its setting', async () => {
    const url = new URL(database.url);
    url.password = 'wrong';
    const refused = await refusal({ url: url.href });
    expect(refused).toMatchObject({ code: 'setting_invalid' });
    expect(String(refused)).toMatch(/REVERIE_PGVECTOR_URL.*password/);
  });

  test('without the extension it says who makes it, and how', async () => {
    const bare = await makeTestDatabase(process.env.REVERIE_TEST_PGVECTOR);
    const refused = await refusal({ url: bare.url });
    // Where the extension is trusted, the owner of the database makes it, and nothing is refused.
    const [row] = await bare.ask("SELECT 1 FROM pg_extension WHERE extname = 'vector'");
    if (row === undefined) {
      expect(refused).toMatchObject({ code: 'setting_invalid' });
      expect(String(refused)).toMatch(/superuser.*CREATE EXTENSION vector/);
    } else expect(refused).toBeUndefined();
    await bare.remove();
  });

  test('a table or a function that is gone is missed at the start', async () => {
    const own = await makeVectorDatabase();
    const url = own.url;
    const made = await openPgvectorIndex(options({ url }));
    await made.prepare(1, dimension);
    await made.put(one, memoriesOf([vector()]));
    const identity = await made.identity();
    await made.close();
    await own.ask('DROP TABLE reverie_vectors.place_1_1');
    const noTable = await refusal({ url });
    expect(noTable).toMatchObject({ code: 'store_damaged' });
    expect(String(noTable)).toMatch(/place_1_1.*DROP SCHEMA reverie_vectors CASCADE/);
    await own.ask('DROP FUNCTION reverie_vectors.near_vectors');
    expect(String(await refusal({ url }))).toMatch(/near_vectors\(\).*DROP SCHEMA/);
    await own.ask('DROP SCHEMA reverie_vectors CASCADE');
    const again = await openPgvectorIndex(options({ url }));
    expect(await again.identity()).not.toBe(identity);
    await again.close();
    await own.ask('INSERT INTO reverie_vectors.schema_versions VALUES (99)');
    expect(String(await refusal({ url }))).toContain('this release knows 2');
    await own.remove();
  });

  test('those that start together make the schema once', async () => {
    const own = await makeVectorDatabase();
    const opened = await Promise.all(
      [1, 2, 3].map(() => openPgvectorIndex(options({ url: own.url }))),
    );
    const identities = await Promise.all(opened.map((each) => each.identity()));
    expect(new Set(identities).size).toBe(1);
    for (const each of opened) await each.close();
    await own.remove();
  });

  test('a schema that another process made anew has another identity, and takes puts', async () => {
    const own = await makeVectorDatabase();
    const mine = { url: own.url };
    const first = await openPgvectorIndex(options(mine));
    await first.prepare(1, dimension);
    await first.put(one, memoriesOf([vector()]));
    const before = await first.identity();
    await own.ask('DROP SCHEMA reverie_vectors CASCADE');
    const second = await openPgvectorIndex(options(mine));
    const soon = { timeout: 10_000, interval: 100 };
    await expect.poll(() => first.identity(), soon).not.toBe(before);
    expect(await first.identity()).toBe(await second.identity());
    await first.prepare(1, dimension);
    await first.put(one, memoriesOf([vector()]));
    expect(await second.count(one)).toBe(1);
    await own.ask("UPDATE reverie_vectors.store SET id = 'there'");
    await expect(first.turn()).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(first.turn()).rejects.toThrow(/vectors of another store/);
    await first.close();
    await second.close();
    await own.remove();
  });
});
