/** Contract: commits that run together lose nothing and leave no gap. */
import { expect, test } from 'vitest';
import { done, idOf, keyOf, named, patch, put, type Suite } from './fixtures.ts';

const together = 100;
const numbers = Array.from({ length: together }, (_, i) => i + 1);

export function concurrencyRules(suite: Suite): void {
  test('many commits to one namespace', async () => {
    const records = suite.records.open(suite.tenant());
    const space = named('home');
    const results = await Promise.all(
      numbers.map((n) => records.commit(space, { ops: [put(n), put(n + 1000)] })),
    );
    const applied = results.flatMap((result) => done(result).applied);
    const sorted = (values: number[]): number[] => values.sort((a, b) => a - b);
    const expected = Array.from({ length: 2 * together }, (_, i) => i + 1);
    expect(sorted(applied.map(({ seq }) => seq))).toEqual(expected);
    expect(sorted(applied.map(({ ordinal }) => ordinal))).toEqual(expected);
    const { no } = done(await records.commit(space, { ops: [] })).namespace;
    const changes = await records.index(no, 1).changes(0, 1000);
    expect(changes.map(({ seq }) => seq)).toEqual(expected);
    expect(await records.byId(numbers.map(idOf))).toHaveLength(together);
  });

  test('many commits to many namespaces', async () => {
    const records = suite.records.open(suite.tenant());
    const results = await Promise.all(
      numbers.map((n) => records.commit(named(`space ${n % 25}`), { ops: [put(n)] })),
    );
    const perSpace = new Map<string, number[]>();
    for (const { namespace, applied } of results.map(done)) {
      const seqs = perSpace.get(namespace.name) ?? [];
      perSpace.set(namespace.name, [...seqs, ...applied.map(({ seq }) => seq)]);
    }
    expect(perSpace.size).toBe(25);
    for (const seqs of perSpace.values()) expect(seqs.sort()).toEqual([1, 2, 3, 4]);
    expect(await records.byId(numbers.map(idOf))).toHaveLength(together);
  });

  test('of many that expect the same, one wins', async () => {
    const records = suite.records.open(suite.tenant());
    const space = named('home');
    const keyHash = keyOf(1);
    const claims = numbers.map((n) =>
      records.commit(space, {
        ops: [put(n, { kind: 'fact', keyHash })],
        expect: [{ keyHash, fact: null }],
      }),
    );
    const won = (await Promise.all(claims)).filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    const updates = numbers.map(() => records.commit(space, { ops: [patch(1, 1)] }));
    expect((await Promise.all(updates)).filter(({ ok }) => ok)).toHaveLength(1);
    expect(await records.namespace(space)).toMatchObject({ seq: 2, memories: 1 });
  });

  test('what was committed is read by the next request', async () => {
    const records = suite.records.open(suite.tenant());
    for (const n of numbers.slice(0, 20)) {
      done(await records.commit(named('home'), { ops: [put(n)] }));
      expect(await records.byId([idOf(n)])).toHaveLength(1);
    }
  });
}
