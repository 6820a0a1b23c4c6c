/** Contract: what a key points at. */
import { expect, test } from 'vitest';
import type { NewColumns } from '../../ports/records.ts';
import { done, idOf, keyOf, named, patch, put, type Suite } from './fixtures.ts';

const space = named('home');
const keyHash = keyOf(5);
const turn = (n: number, columns: Partial<NewColumns> = {}) => put(n, { keyHash, ...columns });
const fact = (n: number, columns: Partial<NewColumns> = {}) =>
  put(n, { keyHash, kind: 'fact', ...columns });

export function keyRules(suite: Suite): void {
  test('a key may hold a thread and a fact', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = [turn(1), turn(2), fact(3), turn(4), put(5, { keyHash: keyOf(6) }), put(6)];
    const { namespace } = done(await records.commit(space, { ops }));
    const state = await records.byKey(namespace.no, keyHash, suite.clock.time);
    expect(state.fact?.id).toBe(idOf(3));
    expect(state.lastTurn?.id).toBe(idOf(4));
    expect(state.turns).toBe(3);
    const none = await records.byKey(namespace.no, keyOf(7), suite.clock.time);
    expect(none).toEqual({ fact: null, lastTurn: null, turns: 0 });
  });

  test('archived, superseded and expired rows are left out', async () => {
    const records = suite.records.open(suite.tenant());
    const expiresAt = suite.clock.time + 50;
    const ops = [
      turn(1),
      turn(2, { archived: true }),
      turn(3, { expiresAt }),
      turn(4, { expiresAt: expiresAt + 1 }),
      turn(5),
      fact(6, { expiresAt }),
      put(7, { keyHash, kind: 'derived' }),
    ];
    const { namespace } = done(await records.commit(space, { ops }));
    const columns = { supersededAt: suite.clock.time, supersededBy: idOf(1) };
    done(await records.commit(space, { ops: [patch(5, 1, { columns })] }));
    const at = (now: number) => records.byKey(namespace.no, keyHash, now);
    const early = await at(expiresAt - 1);
    expect([early.turns, early.lastTurn?.ordinal, early.fact?.ordinal]).toEqual([3, 4, 6]);
    const later = await at(expiresAt);
    expect([later.turns, later.lastTurn?.ordinal, later.fact]).toEqual([2, 4, null]);
    const last = await at(expiresAt + 1);
    expect([last.turns, last.lastTurn?.ordinal]).toEqual([1, 1]);
  });

  test('the count of turns follows every update', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [turn(1), turn(2)] }));
    const counts = async () => {
      const now = suite.clock.time;
      const states = [keyHash, keyOf(8)].map((key) => records.byKey(namespace.no, key, now));
      return (await Promise.all(states)).map(({ turns }) => turns);
    };
    const step = (version: number, columns: Partial<NewColumns>) =>
      records.commit(space, { ops: [patch(1, version, { columns })] });
    done(await step(1, { archived: true }));
    expect(await counts()).toEqual([1, 0]);
    done(await step(2, { keyHash: keyOf(8) }));
    expect(await counts()).toEqual([1, 0]);
    done(await step(3, { archived: false }));
    expect(await counts()).toEqual([1, 1]);
    done(await step(4, { keyHash }));
    expect(await counts()).toEqual([2, 0]);
    done(await step(5, { kind: 'fact' }));
    expect(await counts()).toEqual([1, 0]);
    done(await step(6, { kind: 'episode', keyHash: null }));
    expect(await counts()).toEqual([1, 0]);
  });

  test('allByKey names every row of the key', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = [turn(1), fact(2, { archived: true }), turn(3, { expiresAt: 1 }), put(4)];
    const { namespace } = done(await records.commit(space, { ops }));
    done(await records.commit(space, { ops: [patch(1, 1)] }));
    expect(await records.allByKey(namespace.no, keyHash)).toEqual([
      { ordinal: 1, version: 2 },
      { ordinal: 2, version: 1 },
      { ordinal: 3, version: 1 },
    ]);
  });
}
