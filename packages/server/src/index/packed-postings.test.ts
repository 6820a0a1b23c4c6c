import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTurns } from '../util/turns.ts';
import { packPostings } from './pack-postings.ts';
import { PackedPostings } from './packed-postings.ts';
import { countBits, countMax, type PostingList } from './posting-list.ts';
import { RecentPostings } from './recent-postings.ts';
import { hashTerm, termKey } from './term-key.ts';

function unpack(list: PostingList | undefined): [number, number][] {
  if (list === undefined) return [];
  return [...list.data.subarray(list.start, list.end)].map((posting) => [
    posting >> countBits,
    posting & countMax,
  ]);
}

/** Two terms with one 32-bit hash: some hundred thousand tries are enough (birthday bound). */
function collision(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i += 1) {
    const text = `t${i}`;
    const hash = hashTerm(`w${text}`);
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

test('packing keeps every posting of the living, in two steps or in one', async () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 });
  const docs = fc.array(
    fc.uniqueArray(fc.tuple(word, fc.integer({ min: 1, max: 90 })), {
      selector: ([text]) => text,
      maxLength: 6,
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(docs, fc.nat({ max: 40 }), fc.nat({ max: 5 }), async (all, cut, dead) => {
      const isDead = (local: number) => dead > 0 && local % dead === 0;
      const expected = new Map<string, [number, number][]>();
      const recents = [new RecentPostings(), new RecentPostings()];
      all.forEach((terms, local) => {
        for (const [text, count] of terms) {
          recents[local < cut ? 0 : 1]?.add(`w${text}`, local, count);
          const list = expected.get(text) ?? [];
          expected.set(text, list);
          if (!isDead(local)) list.push([local, Math.min(count, countMax)]);
        }
      });
      const [first, second] = recents;
      if (!first || !second) return;
      const turns = createTurns('tenant');
      const packedFirst = await packPostings([first], isDead, 7, turns);
      const twice = await packPostings([packedFirst, second], isDead, 7, turns);
      const once = await packPostings([first, second], isDead, 7, turns);
      expect(twice.bytes).toEqual(once.bytes);
      const opened = new PackedPostings(structuredClone(twice.bytes), 7);
      for (const [text, list] of expected) {
        expect(unpack(opened.find(termKey('w', text)))).toEqual(list);
        const both = [first, second].flatMap((recent) => unpack(recent.find(termKey('w', text))));
        expect(both.filter(([local]) => !isDead(local))).toEqual(list);
      }
      expect(opened.find(termKey('w', 'absent'))).toBeUndefined();
      expect(opened.find(termKey('e', all[0]?.[0]?.[0] ?? 'x'))).toBeUndefined();
    }),
  );
});

test('terms with the same hash are told apart', async () => {
  const [one, two] = collision();
  const recent = new RecentPostings();
  recent.add(`w${two}`, 0, 2);
  recent.add(`w${one}`, 1, 3);
  const packed = await packPostings([recent], () => false, 7, createTurns('tenant'));
  expect(unpack(packed.find(termKey('w', one)))).toEqual([[1, 3]]);
  expect(unpack(packed.find(termKey('w', two)))).toEqual([[0, 2]]);
});

test('a block of another analyser, or a changed one, is refused', async () => {
  const recent = new RecentPostings();
  recent.add('wtea', 0, 1);
  const { bytes } = await packPostings([recent], () => false, 7, createTurns('tenant'));
  expect(() => new PackedPostings(bytes, 8)).toThrow('another kind');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = new Uint8Array(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => new PackedPostings(changed, 7)).toThrow();
    expect(() => new PackedPostings(bytes.subarray(0, at), 7)).toThrow();
  }
});
