/** Contract: a handle never sees another tenant's rows, whatever it is asked. */
import { expect, test } from 'vitest';
import { bytes, done, idOf, keyOf, named, put, type Suite, text } from './fixtures.ts';

const space = named('home');

export function isolationRules(suite: Suite): void {
  allTenants(suite);

  test('two tenants may use the same names and ids', async () => {
    const [one, two] = [suite.records.open(suite.tenant()), suite.records.open(suite.tenant())];
    const first = done(await one.commit(space, { ops: [put(1, {}, 'of one')] }));
    const second = done(await two.commit(space, { ops: [put(1, {}, 'of two')] }));
    expect(first.namespace.no).not.toBe(second.namespace.no);
    expect((await one.byId([idOf(1)])).map(({ row }) => text(row.body))).toEqual(['of one']);
    expect((await two.byId([idOf(1)])).map(({ row }) => text(row.body))).toEqual(['of two']);
    expect(await one.namespaces({ limit: 9 })).toEqual([first.namespace]);
  });

  test('a foreign namespace number reads as empty', async () => {
    const owner = suite.records.open(suite.tenant());
    const thief = suite.records.open(suite.tenant());
    const keyHash = keyOf(1);
    const { namespace } = done(await owner.commit(space, { ops: [put(1, { keyHash })] }));
    const { no } = namespace;
    const now = suite.clock.time;
    expect(await thief.namespace(space)).toBeUndefined();
    expect(await thief.byId([idOf(1)])).toEqual([]);
    expect(await thief.byId([idOf(1)], no)).toEqual([]);
    expect(await thief.byOrdinal(no, [1])).toEqual([]);
    expect(await thief.byKey(no, keyHash, now)).toEqual({ fact: null, lastTurn: null, turns: 0 });
    expect(await thief.allByKey(no, keyHash)).toEqual([]);
    expect(await thief.page(no, { order: 'asc', limit: 9, all: true }, now)).toEqual([]);
    expect(await thief.versions(no, 1)).toEqual([]);
  });

  test('a foreign index reads as empty and keeps nothing', async () => {
    const owner = suite.records.open(suite.tenant());
    const thief = suite.records.open(suite.tenant());
    const { namespace } = done(await owner.commit(space, { ops: [put(1)] }));
    const [mine, foreign] = [owner.index(namespace.no, 1), thief.index(namespace.no, 1)];
    const manifest = bytes('kept');
    const image = { epoch: namespace.epoch, seq: 1, manifest, put: [], putColumns: [], remove: [] };
    expect(await mine.save(image)).toBe(true);
    expect(await foreign.state()).toEqual({
      epoch: 0,
      seq: 0,
      eraseSeq: 0,
      nextOrdinal: 1,
      arrivals: 0,
    });
    expect(await foreign.changes(0, 9)).toEqual([]);
    expect(await foreign.analyses([1])).toEqual([]);
    expect(await foreign.analysesBetween(0, 9, 9)).toEqual([]);
    expect(await foreign.manifest()).toBeUndefined();
    expect(await foreign.segment(1)).toBeUndefined();
    expect(await foreign.save({ ...image, manifest: bytes('stolen') })).toBe(false);
    await foreign.drop();
    await foreign.saveAnalyses([{ ordinal: 1, version: 1, analysis: bytes('stolen') }]);
    expect(text((await mine.manifest())?.manifest)).toBe('kept');
    expect(text((await mine.analyses([1]))[0]?.analysis)).toBe('analysis 1');
  });

  test('an index of a namespace that does not exist is empty', async () => {
    const index = suite.records.open(suite.tenant()).index(2 ** 21 - 1, 1);
    expect(await index.state()).toEqual({
      epoch: 0,
      seq: 0,
      eraseSeq: 0,
      nextOrdinal: 1,
      arrivals: 0,
    });
    expect(await index.changes(0, 9)).toEqual([]);
  });
}

function allTenants(suite: Suite): void {
  test('only the server itself sees the namespaces of all tenants, by number', async () => {
    const tenants = [suite.tenant(), suite.tenant()];
    const made: number[] = [];
    for (const tenant of tenants) {
      const batch = { ops: [put(1)] };
      made.push(done(await suite.records.open(tenant).commit(space, batch)).namespace.no);
    }
    const [first = 0, second = 0] = made;
    const found = await suite.records.namespaces(first - 1, 2);
    expect(found.map(({ no, tenant }) => [no, tenant])).toEqual([
      [first, tenants[0]],
      [second, tenants[1]],
    ]);
    const info = await suite.records.open(tenants[1] ?? suite.tenant()).namespace(space);
    expect(found[1]).toEqual({ ...info, tenant: tenants[1] });
    expect((await suite.records.namespaces(first, 1)).map(({ no }) => no)).toEqual([second]);
    expect(await suite.records.namespaces(second, 9)).toEqual([]);
  });
}
