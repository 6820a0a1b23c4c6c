import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passageId, readPassageId } from './passage-id.ts';

const shelf = { namespaceNo: 2 ** 21 - 1, tenantHash: 'abcdef1' };

test('an id is a UUID, and tells its numbers', () => {
  const id = passageId(shelf, 2 ** 32 - 1, 199);
  expect(id).toBe('001fffff-abcd-8ef1-8000-00c7ffffffff');
  expect(readPassageId(id)).toEqual({ ordinal: 2 ** 32 - 1, passage: 199 });
});

test('every pair of numbers comes back, and no two have the same id', () => {
  const ordinals = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const passages = fc.integer({ min: 0, max: 2 ** 28 - 1 });
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;
  fc.assert(
    fc.property(ordinals, passages, (ordinal, passage) => {
      const id = passageId(shelf, ordinal, passage);
      expect(id).toMatch(uuid);
      expect(readPassageId(id)).toEqual({ ordinal, passage });
    }),
  );
});
