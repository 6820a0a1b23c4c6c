import { runAgreement } from '../contract/agreement-rules.ts';
import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeTestFolder } from './test-folder.ts';

runAgreement(
  {
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
  },
  {
    name: 'ephemeral',
    open: async (clock) => ({ ...openEphemeralStore({ clock }), close: async () => {} }),
  },
);
