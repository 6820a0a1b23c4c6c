import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { done, FakeClock, named, put } from '../contract/fixtures.ts';
import { runTransferContract, type TransferBackend } from '../contract/transfer-contract.ts';
import { ephemeralPlaces } from '../ephemeral/ephemeral-place.ts';
import { openPostgresStore } from './postgres-store.ts';
import { makeTestDatabase, missing, type TestDatabase } from './test-database.ts';
import { openPostgresTransfer } from './transfer.ts';

const pool = { poolMax: 4, timeoutMs: 30_000 };

const postgresPlaces: TransferBackend = {
  name: 'postgres',
  make: async () => {
    const database = await makeTestDatabase();
    const { url } = database;
    // A source has to be there.
    await (await openPostgresStore({ url, clock: new FakeClock(), ...pool })).close();
    return {
      open: (clock) => openPostgresStore({ url, clock, ...pool }),
      transfer: (role) => openPostgresTransfer({ url }, role),
      remove: () => database.remove(),
    };
  },
};

const runs = Number(process.env.REVERIE_TEST_RUNS ?? 6);

describe.skipIf(missing)(`PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  runTransferContract(postgresPlaces, ephemeralPlaces, runs);
  runTransferContract(ephemeralPlaces, postgresPlaces, runs);
  runTransferContract(postgresPlaces, postgresPlaces, runs);

  describe('a database that is moved', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await makeTestDatabase();
    });
    afterEach(() => database.remove());

    test('must have a store as a source, and no server on it', async () => {
      const { url } = database;
      const refused = { code: 'migration_refused' };
      await expect(openPostgresTransfer({ url }, 'source')).rejects.toMatchObject({
        ...{ ...refused, message: expect.stringContaining('no schema "reverie"') },
      });
      const store = await openPostgresStore({ url, clock: new FakeClock(), ...pool });
      await expect(openPostgresTransfer({ url }, 'source')).rejects.toMatchObject({
        ...{ ...refused, message: expect.stringContaining('connections of servers') },
      });
      await store.close();
      await (await openPostgresTransfer({ url }, 'source')).close();
    });

    test('cannot be written to meanwhile, but after', async () => {
      const { url } = database;
      await (await openPostgresStore({ url, clock: new FakeClock(), ...pool })).close();
      const transfer = await openPostgresTransfer({ url }, 'source');
      // A server that had no connection when it was looked for.
      const options = { url, clock: new FakeClock(), poolMax: 2, timeoutMs: 500 };
      const store = await openPostgresStore(options);
      const records = store.records.open('acme' as TenantId);
      const store1 = () => records.commit(named('home'), { ops: [put(1)] });
      await expect(store1()).rejects.toMatchObject({ code: 'store_unavailable' });
      const late = store.control.putIfVersion('keys/one', 'x', 0);
      await expect(late).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await transfer.count('changes')).toBe(0);
      await transfer.close();
      done(await store1());
      await store.close();
    });

    test('is not read any more once its lock is lost', async () => {
      const { url } = database;
      await (await openPostgresStore({ url, clock: new FakeClock(), ...pool })).close();
      const transfer = await openPostgresTransfer({ url }, 'source');
      await database.ask(
        `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
          WHERE l.mode = 'ShareLock' AND a.datname = current_database()
          AND a.pid <> pg_backend_pid()`,
        'superuser',
      );
      const read = () => transfer.read('store', undefined, 1);
      const outcome = () =>
        read().then(
          () => 'read',
          ({ code }) => code,
        );
      await expect.poll(outcome, { timeout: 10_000 }).toBe('store_unavailable');
      await transfer.close();
    });

    test('takes a page as a whole, or nothing of it', async () => {
      const transfer = await openPostgresTransfer({ url: database.url }, 'target');
      const one = { key: 'one', value: 'x', version: 3 };
      const twice = { part: 'documents', rows: [one, one] } as const;
      await expect(transfer.write(twice, 'begun', 0)).rejects.toThrow();
      expect(await transfer.mark()).toBeUndefined();
      expect(await transfer.count('documents')).toBe(0);
      await transfer.close();
    });
  });
});
