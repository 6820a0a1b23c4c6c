import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonInText } from './json-in-text.ts';

test.each([
  ['{"a": 1}', '{"a": 1}'],
  [' [1, 2]\n', '[1, 2]'],
  ['```json\n{"a": 1}\n```', '{"a": 1}'],
  ['```\n{"a": "`x`"}\n```', '{"a": "`x`"}'],
  ['Here it is:\n\n```JSON\n{"a": 1}\n```\nAsk if you need more.', '{"a": 1}'],
  ['Sure! {"a": {"b": 2}} Is that right?', '{"a": {"b": 2}}'],
  ['The list: [1, 2].', '[1, 2]'],
  ['<think>{"not": this}\nhm</think>\n{"a": 1}', '{"a": 1}'],
])('%j holds %j', (text, json) => expect(jsonInText(text)).toBe(json));

test.each(['', 'No.', '{"a": ', 'a { b } c', '```json\n{"a": \n```'])('%j holds none', (text) =>
  expect(jsonInText(text)).toBe(text),
);

test('what is around it changes nothing', () => {
  const words = fc.stringMatching(/^[a-z .!]{0,20}$/);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.json()), words, words, (value, before, after) => {
      const json = JSON.stringify(value);
      for (const text of [
        json,
        `${before}${json}${after}`,
        `${before}\n\`\`\`json\n${json}\n\`\`\``,
      ]) {
        expect(JSON.parse(jsonInText(text))).toEqual(value);
      }
    }),
  );
});
