/** Correcting one memory: patches, versions, archive, and reads of the past. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { runScenarios, send } from './scenario.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe.each(['ephemeral', 'sqlite'])('over %s records', (records) => {
  let app: RunningApp;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-update-'));
    folders.push(folder);
    app = await openTestApp(records === 'sqlite' ? { REVERIE_DATA_DIR: folder } : {});
  });
  afterAll(() => app.close());

  const call = async (method: string, path: string, body?: object, headers = {}) =>
    send(app, { method, path, ...(body && { body }), headers });
  const ok = async (method: string, path: string, body?: object, headers = {}) => {
    const { response, text, json } = await call(method, path, body, headers);
    expect(response.status, text).toBe(200);
    return json();
  };
  const code = async (method: string, path: string, body?: object, headers = {}) => {
    const { response, json } = await call(method, path, body, headers);
    return [response.status, json().error.code];
  };
  const set = (body: object) => ok('POST', '/v1/memory-set', body);
  const found = async (namespace: string, query: string, more = {}) => {
    const answer = await ok('POST', '/v1/memory/search', { namespace, query, ...more });
    return answer.results.map(({ value }: { value: unknown }) => value);
  };
  const pathOf = (id: string) => `/v1/memory/${id}`;

  test('a patch changes what it names, and nothing else', async () => {
    const namespace = 'patch';
    const { id, memory } = await set({
      namespace,
      value: 'Ann lives in Porto.',
      tags: ['home'],
      type: 'note',
      metadata: { plan: 'pro', address: { city: 'Porto', zip: '4000' } },
      expires_at: '2099-01-01',
    });
    const patch = {
      value: 'Ann lives in Braga.',
      metadata: { address: { city: 'Braga' }, seen: true },
      expires_at: null,
      pinned: true,
    };
    const answer = await ok('PATCH', pathOf(id), patch);
    expect(answer).toMatchObject({ status: 'updated', id, version: 2 });
    const { updated_at: _, ...before } = memory;
    expect(answer.memory).toMatchObject({
      ...before,
      ...{ value: 'Ann lives in Braga.', content: 'Ann lives in Braga.', version: 2 },
      ...{ pinned: true, expires_at: null },
      metadata: { plan: 'pro', address: { city: 'Braga', zip: '4000' }, seen: true },
    });
    expect(await found(namespace, 'Braga')).toEqual(['Ann lives in Braga.']);
    const signals = { vector: false, thread: false };
    expect(await found(namespace, 'Porto', { signals })).toEqual([]);
    expect((await ok('GET', pathOf(id))).memory).toEqual(answer.memory);
    const removed = await ok('PATCH', pathOf(id), { type: null, metadata: { plan: null } });
    expect(removed.memory).toMatchObject({
      type: null,
      tags: ['home'],
      metadata: { address: { city: 'Braga', zip: '4000' }, seen: true },
    });
  });

  test('a patch that says nothing new makes no version', async () => {
    const { id } = await set({ namespace: 'same', value: 'Tea.', tags: ['a'] });
    for (const patch of [{}, { value: 'Tea.', tags: ['a'] }, { metadata: { gone: null } }]) {
      expect(await ok('PATCH', pathOf(id), patch)).toMatchObject({
        status: 'unchanged',
        version: 1,
      });
    }
    expect((await ok('GET', `${pathOf(id)}/history`)).versions).toHaveLength(1);
  });

  test('of writers who race none is lost; who names a version learns that it is gone', async () => {
    const { id } = await set({ namespace: 'race', value: 'Shared.' });
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => ok('PATCH', pathOf(id), { metadata: { [name]: true } })));
    const { memory } = await ok('GET', pathOf(id));
    expect(Object.keys(memory.metadata).sort()).toEqual([...names].sort());
    expect(memory.version).toBe(21);
    const stale = { pinned: true, if_version: 20 };
    expect(await code('PATCH', pathOf(id), stale)).toEqual([409, 'version_conflict']);
    const header = { 'if-match': '"20"' };
    expect(await code('PATCH', pathOf(id), { pinned: true }, header)).toEqual([
      409,
      'version_conflict',
    ]);
    await ok('PATCH', pathOf(id), { pinned: true }, { 'if-match': '"21"' });
  });

  test('every version is kept, and the past is read in its own words', async () => {
    const namespace = 'past';
    const { id, created_at: first } = await set({ namespace, value: 'One.', tags: ['x'] });
    await new Promise((done) => setTimeout(done, 5));
    await ok('PATCH', pathOf(id), { value: 'Two.', tags: [] });
    const { versions, chain, complete } = await ok('GET', `${pathOf(id)}/history`);
    expect(versions.map(({ value, version }: never) => [value, version])).toEqual([
      ['Two.', 2],
      ['One.', 1],
    ]);
    expect([chain, complete]).toEqual([{ before: [], after: [] }, true]);
    const then = await ok('GET', `${pathOf(id)}?as_of=${first}`);
    expect(then.memory).toMatchObject({ value: 'One.', tags: ['x'], version: 1 });
    expect(await code('GET', `${pathOf(id)}?as_of=2020-01-01`)).toEqual([404, 'memory_not_found']);
    const cut = await ok('GET', `${pathOf(id)}/history?limit=1`);
    expect([cut.versions.length, cut.complete]).toEqual([1, false]);
  });

  /** Every page, and what is on them together. */
  const walk = async (id: string, limit: number) => {
    const pages = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await ok('GET', `${pathOf(id)}/history?limit=${limit}${more}`);
      expect(page.complete).toBe(page.next_cursor === null);
      pages.push(page);
      cursor = page.next_cursor;
    }
    const { versions, before, after } = {
      versions: pages.flatMap((page) => page.versions),
      before: pages.flatMap((page) => page.chain.before),
      after: pages.flatMap((page) => page.chain.after),
    };
    return { pages: pages.length, versions, before, after };
  };

  test('a history comes page by page, each version with what made it', async () => {
    const namespace = 'pages';
    const { id } = await set({ namespace, key: 'pages', value: 'One.' });
    for (let i = 0; i < 5; i += 1) await ok('PATCH', pathOf(id), { metadata: { i } });
    await ok('POST', `${pathOf(id)}/archive`);
    await ok('POST', `${pathOf(id)}/restore`);
    await set({ namespace, key: 'pages', value: 'Two.' });
    const patched = Array(5).fill('patched');
    const ops = ['replaced', 'restored', 'archived', ...patched, 'created'];
    for (const limit of [1, 2, 3, 8, 9, 100]) {
      const { pages, versions, after } = await walk(id, limit);
      expect(versions.map(({ op }: { op: string }) => op)).toEqual(ops);
      expect(versions.map(({ version }: { version: number }) => version)).toEqual([
        9, 8, 7, 6, 5, 4, 3, 2, 1,
      ]);
      expect(versions.map(({ metadata }: { metadata: { i?: number } }) => metadata.i)).toEqual([
        ...[4, 4, 4, 4, 3, 2, 1, 0, undefined],
      ]);
      expect(after).toHaveLength(1);
      expect(pages).toBe(Math.ceil(9 / limit));
    }
    // A version that comes meanwhile shifts nothing.
    const other = await set({ namespace, value: 'Other.' });
    await ok('PATCH', pathOf(other.id), { pinned: true });
    const first = await ok('GET', `${pathOf(other.id)}/history?limit=1`);
    await ok('PATCH', pathOf(other.id), { pinned: false });
    const cursor = first.next_cursor;
    const second = await ok('GET', `${pathOf(other.id)}/history?limit=1&cursor=${cursor}`);
    expect(second.versions.map(({ version }: never) => version)).toEqual([1]);
    const wrong = `${pathOf(id)}/history?cursor=${cursor}`;
    expect(await code('GET', wrong)).toEqual([400, 'invalid_cursor']);
    expect(await code('GET', `${pathOf(id)}/history?cursor=x`)).toEqual([400, 'invalid_cursor']);
  });

  test('a chain of facts is walked in both directions, page by page', async () => {
    const namespace = 'long chain';
    const ids = [];
    for (let i = 0; i < 9; i += 1) {
      ids.push((await set({ namespace, key: 'count', value: `number ${i}` })).id);
    }
    const { versions, before, after } = await walk(ids[5], 2);
    const idsOf = (memories: { id: string }[]) => memories.map((memory) => memory.id);
    expect(versions).toHaveLength(2);
    expect(idsOf(before)).toEqual(ids.slice(0, 5).reverse());
    expect(idsOf(after)).toEqual(ids.slice(6));
  });

  test('the history of a fact goes over the facts that it replaced', async () => {
    const namespace = 'chain';
    const ids = [];
    for (const value of ['blue', 'green', 'red']) {
      ids.push((await set({ namespace, key: 'colour', value })).id);
    }
    const [oldest, middle] = ids;
    const { chain } = await ok('GET', `${pathOf(middle)}/history`);
    expect(chain.before.map(({ value }: never) => value)).toEqual(['blue']);
    expect(chain.after.map(({ value }: never) => value)).toEqual(['red']);
    expect(await code('PATCH', pathOf(oldest), { value: 'pink' })).toEqual([
      409,
      'memory_superseded',
    ]);
    expect(await found(namespace, 'blue', { signals: { vector: false } })).toEqual([]);
  });

  test('an archived memory is nowhere but under its id, until it is restored', async () => {
    const namespace = 'aside';
    const { id } = await set({ namespace, value: 'The old boat.', key: 'boat' });
    await set({ namespace, value: 'The new boat.' });
    const archived = await ok('POST', `${pathOf(id)}/archive`);
    expect(archived.memory).toMatchObject({ archived: true, version: 2 });
    expect(await ok('POST', `${pathOf(id)}/archive`)).toMatchObject({ status: 'unchanged' });
    expect(await found(namespace, 'boat')).toEqual(['The new boat.']);
    expect((await ok('GET', `/v1/memory?namespace=${namespace}`)).count).toBe(1);
    expect((await ok('POST', '/v1/memory-get', { namespace, key: 'boat' })).found).toBe(false);
    expect((await ok('GET', pathOf(id))).memory.archived).toBe(true);
    await ok('POST', `${pathOf(id)}/restore`);
    expect((await found(namespace, 'boat')).sort()).toEqual(['The new boat.', 'The old boat.']);
    expect((await ok('POST', '/v1/memory-get', { namespace, key: 'boat' })).found).toBe(true);
  });

  test('restoring does not bring a replaced fact back, and says so', async () => {
    const namespace = 'replaced';
    const { id } = await set({ namespace, key: 'boat', value: 'The red boat.' });
    const { id: next } = await set({ namespace, key: 'boat', value: 'The blue boat.' });
    for (const step of ['as it is', 'archived']) {
      if (step === 'archived') await ok('POST', `${pathOf(id)}/archive`);
      const { response, json } = await call('POST', `${pathOf(id)}/restore`);
      expect(response.status).toBe(409);
      expect(json().error).toMatchObject({
        code: 'memory_superseded',
        details: { superseded_by: next },
      });
    }
    expect(await found(namespace, 'boat')).toEqual(['The blue boat.']);
  });

  test('a fact does not come back beside another one of its key', async () => {
    const namespace = 'one-fact';
    const { id } = await set({ namespace, key: 'boat', value: 'The red boat.' });
    await ok('POST', `${pathOf(id)}/archive`);
    const { id: next } = await set({ namespace, key: 'boat', value: 'The blue boat.' });
    const { response, json } = await call('POST', `${pathOf(id)}/restore`);
    expect(response.status).toBe(409);
    expect(json().error).toMatchObject({
      code: 'memory_superseded',
      details: { superseded_by: next },
    });
    expect(await found(namespace, 'boat')).toEqual(['The blue boat.']);
    await ok('POST', `${pathOf(next)}/archive`);
    const both = [id, next].map((one) => call('POST', `${pathOf(one)}/restore`));
    const statuses = (await Promise.all(both)).map((one) => one.response.status);
    expect(statuses.sort()).toEqual([200, 409]);
    expect(await found(namespace, 'boat')).toHaveLength(1);
  });

  test('storing the same text again keeps the bounds of a memory', async () => {
    const fact = { namespace: 'bounds', key: 'tea', value: 'Tea is grown in Assam.' };
    const tags = (letter: string) => Array.from({ length: 64 }, (_, i) => `${letter}${i}`);
    const { id } = await set({ ...fact, tags: tags('a'), metadata: { a: 'x'.repeat(9_000) } });
    await ok('PATCH', pathOf(id), { valid_from: '2026-01-01' });
    const refused = [
      [{ tags: ['one more'] }, 400, 'invalid_request'],
      [{ metadata: { b: 'x'.repeat(9_000) } }, 413, 'value_too_large'],
      [{ valid_to: '2025-01-01' }, 400, 'invalid_request'],
    ] as const;
    for (const [more, status, name] of refused) {
      expect(await code('POST', '/v1/memory-set', { ...fact, ...more })).toEqual([status, name]);
    }
    const items = [...refused.map(([more]) => ({ ...fact, ...more })), { ...fact, pinned: true }];
    const { results } = await ok('POST', '/v1/memory/bulk', { items });
    expect(results.map((one: { ok: boolean }) => one.ok)).toEqual([false, false, false, true]);
    await ok('PATCH', pathOf(id), { importance: 1 });
  });

  test('a name like __proto__ in metadata stays data', async () => {
    const { id } = await set({ namespace: 'proto', value: 'Tea.', metadata: { a: 1 } });
    const body = JSON.parse('{"metadata":{"__proto__":{"polluted":true}}}');
    const { text } = await call('PATCH', pathOf(id), body);
    expect(text).toContain('"__proto__":{"polluted":true}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((await call('GET', pathOf(id))).text).toContain('"__proto__":{"polluted":true}');
  });

  test('nothing of another namespace can be changed or read', async () => {
    const { id } = await set({ namespace: 'mine', value: 'Mine.' });
    const missing = pathOf('mem_01980000-0000-7000-8000-000000000000');
    const notFound = [404, 'memory_not_found'];
    for (const path of [`${pathOf(id)}`, missing]) {
      expect(await code('PATCH', path, { pinned: true, namespace: 'yours' })).toEqual(notFound);
      expect(await code('GET', `${path}/history?namespace=yours`)).toEqual(notFound);
      expect(await code('POST', `${path}/archive?namespace=yours`)).toEqual(notFound);
    }
    expect((await ok('GET', pathOf(id))).memory.version).toBe(1);
  });

  runScenarios(
    () => app,
    [
      {
        name: 'a key stays',
        method: 'PATCH',
        path: pathOf('mem_01980000-0000-7000-8000-000000000000'),
        body: { key: 'other' },
        status: 400,
        code: 'unknown_field',
      },
      {
        name: 'a version is a number',
        method: 'PATCH',
        path: pathOf('mem_01980000-0000-7000-8000-000000000000'),
        body: { pinned: true },
        headers: { 'if-match': 'W/"x"' },
        status: 400,
        code: 'invalid_request',
        has: ['If-Match'],
      },
      {
        name: 'the checks of a store hold',
        method: 'PATCH',
        path: pathOf('no-id'),
        body: { pinned: true },
        status: 400,
        code: 'invalid_id',
      },
    ],
  );

  test('a condition in a body that is not read is refused, not left out', async () => {
    const { id } = await set({ namespace: 'bodies', value: 'Tea.' });
    const body = { if_version: 7 };
    const headers = { 'content-length': String(JSON.stringify(body).length) };
    for (const [method, path] of [
      ['POST', `${pathOf(id)}/archive`],
      ['POST', `${pathOf(id)}/restore`],
      ['DELETE', pathOf(id)],
    ] as const) {
      expect(await code(method, path, body, headers)).toEqual([400, 'unknown_field']);
    }
    const empty = { 'content-length': '2' };
    expect(await ok('POST', `${pathOf(id)}/archive`, {}, empty)).toMatchObject({ version: 2 });
    expect(await ok('POST', `${pathOf(id)}/restore`)).toMatchObject({ version: 3 });
  });

  test('what cannot be kept as it was sent is refused, with the field', async () => {
    const { id } = await set({ namespace: 'kept', value: { a: 1 }, metadata: { a: 1 } });
    const refusal = async (raw: string, headers = {}) => {
      const { response, json } = await send(app, {
        method: 'PATCH',
        path: pathOf(id),
        raw,
        headers,
      });
      expect(response.status).toBe(400);
      return `${json().error.code}: ${json().error.message}`;
    };
    expect(await refusal('{"value":null}')).toContain('invalid_value: The value is null');
    expect(await refusal('{"value":{"a":[1e999]}}')).toContain('invalid_value: value has a number');
    expect(await refusal('{"metadata":{"a":-1e999}}')).toContain('metadata has a number');
    expect(await refusal('{"tags":null}')).toContain('tags: must be a list of texts');
    expect(await refusal('{"occurred_at":null}')).toContain('occurred_at: must be an ISO 8601');
    expect(await refusal('[]')).toContain('A JSON object is expected');
    const both = await refusal('{"pinned":true,"if_version":1}', { 'if-match': '"2"' });
    expect(both).toContain('if_version and If-Match differ');
    expect((await ok('GET', pathOf(id))).memory).toMatchObject({ value: { a: 1 }, version: 1 });
    expect(await code('POST', '/v1/memory-set', { value: null })).toEqual([400, 'invalid_value']);
  });

  test('the checks of a store hold', async () => {
    const { id } = await set({ namespace: 'checks', value: 'Tea.', valid_from: '2026-01-01' });
    expect(await code('PATCH', pathOf(id), { value: '  ' })).toEqual([400, 'invalid_value']);
    expect(await code('PATCH', pathOf(id), { value: 'x'.repeat(40_000) })).toEqual([
      413,
      'value_too_large',
    ]);
    expect(await code('PATCH', pathOf(id), { valid_to: '2025-01-01' })).toEqual([
      400,
      'invalid_request',
    ]);
  });
});

test('a value that was stored under a larger bound stands in the way of no patch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-update-'));
  folders.push(folder);
  const wide = await openTestApp({ REVERIE_DATA_DIR: folder });
  const body = { value: 'Tea. '.repeat(500) };
  const { id } = (await send(wide, { path: '/v1/memory-set', body })).json();
  await wide.close();
  const narrow = await openTestApp({ REVERIE_DATA_DIR: folder, REVERIE_MAX_VALUE_BYTES: '1024' });
  const patched = async (patch: object) =>
    (await send(narrow, { method: 'PATCH', path: `/v1/memory/${id}`, body: patch })).response
      .status;
  expect(await patched({ pinned: true, tags: ['long'] })).toBe(200);
  expect(await patched({ value: 'Tea! '.repeat(500) })).toBe(413);
  await narrow.close();
});
