import { describe, expect, it } from 'vitest';
import { flagLines, plain, shorten } from './output.ts';

describe('plain', () => {
  it('takes out control characters and changes of direction', () => {
    expect(plain('a\u001b]0;x\u0007b\r\nc\u202ed')).toBe('a ]0;x b c d');
  });
});

describe('shorten', () => {
  it('cuts at whole characters', () => {
    expect(shorten('🐟🐟🐟🐟', 3)).toBe('🐟🐟…');
    expect(shorten('abc', 3)).toBe('abc');
  });

  it('looks only at the beginning of a long text', () => {
    expect(shorten('x'.repeat(1_000_000), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(shorten(`a${' '.repeat(100)}b`, 10)).toMatch(/…$/);
  });
});

it('what was found in a memory takes a line each, and nothing where nothing was', () => {
  expect(flagLines({ flags: [] })).toBe('');
  const flag = { kind: 'secrets', type: 'api_key', field: 'tags[0]', action: 'redacted' } as const;
  expect(flagLines({ flags: [flag, { ...flag, field: 'value' }] })).toBe(
    'redacted: api_key (secrets) in tags[0]\nredacted: api_key (secrets) in value\n',
  );
});
