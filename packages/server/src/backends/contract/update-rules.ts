/** Contract: new versions of a row, and the history they leave. */
import { expect, test } from 'vitest';
import type { UpdateOp, VersionQuery } from '../../ports/records.ts';
import {
  bytes,
  done,
  erase,
  idOf,
  keyOf,
  named,
  patch,
  put,
  type Suite,
  text,
} from './fixtures.ts';

const space = named('home');

export function updateRules(suite: Suite): void {
  test('what an update does not name stays', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1, { pinned: true })] }));
    const [before] = await records.byOrdinal(namespace.no, [1]);
    suite.clock.time += 10;
    const columns = { archived: true, importance: 0.9 };
    const { applied } = done(await records.commit(space, { ops: [patch(1, 1, { columns })] }));
    const changed = { version: 2, seq: 2, updatedAt: suite.clock.time };
    const [after] = await records.byOrdinal(namespace.no, [1]);
    expect(after).toEqual({ ...before, ...columns, ...changed });
    const createdAt = before?.createdAt;
    expect(applied).toEqual([
      { seq: 2, ordinal: 1, version: 2, createdAt, updatedAt: suite.clock.time },
    ]);
  });

  test('a column can be set back to null', async () => {
    const records = suite.records.open(suite.tenant());
    const op = put(1, { keyHash: keyOf(1), expiresAt: 5, validFrom: 1 });
    const { namespace } = done(await records.commit(space, { ops: [op] }));
    const columns = { keyHash: null, expiresAt: null, validFrom: null };
    done(await records.commit(space, { ops: [patch(1, 1, { columns })] }));
    expect((await records.byOrdinal(namespace.no, [1]))[0]).toMatchObject(columns);
  });

  test('a batch is refused where a row that it rests on is another one, or gone', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), put(2)] }));
    const on = (version: number) => ({ ops: [put(9)], unchanged: [{ ordinal: 1, version }] });
    expect(await records.commit(space, on(2))).toEqual({ ok: false });
    const both = { ops: [patch(1, 1, {})], unchanged: [{ ordinal: 1, version: 1 }] };
    done(await records.commit(space, both));
    expect(await records.commit(space, on(1))).toEqual({ ok: false });
    done(await records.commit(space, { ops: [erase(1, 2)] }));
    expect(await records.commit(space, on(2))).toEqual({ ok: false });
    expect((await records.namespace(space))?.seq).toBe(namespace.seq + 2);
  });

  test('two updates of one row in one batch are two versions', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = [put(1), patch(1, 1, { body: bytes('b') }), patch(1, 2, { body: bytes('c') })];
    const { namespace, applied } = done(await records.commit(space, { ops }));
    expect(applied.map(({ version }) => version)).toEqual([1, 2, 3]);
    const versions = await records.versions(namespace.no, 1);
    expect(versions.map(({ body }) => text(body))).toEqual(['b', 'body 1']);
  });

  test('history has every former version, newest first, with its own body', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1)] }));
    const steps: Partial<UpdateOp>[] = [
      { columns: { pinned: true } },
      { body: bytes('second') },
      { columns: { archived: true }, op: 'archive' },
      { columns: { archived: false }, op: 'restore', body: bytes('third') },
    ];
    const seen = [];
    for (const [i, step] of steps.entries()) {
      seen.unshift(...(await records.byOrdinal(namespace.no, [1])));
      suite.clock.time += 1;
      done(await records.commit(space, { ops: [{ ...patch(1, i + 1), ...step }] }));
    }
    expect(await records.versions(namespace.no, 1)).toEqual(seen);
    expect(seen.map(({ body }) => text(body))).toEqual(['second', 'second', 'body 1', 'body 1']);
    expect(await records.versions(namespace.no, 2)).toEqual([]);
    const read = (query: VersionQuery) => records.versions(namespace.no, 1, query);
    // Each of them with its own body, whatever is left out above.
    for (let below = 1; below <= 5; below += 1) {
      const older = seen.filter(({ version }) => version < below);
      expect(await read({ below })).toEqual(older);
      expect(await read({ below, limit: 2 })).toEqual(older.slice(0, 2));
    }
    for (const { updatedAt, seq } of seen) {
      const [byTime] = await read({ writtenBy: updatedAt, limit: 1 });
      const [bySeq] = await read({ seqMax: seq, limit: 1 });
      const version = seen.find((one) => one.seq === seq);
      expect([byTime, bySeq]).toEqual([version, version]);
    }
    expect(await read({ writtenBy: (seen.at(-1)?.updatedAt ?? 0) - 1 })).toEqual([]);
    const changes = await records.index(namespace.no, 1).changes(0, 9);
    expect(changes.map(({ op }) => op)).toEqual(['put', 'patch', 'patch', 'archive', 'restore']);
  });

  test('a superseded fact points to the one that follows it, which goes on counting', async () => {
    const records = suite.records.open(suite.tenant());
    const columns = { kind: 'fact', keyHash: keyOf(1) } as const;
    const { namespace } = done(await records.commit(space, { ops: [put(1, columns)] }));
    const retired = { supersededAt: suite.clock.time, supersededBy: idOf(2) };
    const { applied } = done(
      await records.commit(space, {
        ops: [
          { ...put(2, { ...columns, supersedes: idOf(1) }), version: 2 },
          { op: 'supersede', ordinal: 1, expectedVersion: 1, columns: retired },
        ],
        expect: [{ keyHash: keyOf(1), fact: { ordinal: 1, version: 1 } }],
      }),
    );
    expect(applied.map(({ ordinal, version }) => [ordinal, version])).toEqual([
      [2, 2],
      [1, 2],
    ]);
    const [old, current] = await records.byOrdinal(namespace.no, [1, 2]);
    expect(old).toMatchObject(retired);
    expect(current?.supersedes).toBe(idOf(1));
    expect((await records.byKey(namespace.no, keyOf(1), suite.clock.time)).fact).toEqual(current);
  });

  test('a memory that comes in as replaced is no current fact and no turn', async () => {
    const records = suite.records.open(suite.tenant());
    const key = { keyHash: keyOf(1) };
    const replaced = { supersededAt: 5, supersededBy: idOf(9) };
    const ops = [put(1, { kind: 'fact', ...key }), put(2, key)].map((op) => ({
      ...op,
      columns: { ...op.columns, ...replaced },
    }));
    const { namespace } = done(await records.commit(space, { ops }));
    const rows = await records.byOrdinal(namespace.no, [1, 2]);
    expect(rows).toMatchObject([replaced, replaced]);
    const nothing = { fact: null, lastTurn: null, turns: 0 };
    expect(await records.byKey(namespace.no, keyOf(1), suite.clock.time)).toEqual(nothing);
  });
}
