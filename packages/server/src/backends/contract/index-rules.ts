/** Contract: what a namespace index reads and keeps. */
import { expect, test } from 'vitest';
import type { SegmentRow } from '../../ports/records.ts';
import { bytes, done, erase, named, patch, put, type Suite, text } from './fixtures.ts';

const space = named('home');
const ordinals = (rows: readonly { ordinal: number }[]): number[] =>
  rows.map(({ ordinal }) => ordinal);

const segment = (no: number, size: number): SegmentRow => ({
  no,
  ordinalMin: 1,
  ordinalMax: 2 ** 32 - 1,
  columns: new Uint8Array(size).fill(1),
  postings: new Uint8Array(size).fill(2),
  matrix: new Uint8Array(size).fill(3),
});

export function indexRules(suite: Suite): void {
  logAndAnalyses(suite);
  images(suite);
}

function logAndAnalyses(suite: Suite): void {
  test('the log is gap-free and read in pieces', async () => {
    const records = suite.records.open(suite.tenant());
    const first = done(await records.commit(space, { ops: [put(1), put(2), put(3)] }));
    done(await records.commit(space, { ops: [patch(2, 1), erase(1, 1)] }));
    const index = records.index(first.namespace.no, 1);
    const { epoch } = first.namespace;
    const counts = { seq: 5, eraseSeq: 5, nextOrdinal: 4, arrivals: 0 };
    expect(await index.state()).toEqual({ epoch, ...counts });
    expect(await index.changes(1, 3)).toEqual([
      { seq: 2, op: 'put', ordinal: 2, version: 1 },
      { seq: 3, op: 'put', ordinal: 3, version: 1 },
      { seq: 4, op: 'patch', ordinal: 2, version: 2 },
    ]);
    expect(await index.changes(5, 3)).toEqual([]);
  });

  test('analyses come with columns, ascending, without erased rows', async () => {
    const records = suite.records.open(suite.tenant());
    const bare = { ...put(2), analysis: null };
    const { namespace } = done(
      await records.commit(space, { ops: [put(1), bare, put(3), put(4), erase(3, 1)] }),
    );
    const index = records.index(namespace.no, 1);
    const rows = await index.analyses([4, 3, 2, 1, 2, 77]);
    expect(rows.map(({ ordinal, analysis }) => [ordinal, text(analysis)])).toEqual([
      [1, 'analysis 1'],
      [2, undefined],
      [4, 'analysis 4'],
    ]);
    const [row] = await records.byOrdinal(namespace.no, [1]);
    const { body: _, hasVector: __, ...columns } = row ?? { body: undefined, hasVector: false };
    expect(rows[0]).toEqual({ ...columns, analysis: bytes('analysis 1'), vectors: null });
    expect(ordinals(await index.analysesBetween(2, 4, 9))).toEqual([2, 4]);
    expect(ordinals(await index.analysesBetween(1, 2 ** 32 - 1, 2))).toEqual([1, 2]);
    expect(ordinals(await index.analysesBetween(0, 1e12, 9))).toEqual([1, 2, 4]);
  });

  test('an analysis follows the body and is saved for the named version only', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = [put(1), put(2), put(3), put(4)];
    const { namespace } = done(await records.commit(space, { ops }));
    const updates = [
      patch(1, 1, { columns: { pinned: true } }),
      patch(2, 1, { body: bytes('new') }),
      patch(3, 1, { body: bytes('new'), analysis: bytes('new analysis') }),
      patch(4, 1, { analysis: null }),
    ];
    const { namespace: after } = done(await records.commit(space, { ops: updates }));
    const index = records.index(namespace.no, 1);
    const read = async () =>
      (await index.analyses([1, 2, 3, 4])).map(({ analysis }) => text(analysis));
    expect(await read()).toEqual(['analysis 1', undefined, 'new analysis', undefined]);
    await index.saveAnalyses([
      { ordinal: 1, version: 1, analysis: bytes('late') },
      { ordinal: 2, version: 2, analysis: bytes('made again') },
      { ordinal: 9, version: 1, analysis: bytes('nobody') },
    ]);
    expect(await read()).toEqual(['analysis 1', 'made again', 'new analysis', undefined]);
    expect(await records.namespace(space)).toEqual(after);
  });
}

function images(suite: Suite): void {
  test('an image is saved, changed in part, and dropped', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), put(2)] }));
    const index = records.index(namespace.no, 1);
    const { epoch } = namespace;
    expect(await index.manifest()).toBeUndefined();
    const base = { epoch, seq: 1, manifest: bytes('one'), putColumns: [], remove: [] };
    const parts = [segment(1, 20_000), segment(2, 10), segment(3, 0)];
    expect(await index.save({ ...base, put: parts })).toBe(true);
    expect(await index.manifest()).toEqual({ epoch, seq: 1, manifest: bytes('one') });
    for (const part of parts) expect(await index.segment(part.no)).toEqual(part);
    const columns = bytes('changed');
    const second = {
      ...base,
      seq: 2,
      manifest: bytes('two'),
      put: [segment(2, 20)],
      putColumns: [{ no: 1, columns }],
      remove: [3],
    };
    expect(await index.save(second)).toBe(true);
    expect(await index.manifest()).toEqual({ epoch, seq: 2, manifest: bytes('two') });
    expect(await index.segment(1)).toEqual({ ...segment(1, 20_000), columns });
    expect(await index.segment(2)).toEqual(segment(2, 20));
    expect(await index.segment(3)).toBeUndefined();
    await index.drop();
    expect(await index.manifest()).toBeUndefined();
    expect(await index.segment(1)).toBeUndefined();
  });

  test('an image of another epoch is not kept', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1)] }));
    const index = records.index(namespace.no, 1);
    const epoch = namespace.epoch + 1;
    const image = { epoch, seq: 1, manifest: bytes(''), put: [], putColumns: [], remove: [] };
    expect(await index.save(image)).toBe(false);
    expect(await index.manifest()).toBeUndefined();
    expect(await index.save({ ...image, epoch: namespace.epoch })).toBe(true);
    expect((await index.manifest())?.manifest).toHaveLength(0);
  });
}
