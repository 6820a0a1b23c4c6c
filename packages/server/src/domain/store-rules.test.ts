import { describe, expect, test } from 'vitest';
import type { MemoryBody } from './memory.ts';
import { decideIntent, mergeBody, sameText } from './store-rules.ts';

const fact = { kind: 'fact', replaces: true };
const turn = { kind: 'episode', replaces: false };

describe('the append/replace rule', () => {
  test.each([
    ['no key', { value: 'x' }, false, turn],
    ['a key', { value: 'x', key: 'k' }, false, fact],
    ['a key and a transcript', { value: 'x', key: 'k' }, true, turn],
    ['a key and the tag', { value: 'x', key: 'k', tags: ['conversation'] }, false, turn],
    [
      'mode wins over the tag',
      { value: 'x', key: 'k', tags: ['conversation'], mode: 'replace' },
      true,
      fact,
    ],
    ['mode wins over the key', { value: 'x', key: 'k', mode: 'append' }, false, turn],
    ['kind wins over the transcript', { value: 'x', key: 'k', kind: 'fact' }, true, fact],
    ['a fact without key', { value: 'x', kind: 'fact' }, false, { kind: 'fact', replaces: false }],
  ] as const)('%s', (_, input, isTranscript, expected) => {
    expect(decideIntent(input, isTranscript)).toEqual(expected);
  });

  test.each([
    ['it decides where nothing is said', { value: 'x', key: 'k' }, 'append', turn],
    ['transcripts too', { value: 'x', key: 'k' }, 'replace', fact],
    ['mode wins', { value: 'x', key: 'k', mode: 'append' }, 'replace', turn],
    ['kind wins', { value: 'x', key: 'k', kind: 'episode' }, 'replace', turn],
    ['a fact by its kind', { value: 'x', key: 'k', kind: 'fact' }, 'append', fact],
    ['without a key there is nothing to replace', { value: 'x' }, 'replace', turn],
  ] as const)('the default mode: %s', (_, input, defaultMode, expected) => {
    expect(decideIntent(input, true, defaultMode)).toEqual(expected);
  });

  test('replacing needs a key', () => {
    expect(() => decideIntent({ value: 'x', mode: 'replace' }, false)).toThrow('key');
  });
});

describe('same text', () => {
  test('spaces around, composition and the order of names do not matter', () => {
    expect(sameText(' caf\u00e9 ', 'cafe\u0301')).toBe(true);
    expect(sameText({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(sameText('tea', 'Tea')).toBe(false);
  });
});

describe('merging', () => {
  const current: MemoryBody = {
    value: 'x',
    key: 'k',
    tags: ['a'],
    metadata: { plan: 'pro', seats: 3 },
    attachments: [],
    entities: [],
    derivedFrom: [],
    origin: 'api',
  };

  test('what is not named stays', () => {
    const merged = mergeBody(current, { value: 'x', tags: ['b'], metadata: { seats: 4 } });
    expect(merged?.tags).toEqual(['a', 'b']);
    expect(merged?.metadata).toEqual({ plan: 'pro', seats: 4 });
  });

  test('nothing new is no change', () => {
    expect(mergeBody(current, { value: 'x', tags: ['a'], metadata: { plan: 'pro' } })).toBe(
      undefined,
    );
  });
});
