import { expect, test } from 'vitest';
import type { Group } from './data.ts';
import { batches } from './measure.ts';

function group(name: string, size: number): Group {
  return { name, items: Array.from({ length: size }, () => ({ value: name })), queries: [] };
}

test('groups go together while they have few documents, and a large one alone', () => {
  const groups = [group('a', 4), group('b', 5), group('c', 3), group('d', 40), group('e', 1)];
  const names = [...batches(groups, 10)].map((batch) => batch.map((one) => one.name).join(''));
  expect(names).toEqual(['ab', 'c', 'd', 'e']);
  expect([...batches([], 10)]).toEqual([]);
});

test('groups are read one batch at a time', () => {
  let read = 0;
  function* endless(): Generator<Group> {
    for (;;) {
      read += 1;
      yield group(String(read), 6);
    }
  }
  batches(endless(), 10).next();
  expect(read).toBe(2);
});
