import { expect, test } from 'vitest';
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryBody, MemoryId, TenantId } from '../../domain/memory.ts';
import { parseNamespace } from '../../domain/names.ts';
import { HandedOut } from './handed-out.ts';

const tenant = 'test' as TenantId;
const home = parseNamespace('home');
const memory = (id: string, value: string): Pick<Memory, 'id' | 'body'> => {
  const empty = { tags: [], metadata: {}, attachments: [], entities: [], derivedFrom: [] };
  const body: MemoryBody = { value, origin: 'api', ...empty };
  return { id: id as MemoryId, body };
};
const sentence = 'Ann drinks green tea every morning.';

function open() {
  let now = 1000;
  const clock = { now: () => now, randomBytes: (length: number) => new Uint8Array(length) };
  const handedOut = new HandedOut(clock);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { handedOut, pass };
}

test('what was handed out is known in its namespace, for its time', () => {
  const { handedOut, pass } = open();
  handedOut.note(tenant, home, 'tea', [memory('a', sentence)]);
  expect(handedOut.echoOf(tenant, home, sentence)).toBe('a');
  expect(handedOut.echoOf(tenant, parseNamespace('other'), sentence)).toBeUndefined();
  expect(handedOut.echoOf('else' as TenantId, home, sentence)).toBeUndefined();
  pass(limits.echoKeptMs);
  expect(handedOut.echoOf(tenant, home, sentence)).toBe('a');
  pass(1);
  expect(handedOut.echoOf(tenant, home, sentence)).toBeUndefined();
});

test('a forget takes the namespace out of here', () => {
  const { handedOut } = open();
  handedOut.note(tenant, home, 'tea', [memory('a', sentence)]);
  handedOut.clear(tenant, home);
  expect(handedOut.echoOf(tenant, home, sentence)).toBeUndefined();
});

test('of many memories the newest stay, and of many namespaces the ones in use', () => {
  const { handedOut } = open();
  const numbered = (n: number) => `Number ${n} is a sentence of its own.`;
  const count = limits.echoEntriesMax + 10;
  for (let n = 0; n < count; n++) {
    handedOut.note(tenant, home, 'same', [memory(`m${n}`, numbered(n))]);
  }
  expect(handedOut.echoOf(tenant, home, numbered(count - 1))).toBe(`m${count - 1}`);
  expect(handedOut.echoOf(tenant, home, numbered(0))).toBeUndefined();
  const large = 'A long sentence that fills the space. '.repeat(800);
  const spaces = Math.ceil(limits.echoBytesMax / (4 * large.length)) + 1;
  for (let n = 0; n < spaces; n++) {
    handedOut.note(tenant, parseNamespace(`n${n}`), 'q', [memory('l', large)]);
  }
  const last = parseNamespace(`n${spaces - 1}`);
  expect(handedOut.echoOf(tenant, last, 'A long sentence that fills the space.')).toBe('l');
  expect(handedOut.echoOf(tenant, home, numbered(count - 1))).toBeUndefined();
});
