/** Export and import through the client, over the real app in this process. */
import { createClient, ReverieError } from '@reverie/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningApp } from '../packages/server/src/compose.ts';
import { openTestApp } from './http/open-test-app.ts';
import { rootKey } from './http/scenario.ts';

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(() => app.close());

const client = (apiKey = rootKey) =>
  createClient({ apiKey, namespace: 'ann', fetch: (request) => app.fetch(request) });

async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('a namespace goes out and comes in', async () => {
  const reverie = client();
  await reverie.store({ key: 'home', value: 'Lives in Lisbon.' });
  const file = await textOf(reverie.exportNamespace({ history: true }));
  expect(file).toContain('"history":[]');
  const seen: number[] = [];
  const onProgress = ({ imported }: { imported: number }) => seen.push(imported);
  const result = await reverie.importNamespace(file, { namespace: 'copy', onProgress });
  expect(result).toMatchObject({ ok: true, imported: 1, namespace: 'copy', errors: [] });
  expect(seen).toEqual([1]);
  expect((await reverie.getByKey({ key: 'home', namespace: 'copy' })).value).toContain('Lisbon');
  const cursor = /"cursor":"([^"]+)"/.exec(file)?.[1];
  expect(await textOf(reverie.exportNamespace({ after: cursor }))).toMatch(
    /^{"reverie_export_end"/,
  );
});

test('a stream as the source, and refused lines in the result', async () => {
  const source = new Blob(['{"value":"a"}\n', '{"valeu":"b"}\n']).stream();
  const result = await client().importNamespace(source, { importId: 'x' });
  expect(result).toMatchObject({ ok: false, imported: 1, failed: 1, importId: 'x' });
  expect(result.errors).toMatchObject([{ line: 2, code: 'unknown_field' }]);
});

test('what goes wrong is a ReverieError with a code', async () => {
  const codeOf = (answer: Promise<unknown>) =>
    answer.then(
      () => 'none',
      (error) => ReverieError.isInstance(error) && error.code,
    );
  expect(await codeOf(textOf(client().exportNamespace()))).toBe('namespace_not_found');
  expect(await codeOf(client('wrong').importNamespace('{"value":"a"}'))).toBe('invalid_api_key');
  const newer = '{"reverie_export":{"format":9,"namespace":"a"}}\n';
  expect(await codeOf(client().importNamespace(newer))).toBe('invalid_request');
  const signal = AbortSignal.abort();
  expect(await codeOf(client().importNamespace('{"value":"a"}', {}, { signal }))).toBe('aborted');
});

test('a snapshot is made, compared with, restored and deleted', async () => {
  const reverie = client();
  await reverie.store({ key: 'home', value: 'Porto' });
  const { id, name } = await reverie.createSnapshot('monday');
  expect(name).toBe('monday');
  await reverie.store({ key: 'home', value: 'Lisbon' });
  const { counts, results, nextCursor } = await reverie.compareSnapshot(id, { limit: 1 });
  expect(counts).toMatchObject({ added: 1, superseded: 1, erased: 0 });
  expect(results).toMatchObject([{ change: 'added', versionThen: null }]);
  const second = await reverie.compareSnapshot(id, { limit: 1, cursor: nextCursor ?? undefined });
  expect(second.results).toMatchObject([{ change: 'superseded', versionThen: 1 }]);
  expect(await reverie.restoreSnapshot(id, { dryRun: true })).toMatchObject({ before: null });
  const restored = await reverie.restoreSnapshot(id);
  expect(restored).toMatchObject({ archived: 1, restored: 1, dryRun: false });
  expect((await reverie.getByKey('home')).value).toBe('Porto');
  const ids = (await reverie.snapshots()).map((snapshot) => snapshot.id);
  expect(ids).toEqual([id, restored.before]);
  await reverie.deleteSnapshot(id);
  expect(await reverie.snapshots()).toHaveLength(1);
});
