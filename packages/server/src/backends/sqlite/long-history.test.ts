/** A row of ten thousand versions is read by the page: a page costs the same however many. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { TenantRecords } from '../../ports/records.ts';
import { bytes, done, FakeClock, named, patch, put, text } from '../contract/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeTestFolder } from './test-folder.ts';

const folder = makeTestFolder();
const clock = new FakeClock();
const space = named('long');
const count = 10_000;
let store: Awaited<ReturnType<typeof openSqliteStore>>;
let records: TenantRecords;
let no = 0;

beforeAll(async () => {
  store = await openSqliteStore({ folder: folder.path, clock });
  records = store.records.open('tenant' as TenantId);
  no = done(await records.commit(space, { ops: [put(1)] })).namespace.no;
  for (let version = 1; version < count; version += 500) {
    clock.time += 1;
    const ops = Array.from({ length: 500 }, (_, i) => {
      // Bodies change now and then, as they do: most versions have that of a later one.
      const isSaid = i % 100 === 0;
      const body = isSaid ? { body: bytes(`${version + i} `.repeat(200)) } : {};
      return patch(1, version + i, { columns: { pinned: i % 2 === 0 }, ...body });
    });
    done(await records.commit(space, { ops }));
  }
});
afterAll(async () => {
  await store.records.close();
  folder.remove();
});

/** The fastest of some: other work on the machine only adds. */
async function fastestMs(work: () => Promise<unknown>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i += 1) {
    const started = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}

test('a page of a long history is as fast as one of a short one', async () => {
  const [newest] = await records.byOrdinal(no, [1]);
  const version = newest?.version ?? 0;
  expect(version).toBe(count + 1);
  const all = await records.versions(no, 1);
  expect(all).toHaveLength(count);
  const middle = { below: count / 2, limit: 100 };
  const start = all.findIndex((row) => row.version < middle.below);
  expect(await records.versions(no, 1, middle)).toEqual(all.slice(start, start + 100));
  expect(text(all.at(-1)?.body)).toBe('body 1');
  const wholeMs = await fastestMs(() => records.versions(no, 1));
  for (const query of [{ below: version, limit: 100 }, middle, { below: 101, limit: 100 }]) {
    expect(await fastestMs(() => records.versions(no, 1, query))).toBeLessThan(wholeMs / 4);
  }
});
