/** Contract: control documents of a batch are written with its ops or not at all. */
import { expect, test } from 'vitest';
import { done, erase, keyOf, named, put, type Suite } from './fixtures.ts';

const space = named('home');

export function documentRules(suite: Suite): void {
  const keyFor = (name: string): string => `documents/${suite.tenant()}/${name}`;

  test('a document is written with its batch and told what the batch became', async () => {
    const records = suite.records.open(suite.tenant());
    const key = keyFor('one');
    const first = { key, value: { n: 1 }, expected: 0 };
    done(await records.commit(space, { ops: [put(1), put(2)], documents: [first] }));
    expect(await suite.control.get(key)).toEqual({ key, value: '{"n":1}', version: 1 });
    suite.clock.time += 5;
    const second = { key, value: { n: 2 }, expected: 1, stamp: 'hidden' };
    done(await records.commit(space, { ops: [erase(1, 1), erase(2, 1)], documents: [second] }));
    const stored = await suite.control.get(key);
    expect(stored?.version).toBe(2);
    const hidden = { seq: 4, at: suite.clock.time };
    expect(JSON.parse(stored?.value ?? '')).toEqual({ n: 2, hidden });
  });

  test('a document of another version takes the whole batch back', async () => {
    const records = suite.records.open(suite.tenant());
    const [key, other] = [keyFor('one'), keyFor('two')];
    await suite.control.putIfVersion(key, 'stands', 0);
    const documents = [
      { key: other, value: {}, expected: 0 },
      { key, value: {}, expected: 0 },
    ];
    const id = keyOf(1);
    const expiresAt = suite.clock.time + 1000;
    const receipts = [{ id, part: 0, fingerprint: keyOf(2), note: '', expiresAt }];
    expect(await records.commit(space, { ops: [put(1)], documents, receipts })).toEqual({
      ok: false,
    });
    expect(await records.namespace(space)).toBeUndefined();
    expect(await records.receipts(id)).toEqual([]);
    expect(await suite.control.get(other)).toBeUndefined();
    expect((await suite.control.get(key))?.value).toBe('stands');
  });

  test('a refused batch writes no document', async () => {
    const records = suite.records.open(suite.tenant());
    const key = keyFor('one');
    const documents = [{ key, value: {}, expected: 0 }];
    expect(await records.commit(space, { ops: [erase(1, 1)], documents })).toEqual({ ok: false });
    expect(await suite.control.get(key)).toBeUndefined();
  });

  test('of racing batches with one document exactly one is applied', async () => {
    const records = suite.records.open(suite.tenant());
    const documents = [{ key: keyFor('one'), value: {}, expected: 0 }];
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => records.commit(space, { ops: [put(i)], documents })),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await records.namespace(space)).toMatchObject({ memories: 1, seq: 1 });
  });
}
