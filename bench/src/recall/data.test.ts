import { expect, test } from 'vitest';
import { parseDataSet } from './data.ts';

const file = {
  name: 'tiny',
  groups: [
    {
      group: 'g1',
      docs: [
        { id: 'a', parent: 's1', speaker: 'Ann', date: '1:56 pm on 8 May, 2023', text: 'Hello' },
        { id: 'b', parent: 's1', date: 'long ago', text: 'Look', caption: 'a red kite' },
      ],
      queries: [
        { id: 'q1', text: 'who greets?', category: 2, gold: ['a', 'a', 'zz'] },
        { id: 'q2', text: 'nobody knows', category: 5, gold: [] },
      ],
    },
  ],
};

test('documents become turns of their session and carry speaker, time and caption', () => {
  const set = parseDataSet(file);
  expect(set.groups[0]?.items).toEqual([
    {
      value: 'Hello',
      key: 's1',
      mode: 'append',
      speaker: 'Ann',
      occurred_at: '2023-05-08T13:56:00.000Z',
      metadata: { doc: 'a' },
    },
    {
      value: 'Look [shares image: a red kite]',
      key: 's1',
      mode: 'append',
      metadata: { doc: 'b' },
    },
  ]);
  expect(set.unreadDates).toBe(1);
});

test('what cannot be scored is left out and counted', () => {
  const set = parseDataSet(file);
  expect(set.groups[0]?.queries).toEqual([{ text: 'who greets?', category: '2', gold: ['a'] }]);
  expect(set.withoutGold).toBe(1);
  expect(set.unknownGold).toBe(1);
});

test('a file of another shape is refused with the place', () => {
  expect(() => parseDataSet({ groups: [{ docs: [{ id: 'a' }] }] })).toThrow('groups[0].docs[0]');
  expect(() => parseDataSet({})).toThrow('no groups');
});
