import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../contract/fixtures.ts';
import { runTransferContract, type TransferBackend } from '../contract/transfer-contract.ts';
import { ephemeralPlaces } from '../ephemeral/ephemeral-place.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';
import { openSqliteTransfer } from './transfer.ts';

const sqlitePlaces: TransferBackend = {
  name: 'sqlite',
  make: async () => {
    const folder = makeTestFolder();
    // A source has to be there.
    await (await openSqliteStore({ folder: folder.path, clock: new FakeClock() })).close();
    return {
      open: (clock) => openSqliteStore({ folder: folder.path, clock }),
      transfer: (role) => openSqliteTransfer(folder.path, role),
      remove: async () => folder.remove(),
    };
  },
};

runTransferContract(ephemeralPlaces, ephemeralPlaces);
runTransferContract(sqlitePlaces, ephemeralPlaces);
runTransferContract(ephemeralPlaces, sqlitePlaces);
runTransferContract(sqlitePlaces, sqlitePlaces);

describe('a folder that is moved', () => {
  let folder: TestFolder;
  beforeEach(() => {
    folder = makeTestFolder();
  });
  afterEach(() => folder.remove());

  test('must be there as a source, and is held by nobody else', async () => {
    const refused = { code: 'migration_refused' };
    await expect(openSqliteTransfer(folder.path, 'source')).rejects.toMatchObject(refused);
    const store = await openSqliteStore({ folder: folder.path, clock: new FakeClock() });
    const locked = { code: 'folder_locked' };
    await expect(openSqliteTransfer(folder.path, 'source')).rejects.toMatchObject(locked);
    await store.close();
    const transfer = await openSqliteTransfer(folder.path, 'source');
    const opening = openSqliteStore({ folder: folder.path, clock: new FakeClock() });
    await expect(opening).rejects.toMatchObject(locked);
    await transfer.close();
  });

  test('takes a page as a whole, or nothing of it', async () => {
    const transfer = await openSqliteTransfer(folder.path, 'target');
    const one = { key: 'one', value: 'x', version: 3 };
    const twice = { part: 'documents', rows: [one, one] } as const;
    await expect(transfer.write(twice, 'begun', 0)).rejects.toThrow();
    expect(await transfer.mark()).toBeUndefined();
    expect(await transfer.count('documents')).toBe(0);
    await transfer.close();
  });
});
