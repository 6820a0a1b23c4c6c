import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeyHash, TenantId } from '../../domain/memory.ts';
import type { Change } from '../../ports/records.ts';
import { compareUtf8 } from '../../util/bytes.ts';
import { keyOf as hashOf, idOf } from '../contract/fixtures.ts';
import { decodeHead, decodeLog, encodeHead, encodeLog, newHead } from './head-codec.ts';
import { bytesOf, encodeItem, itemFromJson, itemToJson, keyOf } from './items.ts';
import { numberAtEnd, padTime, sortKeys } from './keys.ts';
import { type Blob, decodeRow, encodeRow, type StoredRow } from './row-codec.ts';

const key = { pk: 'p', sk: sortKeys.row(7) };
const inline = fc.uint8Array({ maxLength: 40 });
const ref = fc.record({ id: fc.constant('a'.repeat(24)), chunks: fc.nat(), bytes: fc.nat() });
const blob: fc.Arbitrary<Blob> = fc.oneof(inline, ref);
const time = fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 }));
const row: fc.Arbitrary<StoredRow> = fc.record({
  columns: fc.record({
    id: fc.nat(99).map(idOf),
    version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    kind: fc.constantFrom('episode', 'fact', 'derived'),
    audience: fc.constantFrom('user', 'system'),
    trust: fc.constantFrom('normal', 'flagged', 'quarantined'),
    keyHash: fc.option(fc.nat(99).map((n): KeyHash => hashOf(n))),
    createdAt: fc.nat(),
    updatedAt: fc.nat(),
    occurredAt: fc.integer(),
    validFrom: time,
    validTo: time,
    expiresAt: time,
    supersededAt: time,
    supersedes: fc.option(fc.constant(idOf(1))),
    supersededBy: fc.option(fc.constant(idOf(2))),
    archived: fc.boolean(),
    pinned: fc.boolean(),
    importance: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    confidence: fc.constantFrom(0, 0.25, 1),
  }),
  ordinal: fc.constant(7),
  seq: fc.nat(),
  body: blob,
  analysis: fc.option(blob),
  vectors: fc
    .array(
      fc.tuple(
        fc.integer({ min: 1, max: 30 }),
        fc.record({ vectors: fc.option(blob), arrival: fc.option(fc.nat()) }),
      ),
    )
    .map((all) => new Map([...new Map(all)].sort(([a], [b]) => a - b))),
  firstVersion: fc.nat(),
  bodyBytes: fc.nat(),
  formerBlobs: fc.array(ref, { maxLength: 3 }),
});

test('a row comes back as it was, through a journal too', () => {
  fc.assert(
    fc.property(row, (one) => {
      const item = encodeRow(key, one);
      expect(decodeRow(item)).toEqual(one);
      const read = JSON.parse(JSON.stringify(itemToJson(item)));
      expect(decodeRow(itemFromJson(read))).toEqual(one);
      expect(keyOf(item)).toEqual(key);
    }),
  );
});

test('what is written is a copy of what the caller has', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const item = encodeItem(key, { b: bytes });
  bytes.fill(0);
  expect(item.b).toEqual(new Uint8Array([1, 2, 3]));
});

test('sizes are those that DynamoDB counts', () => {
  const item = encodeItem({ pk: 'ab', sk: 'c' }, { e1: 'é', b: new Uint8Array(5), gone: null });
  // Names and values: 2 + 2, 2 + 1, 2 + 2, 1 + 5.
  expect(bytesOf(item)).toBe(17);
  expect(bytesOf(encodeItem(key, { n: 12, f: true })) - bytesOf(encodeItem(key, {}))).toBe(6);
});

test('the order of the keys is that of the numbers and times in them', () => {
  fc.assert(
    fc.property(time, time, fc.nat(), fc.nat(), (first, second, a, b) => {
      const times = [first ?? 0, second ?? 0].map(padTime);
      const expected = Math.sign((first ?? 0) - (second ?? 0));
      expect(Math.sign(compareUtf8(times[0] ?? '', times[1] ?? ''))).toBe(expected);
      expect(Math.sign(compareUtf8(sortKeys.log(a), sortKeys.log(b)))).toBe(Math.sign(a - b));
      expect(numberAtEnd(sortKeys.version(3, a))).toBe(a);
    }),
  );
});

test('a log of any length comes back without a gap', () => {
  const erased = { id: idOf(4), audience: 'system', at: 99 } as const;
  const changes = Array.from({ length: 2_345 }, (_, i): Change => {
    const plain = { seq: 101 + i, ordinal: i + 1, version: 2 };
    return i % 3 === 0 ? { ...plain, op: 'erase', erased } : { ...plain, op: 'patch' };
  });
  const items = encodeLog('p', changes);
  expect(items).toHaveLength(3);
  expect(items.flatMap(decodeLog)).toEqual(changes);
  // Found by the last change that is in it.
  expect(items.map((item) => numberAtEnd(keyOf(item).sk))).toEqual([1_100, 2_100, 2_445]);
});

test('a head comes back as it was', () => {
  const place = { tenant: 'a#b' as TenantId, no: 7, name: 'é' as never, generation: 2 };
  const head = {
    ...newHead(place, 5),
    tallies: { w1: 3, e2: 1 },
    journal: { id: 'b'.repeat(24), chunks: 2, bytes: 9 },
    journalDone: 4,
  };
  expect(decodeHead(encodeHead(head))).toEqual(head);
  expect(decodeHead(encodeHead(newHead(place, 5)))).toEqual(newHead(place, 5));
});
