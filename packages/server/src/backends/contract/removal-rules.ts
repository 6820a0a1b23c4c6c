/** Contract: an empty namespace can be removed, and what rows weigh is told before they go. */
import { expect, test } from 'vitest';
import { bytes, done, erase, named, patch, put, type Suite } from './fixtures.ts';

const space = named('home');

export function removalRules(suite: Suite): void {
  test('a namespace with rows stays', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1)] }));
    expect(await records.remove(namespace.no)).toBe(false);
    expect(await records.namespace(space)).toEqual(namespace);
    expect(await records.nameOf(namespace.no)).toBe(space);
  });

  test('an empty one is gone, and made anew under another number', async () => {
    const records = suite.records.open(suite.tenant());
    const made = done(await records.commit(space, { ops: [put(1), put(2)] }));
    const { no, epoch } = made.namespace;
    const index = records.index(no, 1);
    const image = { epoch, seq: 4, manifest: bytes('m'), put: [], putColumns: [], remove: [] };
    done(await records.commit(space, { ops: [erase(1, 1), erase(2, 1)] }));
    expect(await index.save(image)).toBe(true);
    expect(await records.remove(no)).toBe(true);
    expect(await records.remove(no)).toBe(false);
    expect(await records.namespace(space)).toBeUndefined();
    expect(await records.namespaces({ limit: 9 })).toEqual([]);
    expect(await records.nameOf(no)).toBeUndefined();
    expect(await index.state()).toMatchObject({ seq: 0, nextOrdinal: 1 });
    expect(await index.changes(0, 9)).toEqual([]);
    expect(await index.manifest()).toBeUndefined();
    expect(await index.save(image)).toBe(false);
    const again = done(await records.commit(space, { ops: [put(3)] }));
    expect(again.namespace).toMatchObject({ seq: 1, memories: 1 });
    expect(again.namespace.no).toBeGreaterThan(no);
  });

  test('a namespace of another tenant is neither named nor removed', async () => {
    const records = suite.records.open(suite.tenant());
    const other = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1), erase(1, 1)] }));
    expect(await other.nameOf(namespace.no)).toBeUndefined();
    expect(await other.remove(namespace.no)).toBe(false);
    expect(await records.namespace(space)).toBeDefined();
  });

  test('rows weigh their former versions and their vectors', async () => {
    const records = suite.records.open(suite.tenant());
    const both = [1, 2].map((generation) => ({ generation, vectors: bytes('v') }));
    const waiting = [{ generation: 1, vectors: null }];
    const ops = [
      { ...put(1), vectors: both },
      { ...put(2), vectors: waiting },
      patch(2, 1),
      patch(2, 2),
    ];
    const { namespace } = done(await records.commit(space, { ops }));
    expect(await records.weigh(namespace.no, [1, 2, 9])).toEqual({ versions: 2, vectors: 2 });
    const other = suite.records.open(suite.tenant());
    expect(await other.weigh(namespace.no, [1, 2])).toEqual({ versions: 0, vectors: 0 });
  });
}
