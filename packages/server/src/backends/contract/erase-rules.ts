/** Contract: what is erased is gone everywhere, and stays gone. */
import { expect, test } from 'vitest';
import type { IndexSave, SegmentRow } from '../../ports/records.ts';
import { bytes, done, erase, idOf, keyOf, named, patch, put, type Suite } from './fixtures.ts';

const space = named('home');

const segment = (no: number, ordinalMin: number, ordinalMax: number): SegmentRow => ({
  no,
  ordinalMin,
  ordinalMax,
  columns: bytes(`columns ${no}`),
  postings: bytes(`postings ${no}`),
  matrix: bytes(`matrix ${no}`),
});

const image = (epoch: number, seq: number, put: SegmentRow[]): IndexSave => ({
  epoch,
  seq,
  manifest: bytes('manifest'),
  put,
  putColumns: [],
  remove: [],
});

export function eraseRules(suite: Suite): void {
  toldRules(suite);

  test('erase removes the row, its history and its analysis', async () => {
    const records = suite.records.open(suite.tenant());
    const first = done(
      await records.commit(space, { ops: [put(1, { keyHash: keyOf(1) }), put(2), patch(1, 1)] }),
    );
    const { no } = first.namespace;
    const { namespace, applied } = done(await records.commit(space, { ops: [erase(1, 2)] }));
    expect(applied).toMatchObject([{ seq: 4, ordinal: 1, version: 3 }]);
    expect(namespace).toMatchObject({ seq: 4, eraseSeq: 4, memories: 1 });
    expect(await records.byOrdinal(no, [1, 2])).toHaveLength(1);
    expect(await records.byId([idOf(1)])).toEqual([]);
    expect(await records.versions(no, 1)).toEqual([]);
    expect(await records.allByKey(no, keyOf(1))).toEqual([]);
    expect((await records.byKey(no, keyOf(1), suite.clock.time)).turns).toBe(0);
    const index = records.index(no, 1);
    expect(await index.analyses([1])).toEqual([]);
    expect((await index.changes(3, 9))[0]).toMatchObject({ op: 'erase', ordinal: 1, version: 3 });
  });

  test('an ordinal is never used again', async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(space, { ops: [put(1), erase(1, 1)] }));
    const { applied, namespace } = done(await records.commit(space, { ops: [put(1)] }));
    expect(applied[0]?.ordinal).toBe(2);
    expect((await records.index(namespace.no, 1).state()).nextOrdinal).toBe(3);
  });

  test('a row is erased in the expected version only', async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(space, { ops: [put(1)] }));
    expect(await records.commit(space, { ops: [erase(1, 2)] })).toEqual({ ok: false });
    expect(await records.commit(space, { ops: [erase(2, 1)] })).toEqual({ ok: false });
    done(await records.commit(space, { ops: [erase(1, 1)] }));
    expect(await records.commit(space, { ops: [erase(1, 1)] })).toEqual({ ok: false });
    expect(await records.commit(space, { ops: [patch(1, 1)] })).toEqual({ ok: false });
  });

  test('an erase drops the segments around it and no other', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = Array.from({ length: 9 }, (_, i) => put(i));
    const { namespace } = done(await records.commit(space, { ops }));
    const index = records.index(namespace.no, 1);
    const segments = [segment(1, 1, 3), segment(2, 4, 6), segment(3, 6, 9)];
    expect(await index.save(image(namespace.epoch, 9, segments))).toBe(true);
    done(await records.commit(space, { ops: [erase(6, 1)] }));
    expect(await index.segment(1)).toEqual(segments[0]);
    expect(await index.segment(2)).toBeUndefined();
    expect(await index.segment(3)).toBeUndefined();
  });

  test('an image from before an erase is not kept', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), put(2)] }));
    const index = records.index(namespace.no, 1);
    done(await records.commit(space, { ops: [erase(1, 1)] }));
    expect(await index.save(image(namespace.epoch, 2, [segment(1, 1, 2)]))).toBe(false);
    expect(await index.segment(1)).toBeUndefined();
    expect(await index.manifest()).toBeUndefined();
    expect(await index.save(image(namespace.epoch, 3, [segment(1, 2, 2)]))).toBe(true);
    expect(await index.segment(1)).toEqual(segment(1, 2, 2));
  });
}

function toldRules(suite: Suite): void {
  test('the change tells whose row was erased, and when; no other change does', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(
      await records.commit(space, { ops: [put(1, { audience: 'system' }), put(2), patch(2, 1)] }),
    );
    suite.clock.time += 7;
    done(await records.commit(space, { ops: [erase(1, 1), erase(2, 2)] }));
    const at = suite.clock.time;
    expect(await records.index(namespace.no, 1).changes(2, 9)).toEqual([
      { seq: 3, op: 'patch', ordinal: 2, version: 2 },
      {
        ...{ seq: 4, op: 'erase', ordinal: 1, version: 2 },
        erased: { id: idOf(1), audience: 'system', at },
      },
      {
        ...{ seq: 5, op: 'erase', ordinal: 2, version: 3 },
        erased: { id: idOf(2), audience: 'user', at },
      },
    ]);
  });
}
