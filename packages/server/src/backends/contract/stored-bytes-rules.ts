/** Contract: the bytes that a tenant keeps are counted, and may be bounded. */
import { expect, test } from 'vitest';
import { bytes, done, erase, named, patch, put, type Suite } from './fixtures.ts';

const home = named('home');
const away = named('away');

export function storedBytesRules(suite: Suite): void {
  test('stored bytes are those of all bodies, former ones too, until they are erased', async () => {
    const tenant = suite.tenant();
    const records = suite.records.open(tenant);
    expect(await records.storedBytes()).toBe(0);
    done(await records.commit(home, { ops: [put(1, {}, '1234567890'), put(2, {}, 'abc')] }));
    done(await records.commit(away, { ops: [put(3, {}, 'away')] }));
    expect(await records.storedBytes()).toBe(17);
    done(await records.commit(home, { ops: [{ ...patch(1, 1), body: bytes('12345') }] }));
    expect(await records.storedBytes()).toBe(22);
    const archived = { ordinal: 1, expectedVersion: 2, columns: { archived: true } };
    done(await records.commit(home, { ops: [{ op: 'archive', ...archived }] }));
    expect(await records.storedBytes()).toBe(22);
    expect(await suite.records.open(suite.tenant()).storedBytes()).toBe(0);
    done(await records.commit(home, { ops: [erase(1, 3)] }));
    expect(await records.storedBytes()).toBe(7);
    done(await records.commit(home, { ops: [erase(2, 1)] }));
    done(await records.commit(away, { ops: [erase(1, 1)] }));
    expect(await records.storedBytes()).toBe(0);
  });

  test('a batch that would keep more than it may is refused as a whole', async () => {
    const records = suite.records.open(suite.tenant());
    const most = { storedBytesMax: 10 };
    done(await records.commit(away, { ops: [put(1, {}, 'aaaa')], ...most }));
    const two = [put(2, {}, 'bbbb'), put(3, {}, 'ccc')];
    expect(await records.commit(home, { ops: two, ...most })).toEqual({
      ok: false,
      storedBytes: 4,
    });
    expect(await records.namespace(home)).toBeUndefined();
    done(await records.commit(home, { ops: [put(2, {}, 'bbbbbb')], ...most }));
    const longer = { ...patch(1, 1), body: bytes('b') };
    expect(await records.commit(home, { ops: [longer], ...most })).toEqual({
      ok: false,
      storedBytes: 10,
    });
    const less = { storedBytesMax: 1 };
    done(await records.commit(home, { ops: [erase(1, 1)], ...less }));
    expect(await records.storedBytes()).toBe(4);
  });

  test('of many that race for the last bytes, as many win as fit', async () => {
    const records = suite.records.open(suite.tenant());
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        records.commit(named(`space ${i % 4}`), {
          ops: [put(i + 1, {}, 'ten bytes!')],
          storedBytesMax: 105,
        }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(10);
    expect(await records.storedBytes()).toBe(100);
  });
}
