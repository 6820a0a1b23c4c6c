/** The contract of the control port: every backend runs these tests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPort } from '../../ports/control.ts';
import { type Backend, FakeClock, type OpenStore } from './fixtures.ts';

/** Declares the suite `<name>: control`. */
export function runControlContract({ name, open }: Backend): void {
  describe(`${name}: control`, () => {
    let store: OpenStore | undefined;
    const control = (): ControlPort => {
      if (!store) throw new Error('the store is opened before the tests');
      return store.control;
    };
    beforeAll(async () => {
      store = await open(new FakeClock());
    });
    afterAll(async () => store?.close());
    documentRules(control);
    listRules(control);
    heldRules(control);
  });
}

function documentRules(control: () => ControlPort): void {
  test('a document is made once, then replaced by version', async () => {
    const key = 'keys/one';
    expect(await control().get(key)).toBeUndefined();
    expect(await control().putIfVersion(key, 'first', 1)).toBeUndefined();
    expect(await control().putIfVersion(key, 'first', 0)).toBe(1);
    expect(await control().putIfVersion(key, 'again', 0)).toBeUndefined();
    expect(await control().putIfVersion(key, 'second', 1)).toBe(2);
    expect(await control().putIfVersion(key, 'late', 1)).toBeUndefined();
    expect(await control().get(key)).toEqual({ key, value: 'second', version: 2 });
  });

  test('a deleted document is gone, and is made anew from version 1', async () => {
    const key = 'keys/two';
    expect(await control().delete(key)).toBe(false);
    await control().putIfVersion(key, 'a', 0);
    expect(await control().delete(key)).toBe(true);
    expect(await control().get(key)).toBeUndefined();
    expect(await control().delete(key)).toBe(false);
    expect(await control().putIfVersion(key, 'b', 0)).toBe(1);
  });

  test('values of any text come back as they were', async () => {
    const values = ['', 'nul \0 inside', 'é 😀 漢', `long ${'x'.repeat(100_000)}`];
    for (const [i, value] of values.entries()) {
      await control().putIfVersion(`values/${i}`, value, 0);
      expect((await control().get(`values/${i}`))?.value).toBe(value);
    }
  });

  test('of many writers of one version, one wins', async () => {
    const writers = Array.from({ length: 50 }, (_, i) =>
      control().putIfVersion('race', `writer ${i}`, 0),
    );
    const won = (await Promise.all(writers)).filter((version) => version !== undefined);
    expect(won).toEqual([1]);
  });
}

function listRules(control: () => ControlPort): void {
  test('a list has the keys with the prefix, in order', async () => {
    const keys = ['list/b', 'list/a', 'list/a\u{10ffff}z', 'list/aa', 'list', 'lisu', 'list0'];
    for (const key of keys) await control().putIfVersion(key, 'x', 0);
    const list = async (prefix: string) => (await control().list(prefix)).map(({ key }) => key);
    expect(await list('list/')).toEqual(['list/a', 'list/aa', 'list/a\u{10ffff}z', 'list/b']);
    expect(await list('list/a')).toEqual(['list/a', 'list/aa', 'list/a\u{10ffff}z']);
    expect(await list('nothing')).toEqual([]);
    expect(await list('list/%')).toEqual([]);
    const page = async (limit: number, before?: string) =>
      (await control().list('list/', { limit, ...(before && { before }) })).map(({ key }) => key);
    expect(await page(2)).toEqual(['list/b', 'list/a\u{10ffff}z']);
    expect(await page(9, 'list/a\u{10ffff}z')).toEqual(['list/aa', 'list/a']);
    expect(await page(9, 'list')).toEqual([]);
    expect((await list('')).length).toBeGreaterThanOrEqual(keys.length);
  });
}

/** For stores that several servers may have open. */
function heldRules(control: () => ControlPort): void {
  const since = (mark?: number) => control().heldChanges?.(mark);

  test('what is held and written or deleted is told to whoever knows an earlier mark', async () => {
    const before = await since();
    if (before === undefined) return;
    expect(before.keys).toEqual([]);
    expect(await since(before.mark)).toEqual(before);
    await control().putIfVersion('tenants/held', 'a', 0);
    await control().putIfVersion('tenants/held', 'b', 1);
    await control().putIfVersion('tenants/other', 'a', 0);
    await control().putIfVersion('anything/else', 'a', 0);
    expect(await control().putIfVersion('tenants/other', 'late', 0)).toBeUndefined();
    const after = await since(before.mark);
    expect(after?.keys?.toSorted()).toEqual(['tenants/held', 'tenants/other']);
    await control().delete('tenants/held');
    await control().delete('tenants/never');
    expect((await since(after?.mark))?.keys).toEqual(['tenants/held']);
    expect((await since(before.mark))?.keys).toHaveLength(2);
  });

  test('a mark that is too old, or of another store, leads to reading all', async () => {
    const before = await since();
    if (before === undefined) return;
    const keys = Array.from({ length: 1_001 }, (_, i) => `webhooks/many/${i}`);
    for (const key of keys) await control().putIfVersion(key, '', 0);
    expect((await since(before.mark))?.keys).toBeUndefined();
    expect((await since(before.mark + 1_000_000))?.keys).toBeUndefined();
    expect((await since())?.keys).toEqual([]);
  });

  test('of many writers at once none is missed by a reader who follows the mark', async () => {
    let mark = (await since())?.mark;
    if (mark === undefined) return;
    const keys = Array.from({ length: 60 }, (_, i) => `api-keys/held/${i}`);
    const writing = Promise.all(keys.map((key) => control().putIfVersion(key, '', 0)));
    const seen = new Set<string>();
    let isWritten = false;
    void writing.then(() => {
      isWritten = true;
    });
    for (let isLast = false; !isLast; ) {
      isLast = isWritten;
      const changes = await since(mark);
      for (const key of changes?.keys ?? []) seen.add(key);
      mark = changes?.mark ?? mark;
    }
    expect([...seen].toSorted()).toEqual(keys.toSorted());
  });
}
