import { expect, test } from 'vitest';
import { ComparedText, saysTheSame } from './same-text.ts';

const same = (a: string, b: string) => saysTheSame(new ComparedText(a), new ComparedText(b));

test.each([
  ['I live in Porto.', 'i live  in Porto'],
  ['我喜欢喝乌龙茶。', '我喜欢喝乌龙茶'],
  [
    'We met Ann and her brother at the old harbour cafe on Sunday.',
    'We met Ann and her brother at the old harbour cafe on Sunday, yes.',
  ],
])('%s = %s', (a, b) => {
  expect(same(a, b)).toBe(true);
  expect(same(b, a)).toBe(true);
});

test.each([
  ['I live in Porto.', 'I live in Lisbon.'],
  [
    'The dentist is on Monday at 5 pm, in the new house.',
    'The dentist is on Monday at 6 pm, in the new house.',
  ],
  ['I like tea', 'I do not like tea'],
  [
    'I told Ann that I want to see the old house in Coimbra once more.',
    'I told Ann that I do not want to see the old house in Coimbra once more.',
  ],
  ['我昨天告诉安娜我想再去看看科英布拉的老房子', '我昨天告诉安娜我不想再去看看科英布拉的老房子'],
  [
    "I really can't come to the garden party on the first of May",
    'I really can come to the garden party on the first of May',
  ],
  ['!!!', '???'],
  ['👍', '👎'],
  ['我喜欢喝乌龙茶', '我喜欢喝茉莉花'],
  ['Ann told Ben the whole long story of the boat', 'the boat'],
])('%s is not %s', (a, b) => {
  expect(same(a, b)).toBe(false);
});
