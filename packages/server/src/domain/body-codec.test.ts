import { expect, test } from 'vitest';
import { decodeBody, encodeBody } from './body-codec.ts';
import type { MemoryBody } from './memory.ts';

const body = (value: MemoryBody['value']): MemoryBody => ({
  value,
  tags: ['a'],
  metadata: { nested: { list: [1, null, 'x'] } },
  attachments: [],
  entities: [],
  derivedFrom: [],
  origin: 'api',
});

test.each(['plain', 'a\u0000b', '\ud800 alone', '🙂 é 日本', { json: [true, null] }, 7, null])(
  'value %j comes back as sent',
  (value) => {
    expect(decodeBody(encodeBody(body(value)))).toEqual(body(value));
  },
);

test('an unknown format is refused', () => {
  expect(() => decodeBody(new Uint8Array([9, 123, 125]))).toThrow('format');
});
