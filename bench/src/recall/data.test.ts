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
        { text: 'in which session?', gold: [], goldParents: ['s1', 's9'] },
        { id: 'q4', text: 'what did Bo say?', gold: ['a'], unanswerable: true },
      ],
    },
  ],
};

test('documents become turns of their session and carry speaker, time and caption', () => {
  const set = parseDataSet(file);
  const [group] = [...set.groups];
  expect(group?.items).toEqual([
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
  expect(set.counts).toMatchObject({ groups: 1, unreadDates: 1 });
});

test('what cannot be scored is left out and counted', () => {
  const set = parseDataSet(file);
  const known = { goldSessions: [], unanswerable: false };
  expect([...set.groups][0]?.queries).toEqual([
    { ...known, id: 'q1', text: 'who greets?', category: '2', gold: ['a'] },
    {
      ...known,
      id: 'g1#2',
      text: 'in which session?',
      category: 'all',
      gold: [],
      goldSessions: ['s1'],
    },
    { ...known, id: 'q4', text: 'what did Bo say?', category: 'all', gold: [], unanswerable: true },
  ]);
  expect(set.counts).toMatchObject({ withoutGold: 1, unknownGold: 1 });
});

test('a file of another shape is refused with the place', () => {
  const broken = parseDataSet({ groups: [{ docs: [{ id: 'a' }] }] });
  expect(() => [...broken.groups]).toThrow('groups[0].docs[0]');
  expect(() => parseDataSet({})).toThrow('no groups');
});
