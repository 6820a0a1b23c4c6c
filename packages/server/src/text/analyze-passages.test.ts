import { expect, it } from 'vitest';
import { analyzePassages } from './analyze-passages.ts';

it('analyses each passage, the language carried on', () => {
  const german = 'Die Familie wohnt seit vielen Jahren in einem kleinen Haus am See. '.repeat(20);
  const found = Array.from(analyzePassages(`${german}Pizza Margherita.`));
  expect(found.length).toBeGreaterThan(1);
  expect(new Set(found.map((passage) => passage.language))).toEqual(new Set(['de']));
  expect(found.at(-1)?.end).toBe(german.length + 17);
  const foreign = Array.from(analyzePassages('Pizza', { languageHint: 'it' }));
  expect(foreign.map(({ start, end, language }) => [start, end, language])).toEqual([[0, 5, 'it']]);
});
