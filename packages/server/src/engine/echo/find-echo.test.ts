import { expect, test } from 'vitest';
import type { MemoryId } from '../../domain/memory.ts';
import { findEcho, type Said, sentencesOf } from './find-echo.ts';

const said = (name: string | null, text: string): Said => ({
  id: name as MemoryId | null,
  sentences: new Set(sentencesOf(text).map((words) => words.join(' '))),
});

const porto = said('porto', 'I moved to Porto in May. My flat is near the river.');
const tea = said('tea', 'Ann drinks green tea every morning.');
const guitar = said('guitar', '我在里斯本学了三年吉他。现在每天练习。');
const agreed = said('agreed', 'Yes, of course.');
const handedOut = [porto, tea, guitar, agreed];

/** Planted: what a model gives back of what it was told. */
const echoes: [string, string][] = [
  ['I moved to Porto in May. My flat is near the river.', 'porto'],
  ['i moved to Porto in May! My flat is near the river', 'porto'],
  ['I moved to Porto in May.', 'porto'],
  ['[1] (2026-05-03) I moved to Porto in May. My flat is near the river.', 'porto'],
  ['Assistant: Ann drinks green tea every morning.', 'tea'],
  ['- Ann drinks green tea every morning.', 'tea'],
  ['As noted. Ann drinks green tea every morning. I moved to Porto in May.', 'tea'],
  ['I moved to Porto in May.\nMy flat is near the river.\nRight.', 'porto'],
  ['我在里斯本学了三年吉他。', 'guitar'],
  ['Yes, Ann drinks green tea every morning.', 'tea'],
];

/** Planted: the same in other words, which is not recognised. */
const paraphrases = [
  'Every morning Ann has a green tea.',
  'You told me that you moved to Porto in May.',
];

/** Planted: what somebody says anew, however near it comes. */
const ownWords = [
  'I moved to Porto in June. My flat is near the river.',
  'I moved to Porto in May. My flat is near the station. It has two rooms and a balcony.',
  'I moved to Porto in May? No.',
  'Ann drinks green tea every morning. Not any more.',
  'Ann drinks black tea every morning.',
  'Bob drinks green tea every morning.',
  'Yes, of course.',
  'In May I moved to Porto.',
  'We talked about Porto, tea and the river for an hour.',
  'The river is near my flat.',
  'Ann drinks green tea every morning, but her doctor told her to stop last week.',
  '我在里斯本学了五年吉他。',
  '',
  '!!!',
];

test('of what is planted every echo but a paraphrase is found, and nothing else', () => {
  const found = echoes.map(([text]) => [text, findEcho(text, handedOut)]);
  expect(found).toEqual(echoes);
  const marked = [...ownWords, ...paraphrases].filter((text) => findEcho(text, handedOut));
  expect(marked).toEqual([]);
});

test('what was asked in the same words is the own knowledge of who asked', () => {
  const text = 'Ann drinks green tea every morning.';
  expect(findEcho(text, [tea])).toBe('tea');
  expect(findEcho(text, [tea, said(null, text)])).toBeUndefined();
});

test('the memory of which the most is repeated is the source', () => {
  const both = said('both', 'I moved to Porto in May.');
  expect(findEcho('I moved to Porto in May. My flat is near the river.', [both, porto])).toBe(
    'porto',
  );
});
