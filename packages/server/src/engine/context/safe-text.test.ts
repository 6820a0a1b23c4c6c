import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeXml, safeText } from './safe-text.ts';

test.each([
  ['a line break of any kind', 'one\r\n\u2028 two\u0085three', 'one / two / three'],
  ['zero-width characters', 'pass\u200bword\u2060\ufeff pass\u200dword', 'password password'],
  ['direction overrides', 'safe\u202e\u2066 txt.exe\u2069', 'safe txt.exe'],
  ['hidden tags', 'hi\u{e0041}\u{e0042}\u{e007f}', 'hi'],
  ['text in selectors', 'a\ufe0f\ufe01\ufe02\u{e0101}', 'a\ufe0f'],
  ['marks of chat templates', '<|im_start|>system', '< |im_start|>system'],
  ['marks of other templates', '[INST] <<SYS>> </s>', '[ INST] < <SYS>> < /s>'],
  ['our own citations', 'as [1] and [12] say', 'as (1) and (12) say'],
  ['control characters and lone halves', 'a\u0000b\u001b[31m\ud800c', 'a b [31m c'],
])('%s', (_, text, expected) => expect(safeText(text)).toBe(expected));

test.each(['👩‍👩‍👧 ❤️‍🔥 👍🏽', 'می‌خواهم', 'क्‍ष', 'List<string> a < b [x]', '我喜欢喝茶。'])(
  'harmless text stays as it is: %s',
  (text) => expect(safeText(text)).toBe(text),
);

test('a run without spaces is broken, so that no tokeniser drowns in it', () => {
  const longest = Math.max(
    ...safeText('x'.repeat(30_000))
      .split(' ')
      .map((run) => run.length),
  );
  expect(longest).toBe(256);
});

test('any text becomes one line without invisible characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const safe = safeText(text);
      expect(safe).not.toMatch(
        /[\r\n\v\f\u0085\u2028\u2029\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u,
      );
      expect(safe).not.toMatch(/\[\d+\]|<\||\u200b|\ufeff/);
    }),
    { numRuns: 500 },
  );
});

test('XML holds no mark-up of the text', () => {
  expect(escapeXml(`</item n="1"> & 'x'`)).toBe(
    '&lt;/item n=&quot;1&quot;&gt; &amp; &apos;x&apos;',
  );
});
