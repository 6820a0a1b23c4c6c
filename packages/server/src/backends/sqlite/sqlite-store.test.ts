import { runControlContract } from '../contract/control-contract.ts';
import type { Backend } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeTestFolder } from './test-folder.ts';

const backend: Backend = {
  name: 'sqlite',
  open: async (clock) => {
    const folder = makeTestFolder();
    const store = await openSqliteStore({ folder: folder.path, clock });
    const close = async (): Promise<void> => {
      await store.close();
      folder.remove();
    };
    return { ...store, close };
  },
};

runRecordsContract(backend);
runControlContract(backend);
