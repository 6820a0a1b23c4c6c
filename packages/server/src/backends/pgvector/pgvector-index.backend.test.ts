import { describe } from 'vitest';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { openPgvectorIndex, type PgvectorOptions } from './pgvector-index.ts';
import { makeVectorDatabase, missing } from './test-database.ts';

const backend = (name: string, more: Partial<PgvectorOptions>) => {
  let options: PgvectorOptions;
  return {
    name,
    open: async () => {
      const database = await makeVectorDatabase();
      options = { url: database.url, poolMax: 5, timeoutMs: 30_000, store: 'one', ...more };
      const index = await openPgvectorIndex(options);
      const close = async (): Promise<void> => {
        await index.close();
        await database.remove();
      };
      return { index, close };
    },
    reopen: () => openPgvectorIndex(options),
  };
};

// The reason is in the title.
describe.skipIf(missing)(`PostgreSQL with pgvector${missing ? ` (${missing})` : ''}`, () => {
  runVectorIndexContract(backend('pgvector', {}));
  runVectorIndexContract(backend('pgvector, every place with an index', { indexFrom: 1 }));
});
