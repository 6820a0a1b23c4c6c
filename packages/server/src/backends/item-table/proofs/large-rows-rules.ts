/** Rows of more bytes than an item takes: kept, changed, and gone from the whole table. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { done, erase, FakeClock, idOf, named, patch, put, text } from '../../contract/fixtures.ts';
import type { ItemStore } from '../item-store.ts';
import { type System, type TestTable, titleOf } from './test-table.ts';

const space = named('home');
const tenant = 'acme' as TenantId;
const of = (kilobytes: number, fill: string) =>
  new TextEncoder().encode(fill.repeat((kilobytes * 1024) / fill.length));

export function runLargeRows(system: System): void {
  describe.skipIf(system.missing)(titleOf('large rows', system), () => {
    let table: TestTable;
    let store: ItemStore;
    beforeAll(async () => {
      table = system.makeTable();
      store = await table.open(new FakeClock());
    });
    afterAll(async () => {
      await store.close();
      await table.remove();
    });

    const blobs = async () => (await table.items()).filter(({ pk }) => pk.startsWith('b#'));
    const garbage = async () => (await table.items()).filter(({ pk }) => pk === 'garbage');
    const large = (n: number) => ({
      ...put(n),
      body: of(900, 'body'),
      analysis: of(500, 'word'),
      vectors: [
        { generation: 1, vectors: of(250, 'vec1') },
        { generation: 2, vectors: of(120, 'vec2') },
      ],
    });

    test('they come back as they were, and so do their former versions', async () => {
      const own = store.records.open(tenant);
      const { no } = done(
        await own.commit(space, { generation: 1, ops: [large(1), put(2)] }),
      ).namespace;
      const [row] = await own.byOrdinal(no, [1]);
      expect(row?.hasVector).toBe(true);
      expect(Buffer.compare(row?.body ?? of(1, 'none'), of(900, 'body'))).toBe(0);
      const index = own.index(no, 2);
      const [analysed] = await index.analyses([1]);
      expect(analysed?.analysis).toEqual(of(500, 'word'));
      expect(analysed?.vectors).toEqual(of(120, 'vec2'));
      expect((await own.byId([idOf(1)]))[0]?.row.body).toHaveLength(900 * 1024);
      expect(await own.storedBytes()).toBe(900 * 1024 + 6);

      const steps = [
        patch(1, 1, { columns: { pinned: true } }),
        patch(1, 2, { body: of(700, 'next') }),
        patch(1, 3, { body: of(1, 'tiny') }),
      ];
      for (const op of steps) done(await own.commit(space, { ops: [op] }));
      const versions = await own.versions(no, 1);
      expect(versions.map(({ body }) => text(body)?.slice(0, 4))).toEqual(['next', 'body', 'body']);
      expect(versions.map(({ body }) => body.length)).toEqual(
        [700, 900, 900].map((kb) => kb * 1024),
      );
      expect((await index.analyses([1]))[0]).toMatchObject({ analysis: null, vectors: null });
      expect(await store.records.vectors.waits(no, 2, 1)).toBe(true);
      expect(await garbage()).toEqual([]);
    });

    test('many of them in one batch', async () => {
      const own = store.records.open(tenant);
      const ops = [11, 12, 13, 14, 15, 16].map(large);
      const { no } = done(await own.commit(named('many'), { ops })).namespace;
      const rows = await own.page(no, { order: 'asc', limit: 9 }, 0);
      expect(rows.map(({ body }) => body.length)).toEqual(ops.map(() => 900 * 1024));
      const twice = [large(21), patch(7, 1, { body: of(300, 'then') }), erase(7, 2), erase(1, 1)];
      done(await own.commit(named('many'), { ops: twice }));
      expect(await own.page(no, { order: 'asc', limit: 9 }, 0)).toHaveLength(5);
      expect(await garbage()).toEqual([]);
    });

    test('what is erased is nowhere in the table', async () => {
      const own = store.records.open(tenant);
      for (const name of ['home', 'many']) {
        const { no = 0 } = (await own.namespace(named(name))) ?? {};
        const index = own.index(no, 1);
        const { epoch, seq } = await index.state();
        const parts = { columns: of(2, 'cols'), postings: of(400, 'post'), matrix: of(9, 'mtrx') };
        const segment = { no: 1, ordinalMin: 1, ordinalMax: 99, ...parts };
        const image = { manifest: of(1, 'mani'), put: [segment], putColumns: [], remove: [] };
        expect(await index.save({ epoch, seq, ...image })).toBe(true);
        const rows = await own.page(no, { order: 'asc', limit: 99, all: true }, 0);
        const ops = rows.map(({ ordinal, version }) => erase(ordinal, version));
        done(await own.commit(named(name), { ops }));
        expect(await index.segment(1)).toBeUndefined();
      }
      expect(await own.storedBytes()).toBe(0);
      // The manifests are left: they say which segments there were.
      expect(await blobs()).toHaveLength(2);
      expect(await garbage()).toEqual([]);
      const names = (await table.items()).map(({ pk }) => pk.split('#')[0]);
      expect(names).not.toContain('i');
      for (const name of ['home', 'many']) {
        const { no = 0 } = (await own.namespace(named(name))) ?? {};
        expect(await own.remove(no)).toBe(true);
      }
      expect(await blobs()).toEqual([]);
    });

    test('documents of any length', async () => {
      const { control } = store;
      const value = (kilobytes: number) => 'é'.repeat(kilobytes * 512);
      expect(await control.putIfVersion('dreams/a', value(900), 0)).toBe(1);
      expect(await control.putIfVersion('dreams/a', value(800), 0)).toBeUndefined();
      expect((await control.get('dreams/a'))?.value).toBe(value(900));
      expect(await control.putIfVersion('dreams/a', value(700), 1)).toBe(2);
      expect((await control.list('dreams/'))[0]?.value).toBe(value(700));
      expect(await control.putIfVersion('dreams/a', 'short', 2)).toBe(3);
      expect(await blobs()).toEqual([]);
      expect(await control.putIfVersion('dreams/a', value(700), 3)).toBe(4);
      const documents = [{ key: 'dreams/a', value: { text: value(600) }, expected: 4 }];
      done(await store.records.open(tenant).commit(space, { ops: [put(1)], documents }));
      expect(JSON.parse((await control.get('dreams/a'))?.value ?? '')).toEqual({
        text: value(600),
      });
      expect(await blobs()).toHaveLength(2);
      expect(await control.delete('dreams/a')).toBe(true);
      expect(await blobs()).toEqual([]);
      expect(await garbage()).toEqual([]);
    });
  });
}
