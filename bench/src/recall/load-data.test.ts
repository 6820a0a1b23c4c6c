import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { detectFormat, loadDataSet } from './load-data.ts';
import { turnIds } from './locomo.ts';

const locomo = [
  {
    sample_id: 'conv-1',
    conversation: {
      speaker_a: 'Ida',
      speaker_b: 'Tom',
      session_10_date_time: '9:05 am on 1 June, 2023',
      session_10: [{ speaker: 'Tom', dia_id: 'D10:1', text: 'The boat is painted.' }],
      session_2_date_time: '1:56 pm on 8 May, 2023',
      session_2: [
        { speaker: 'Ida', dia_id: 'D2:1', text: 'I bought an old boat.' },
        {
          speaker: 'Tom',
          dia_id: 'D2:2',
          text: 'Nice!',
          blip_caption: 'a blue hull',
          img_url: ['https://example.org/a.jpg'],
          query: 'hull',
        },
      ],
      session_3_date_time: '2:00 pm on 9 May, 2023',
    },
    qa: [
      { question: 'What did Ida buy?', answer: 'a boat', evidence: ['D2:1; D10:1'], category: 1 },
      { question: 'Who?', adversarial_answer: 'Tom', evidence: ['D:2:02'], category: 5 },
      { question: 'Why?', answer: 'unknown', evidence: ['D'], category: 3 },
    ],
  },
];

const question = {
  question_id: 'aa1',
  question_type: 'single-session-user',
  question: 'Which bread do I bake?',
  answer: 'rye',
  question_date: '2023/05/30 (Tue) 23:40',
  haystack_session_ids: ['s1', 's2'],
  haystack_dates: ['2023/05/20 (Sat) 02:21', '2023/05/21 (Sun) 10:00'],
  haystack_sessions: [
    [
      { role: 'user', content: 'I bake rye on Sundays.', has_answer: true },
      { role: 'assistant', content: 'Good.', has_answer: false },
    ],
    [{ role: 'user', content: 'It rains.' }],
  ],
  answer_session_ids: ['s1'],
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-load-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

test('LoCoMo: sessions in order, evidence of one string taken apart, missing sessions left', () => {
  const set = loadDataSet(write('ten.json', locomo), 'auto');
  const [group] = [...set.groups];
  expect(set.name).toBe('locomo-ten');
  expect(group?.name).toBe('conv-1');
  expect(group?.items.map((item) => [item.metadata?.doc, item.key, item.occurred_at])).toEqual([
    ['D2:1', 'session_2', '2023-05-08T13:56:00.000Z'],
    ['D2:2', 'session_2', '2023-05-08T13:56:00.000Z'],
    ['D10:1', 'session_10', '2023-06-01T09:05:00.000Z'],
  ]);
  expect(group?.items[1]?.value).toBe('Nice! [shares image: a blue hull]');
  expect(group?.queries.map((query) => [query.category, query.gold])).toEqual([
    ['1', ['D2:1', 'D10:1']],
    ['5', ['D2:2']],
  ]);
  expect(set.counts.withoutGold).toBe(1);
});

test.each([
  ['D1:3', ['D1:3']],
  ['D8:6; D9:17', ['D8:6', 'D9:17']],
  ['D9:1 D4:4', ['D9:1', 'D4:4']],
  ['D:11:26', ['D11:26']],
  ['D30:05', ['D30:5']],
  ['D', []],
])('the evidence %s names %j', (evidence, ids) => {
  expect(turnIds(evidence)).toEqual(ids);
});

test('LongMemEval: one group per question, gold by turn and by session', () => {
  const set = loadDataSet(write('longmemeval_s.json', [question]), 'auto');
  const [group] = [...set.groups];
  expect(set.name).toBe('longmemeval_s');
  expect(group?.items.map((item) => [item.metadata?.doc, item.speaker, item.occurred_at])).toEqual([
    ['s1#0', 'user', '2023-05-20T02:21:00.000Z'],
    ['s1#1', 'assistant', '2023-05-20T02:21:00.000Z'],
    ['s2#0', 'user', '2023-05-21T10:00:00.000Z'],
  ]);
  expect(group?.queries).toEqual([
    {
      id: 'aa1',
      text: 'Which bread do I bake?',
      category: 'single-session-user',
      gold: ['s1#0'],
      goldSessions: ['s1'],
      unanswerable: false,
    },
  ]);
});

test('LongMemEval: a question without an answer has no gold, even where turns are marked', () => {
  const abstention = { ...question, question_id: 'aa1_abs' };
  const set = loadDataSet(write('abs.json', [abstention]), 'longmemeval');
  const [query] = [...set.groups][0]?.queries ?? [];
  expect(query).toMatchObject({ gold: [], goldSessions: [], unanswerable: true });
});

test('the format is seen in the file, and an unknown one is refused', () => {
  expect(detectFormat(write('a.json', { groups: [] }))).toBe('reverie');
  expect(() => detectFormat(write('b.json', [{ a: 1 }]))).toThrow('no known format');
  expect(() => [...loadDataSet(write('c.json', []), 'locomo').groups]).toThrow('no groups');
});
