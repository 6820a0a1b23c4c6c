import { expect, test } from 'vitest';
import { makeMemoryId, parseMemoryId } from './ids.ts';

const random = (byte: number) => new Uint8Array(10).fill(byte);

test('an id carries its time in front, so later ids sort later', () => {
  const early = makeMemoryId(1_700_000_000_000, random(0xff));
  const late = makeMemoryId(1_700_000_000_001, random(0));
  expect(early < late).toBe(true);
  expect(parseMemoryId(early)).toBe(early);
});

test.each(['', 'mem_', 'mem_123', '01890a5d-ac96-774b-bcce-b302099a8057', 'mem_../../etc'])(
  'refuses %j',
  (text) => {
    expect(() => parseMemoryId(text)).toThrow('id');
  },
);
