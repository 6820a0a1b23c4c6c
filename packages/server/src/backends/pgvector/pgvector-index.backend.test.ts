import { describe, expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import { memoriesOf, seededRandom, unitVector } from '../contract/vector-fixtures.ts';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { emptyPgvector } from './empty-pgvector.ts';
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

  test('what another store has is not emptied, nor what a copy of it uses', async () => {
    const { url, remove } = await makeVectorDatabase();
    const options = { url, poolMax: 5, timeoutMs: 30_000, setting: 'REVERIE_PGVECTOR_URL' };
    const index = await openPgvectorIndex({ ...options, store: 'one' });
    try {
      const random = seededRandom(1);
      const place = { tenant: 'one' as TenantId, namespaceNo: 1, generation: 1 };
      await index.prepare(1, 16);
      await index.put(place, memoriesOf([unitVector(random, 16), unitVector(random, 16)]));
      await index.setTurn('0123456789ab');
      const requireOwn = async () => {};
      const foreign = emptyPgvector({ ...options, store: 'another', requireOwn });
      await expect(foreign).rejects.toMatchObject({ code: 'setting_invalid' });
      const asked: unknown[] = [];
      const refuse = async (...told: unknown[]) => {
        asked.push(...told);
        throw new MemoryError('setting_invalid', 'a copy');
      };
      const refused = emptyPgvector({ ...options, store: 'one', requireOwn: refuse });
      await expect(refused).rejects.toThrow('a copy');
      expect(asked).toEqual([await index.identity(), '0123456789ab']);
      expect(await index.count(place)).toBe(2);
      expect(await emptyPgvector({ ...options, store: 'one', requireOwn })).toBe(asked[0]);
      expect(await emptyPgvector({ ...options, store: 'one', requireOwn })).toBeUndefined();
    } finally {
      await index.close();
      await remove();
    }
  });
});
