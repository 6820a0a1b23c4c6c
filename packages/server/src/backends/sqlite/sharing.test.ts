/** The threads of one store: others join it, and all learn when the writer is gone. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { workerUrl } from '../../util/worker-url.ts';
import { bytes, done, FakeClock, idOf, named, put, text } from '../contract/fixtures.ts';
import { openSharedStore, openSqliteStore, type SqliteStore } from './sqlite-store.ts';
import { makeTestFolder, type TestFolder } from './test-folder.ts';

const clock = new FakeClock();
const space = named('home');
const tenant = 'tenant' as TenantId;
let folder: TestFolder;
let store: SqliteStore;
beforeEach(async () => {
  folder = makeTestFolder();
  store = await openSqliteStore({ folder: folder.path, clock });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

test('another thread reads on its own connection and writes through the writer', async () => {
  const { namespace } = done(await store.records.open(tenant).commit(space, { ops: [put(1)] }));
  const share = store.share();
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.url).then(async ({ openSharedStore }) => {
      const { records } = openSharedStore(workerData.share, { now: () => 1 });
      const index = records.open('tenant').index(workerData.no, 1);
      const rows = await index.analysesBetween(1, 9, 9);
      const parts = { put: [], putColumns: [], remove: [] };
      const image = { epoch: 1, seq: 1, manifest: rows[0].analysis, ...parts };
      parentPort.postMessage(await index.save(image));
      await records.close();
    });`;
  const url = workerUrl('./sqlite-store', import.meta.url).href;
  const worker = new Worker(code, {
    eval: true,
    workerData: { url, share, no: namespace.no },
    transferList: [share.writerPort],
  });
  // Both may come in one go where this thread was busy.
  const exited = once(worker, 'exit');
  const [saved] = await once(worker, 'message');
  expect(saved).toBe(true);
  await exited;
  const manifest = await store.records.open(tenant).index(namespace.no, 1).manifest();
  expect(text(manifest?.manifest)).toBe('analysis 1');
});

test('writes of two threads form one history', async () => {
  const shared = openSharedStore(store.share(), clock);
  const handles = [store.records.open(tenant), shared.records.open(tenant)];
  const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
  const results = await Promise.all(
    numbers.map((n) => handles[n % 2]?.commit(space, { ops: [put(n)] })),
  );
  const seqs = results.flatMap((result) => (result ? done(result).applied : []));
  expect(seqs.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(numbers);
  expect(await handles[1]?.byId(numbers.map(idOf))).toHaveLength(40);
  await shared.records.close();
  await expect(handles[1]?.commit(space, { ops: [] })).rejects.toMatchObject({
    code: 'shutting_down',
  });
});

test('after closing, nothing is taken and everything is there', async () => {
  const records = store.records.open(tenant);
  const last = Array.from({ length: 20 }, (_, i) => records.commit(space, { ops: [put(i)] }));
  const closing = store.close();
  await expect(records.commit(space, { ops: [put(99)] })).rejects.toMatchObject({
    code: 'shutting_down',
  });
  expect((await Promise.all(last)).every(({ ok }) => ok)).toBe(true);
  await closing;
  store = await openSqliteStore({ folder: folder.path, clock });
  const again = store.records.open(tenant);
  expect(await again.namespace(space)).toMatchObject({ seq: 20, memories: 20 });
});

test('when the writer dies, every waiting request is told and the status says so', async () => {
  const records = store.records.open(tenant);
  done(await records.commit(space, { ops: [put(1)] }));
  const share = store.share();
  const shared = openSharedStore(share, clock);
  // No client sends such a message: it stands for a bug inside the writer.
  share.writerPort.postMessage({ type: 'requests', requests: 5 });
  const late = [store, shared].map(({ records: port }) =>
    port.open(tenant).commit(space, { ops: [{ ...put(2), body: bytes('late') }] }),
  );
  for (const outcome of await Promise.allSettled(late)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
  }
  const down = { writable: false, reason: expect.stringContaining('has ended') };
  expect(await store.records.status()).toEqual(down);
  expect(await shared.records.status()).toEqual(down);
  // What was acknowledged is still read.
  expect(await records.byId([idOf(1)])).toHaveLength(1);
  await shared.records.close();
});
