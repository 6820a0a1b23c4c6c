/** Contract: reading many rows, in pages and by name. */
import { expect, test } from 'vitest';
import type { MemoryId } from '../../domain/memory.ts';
import type { PageQuery, TenantRecords } from '../../ports/records.ts';
import { done, idOf, keyOf, named, patch, put, type Suite } from './fixtures.ts';

const space = named('home');

async function allPages(
  records: TenantRecords,
  no: number,
  query: Omit<PageQuery, 'after'>,
  now: number,
): Promise<number[]> {
  const ordinals: number[] = [];
  for (let page = await records.page(no, query, now); page.length > 0; ) {
    expect(page.length).toBeLessThanOrEqual(query.limit);
    ordinals.push(...page.map(({ ordinal }) => ordinal));
    const after = ordinals.at(-1) ?? 0;
    page = await records.page(no, { ...query, after }, now);
  }
  return ordinals;
}

export function pageRules(suite: Suite): void {
  test('pages go both ways and stay in their namespace', async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(named('before'), { ops: [put(100), put(101)] }));
    const { namespace } = done(
      await records.commit(space, { ops: Array.from({ length: 7 }, (_, i) => put(i)) }),
    );
    done(await records.commit(named('later'), { ops: [put(102), put(103)] }));
    const pages = (order: 'asc' | 'desc', limit: number) =>
      allPages(records, namespace.no, { order, limit }, suite.clock.time);
    for (const limit of [1, 3, 7, 8]) {
      expect(await pages('asc', limit)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(await pages('desc', limit)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    }
    expect(await records.page(namespace.no, { order: 'desc', limit: 5, after: 1 }, 0)).toEqual([]);
  });

  test('pages are filtered by kind, key and life', async () => {
    const records = suite.records.open(suite.tenant());
    const expiresAt = suite.clock.time;
    const keyHash = keyOf(1);
    const ops = [
      put(1, { keyHash }),
      put(2, { kind: 'fact', keyHash }),
      put(3, { kind: 'fact' }),
      put(4, { archived: true, keyHash }),
      put(5, { kind: 'derived' }),
      put(6, { keyHash, expiresAt }),
      put(7, { kind: 'fact', keyHash }),
      put(8, { keyHash, trust: 'quarantined' }),
    ];
    const { namespace } = done(await records.commit(space, { ops }));
    const columns = { supersededAt: suite.clock.time };
    done(await records.commit(space, { ops: [patch(2, 1, { columns })] }));
    const pages = (query: Partial<PageQuery>) => {
      const whole = { order: 'asc', limit: 2, ...query } as const;
      return allPages(records, namespace.no, whole, suite.clock.time);
    };
    expect(await pages({})).toEqual([1, 3, 5, 7]);
    expect(await pages({ all: true })).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await pages({ kind: 'episode' })).toEqual([1]);
    expect(await pages({ kind: 'fact' })).toEqual([3, 7]);
    expect(await pages({ kind: 'derived', order: 'desc' })).toEqual([5]);
    expect(await pages({ kind: 'fact', all: true, order: 'desc' })).toEqual([7, 3, 2]);
    expect(await pages({ keyHash })).toEqual([1, 7]);
    expect(await pages({ keyHash, all: true, order: 'desc' })).toEqual([8, 7, 6, 4, 2, 1]);
    expect(await pages({ keyHash, kind: 'fact', all: true })).toEqual([2, 7]);
    expect(await pages({ keyHash: keyOf(2), all: true })).toEqual([]);
  });

  test('rows by ordinal come in the asked order', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), put(2), put(3)] }));
    const rows = await records.byOrdinal(namespace.no, [3, 9, 1]);
    expect(rows.map(({ ordinal }) => ordinal)).toEqual([3, 1]);
  });

  test('rows by id, in one namespace or in all of the tenant', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), put(2)] }));
    done(await records.commit(named('other'), { ops: [put(3)] }));
    const strange = 'mem_nonsense' as MemoryId;
    const found = await records.byId([idOf(3), idOf(1), idOf(99), strange]);
    expect(found.map(({ namespace: name, row }) => [name, row.id]).sort()).toEqual(
      [
        [space, idOf(1)],
        ['other', idOf(3)],
      ].sort(),
    );
    expect(await records.byId([idOf(3)], namespace.no)).toEqual([]);
    expect(await records.byId([idOf(2)], namespace.no)).toHaveLength(1);
  });

  test('namespaces are listed by the bytes of their names', async () => {
    const records = suite.records.open(suite.tenant());
    const names = ['b', 'a', 'é', 'a/b', '\u{1f600}', '\uffee'].map(named);
    for (const name of names) done(await records.commit(name, { ops: [put(1)] }));
    const sorted = ['a', 'a/b', 'b', 'é', '\uffee', '\u{1f600}'];
    const all = await records.namespaces({ limit: 10 });
    expect(all.map(({ name }) => name)).toEqual(sorted);
    const page = await records.namespaces({ after: named('a/b'), limit: 2 });
    expect(page.map(({ name }) => name)).toEqual(sorted.slice(2, 4));
  });
}
