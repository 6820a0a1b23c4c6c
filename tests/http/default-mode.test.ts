/** The default mode of a namespace: what a store under a key means when it does not say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';
import { importInto } from './transfer.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe.each(['ephemeral', 'sqlite'])('over %s records', (records) => {
  let app: RunningApp;
  let env: Record<string, string>;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-mode-'));
    folders.push(folder);
    env = records === 'sqlite' ? { REVERIE_DATA_DIR: folder } : {};
    app = await openTestApp(env);
  });
  afterAll(() => app.close());

  const call = (method: string, path: string, body?: object, headers = {}) =>
    send(app, { method, path, headers, ...(body && { body }) });
  const patch = async (name: string, body: object, headers = {}) => {
    const { response, json } = await call('PATCH', `/v1/namespaces/${name}`, body, headers);
    return { status: response.status, etag: response.headers.get('etag'), ...json() };
  };
  const read = async (name: string) => {
    const { response, json } = await call('GET', `/v1/namespaces/${name}`);
    return { status: response.status, etag: response.headers.get('etag'), ...json() };
  };
  const statusOf = async (body: object) =>
    (await call('POST', '/v1/memory-set', { key: 'k', ...body })).json().status;

  test('it is shown, changed, and made with the namespace', async () => {
    expect(await read('fresh')).toMatchObject({
      status: 404,
      error: { code: 'namespace_not_found' },
    });
    expect(await patch('fresh', { default_mode: 'append' })).toMatchObject({
      ...{ status: 200, name: 'fresh', memories: 0, default_mode: 'append', version: 1 },
      etag: '"1"',
    });
    expect(await patch('fresh', { default_mode: 'append' })).toMatchObject({ version: 1 });
    expect(await patch('fresh', {})).toMatchObject({ version: 1, default_mode: 'append' });
    expect(await read('fresh')).toMatchObject({ default_mode: 'append', version: 1, etag: '"1"' });
    await call('POST', '/v1/memory-set', { namespace: 'plain', value: 'x' });
    expect(await read('plain')).toMatchObject({ default_mode: 'auto', version: 0, memories: 1 });
  });

  test('stores of every kind go by it, and what they say themselves wins', async () => {
    const talk = 'User: hi\nAssistant: hello';
    await patch('appends', { default_mode: 'append' });
    const appends = { namespace: 'appends' };
    expect(await statusOf({ ...appends, value: 'Ann lives in Porto.' })).toBe('appended');
    expect(await statusOf({ ...appends, value: 'Ann lives in Braga.' })).toBe('appended');
    expect(await statusOf({ ...appends, value: 'One.', mode: 'replace' })).toBe('stored');
    expect(await statusOf({ ...appends, value: 'Two.', kind: 'fact' })).toBe('replaced');
    await patch('replaces', { default_mode: 'replace' });
    const replaces = { namespace: 'replaces' };
    expect(await statusOf({ ...replaces, value: talk })).toBe('stored');
    expect(await statusOf({ ...replaces, value: `${talk}!`, tags: ['conversation'] })).toBe(
      'replaced',
    );
    expect(await statusOf({ ...replaces, value: talk, mode: 'append' })).toBe('appended');
    expect(await statusOf({ ...replaces, value: 'No key.', key: undefined })).toBe('stored');
    const items = ['a', 'b'].map((value) => ({ key: 'bulk', value: `${talk} ${value}` }));
    const { results } = (await call('POST', '/v1/memory/bulk', { ...replaces, items })).json();
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['stored', 'replaced']);
    const lines = items.map((item) => JSON.stringify({ ...item, key: 'file' })).join('\n');
    expect((await importInto(app, 'replaces', lines)).json()).toMatchObject({ replaced: 1 });
    await patch('replaces', { default_mode: 'auto' });
    expect(await statusOf({ ...replaces, value: talk })).toBe('appended');
  });

  test('who names a version learns that it is gone; of racing ones one wins', async () => {
    expect(await patch('race', { default_mode: 'append', if_version: 3 })).toMatchObject({
      ...{ status: 409, error: { code: 'version_conflict' } },
    });
    expect((await read('race')).status).toBe(404);
    const tries = ['append', 'replace', 'append', 'replace', 'append'].map((default_mode) =>
      patch('race', { default_mode, if_version: 0 }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409]);
    expect((await read('race')).version).toBe(1);
    const { default_mode } = await read('race');
    const other = default_mode === 'append' ? 'replace' : 'append';
    const stale = await patch('race', { default_mode: other }, { 'if-match': '"0"' });
    expect(stale.status).toBe(409);
    const fresh = await patch('race', { default_mode: other }, { 'if-match': '"1"' });
    expect(fresh).toMatchObject({ status: 200, version: 2, etag: '"2"' });
    // Without a condition nobody is refused.
    const all = Array.from({ length: 10 }, (_, i) =>
      patch('race', { default_mode: i % 2 === 0 ? 'append' : 'replace' }),
    );
    for (const { status } of await Promise.all(all)) expect(status).toBe(200);
  });

  test('a store that begins after the answer goes by it', async () => {
    for (let i = 0; i < 10; i += 1) {
      const mode = i % 2 === 0 ? 'append' : 'replace';
      const busy = statusOf({ namespace: 'order', value: `busy ${i}` });
      await patch('order', { default_mode: mode });
      const status = await statusOf({ namespace: 'order', key: `n${i}`, value: `new ${i}` });
      expect(status).toBe(mode === 'append' ? 'appended' : 'stored');
      await busy;
    }
  });

  test('it outlives the server', async () => {
    if (records === 'ephemeral') return;
    await patch('kept', { default_mode: 'append' });
    await app.close();
    app = await openTestApp(env);
    expect(await read('kept')).toMatchObject({ default_mode: 'append', version: 1 });
  });

  runScenarios(
    () => app,
    [
      { body: { default_mode: 'sometimes' }, code: 'invalid_request' },
      { body: { defaultmode: 'auto' }, code: 'unknown_field' },
      { body: { default_mode: 'auto', if_version: -1 }, code: 'invalid_request' },
    ].map((scenario) => ({
      ...{ name: `${JSON.stringify(scenario.body)} is refused`, method: 'PATCH', status: 400 },
      ...{ path: '/v1/namespaces/any', ...scenario },
    })),
  );
});
