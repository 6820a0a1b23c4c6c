/** Typed links: checked when they are made, shown while their target is there, carried along. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';
import { exportOf, importInto, linesOf } from './transfer.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
const nowhere = 'mem_0197a000-0000-7000-8000-000000000001';

describe.each(['ephemeral', 'sqlite'])('over %s records', (records) => {
  let app: RunningApp;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-links-'));
    folders.push(folder);
    app = await openTestApp(records === 'sqlite' ? { REVERIE_DATA_DIR: folder } : {});
  });
  afterAll(() => app.close());

  const call = async (method: string, path: string, body?: object) => {
    const { response, text, json } = await send(app, { method, path, ...(body && { body }) });
    return { status: response.status, text, answer: text === '' ? {} : json() };
  };
  const ok = async (method: string, path: string, body?: object) => {
    const { status, text, answer } = await call(method, path, body);
    expect(status, text).toBe(200);
    return answer;
  };
  const set = (body: object) => ok('POST', '/v1/memory-set', body);
  const linksOf = async (id: string) => (await ok('GET', `/v1/memory/${id}`)).memory.links;

  test('every door shows them, in the order in which they were given', async () => {
    const namespace = 'doors';
    const a = await set({ namespace, value: 'Ann swims on Mondays.' });
    const b = await set({ namespace, value: 'The pool opened in May.' });
    const links = [
      { type: 'supports', id: b.id },
      { type: 'about', id: a.id },
      { type: 'supports', id: b.id },
    ];
    const shown = links.slice(0, 2);
    const c = await set({ namespace, key: 'sport', value: 'Ann likes the pool.', links });
    expect(c.memory.links).toEqual(shown);
    expect(a.memory.links).toEqual([]);
    expect(await linksOf(c.id)).toEqual(shown);
    const byKey = await ok('POST', '/v1/memory-get', { namespace, key: 'sport' });
    expect(byKey.memory.links).toEqual(shown);
    const listed = await ok('GET', `/v1/memory?namespace=${namespace}&key=sport`);
    expect(listed.results[0].links).toEqual(shown);
    for (const query of ['Ann likes the pool', '']) {
      const found = await ok('POST', '/v1/memory/search', { namespace, query });
      const hit = found.results.find(({ id }: { id: string }) => id === c.id);
      expect(hit.links).toEqual(shown);
    }
    const { versions } = await ok('GET', `/v1/memory/${c.id}/history`);
    expect(versions[0].links).toEqual(shown);
  });

  test('a target must be in the namespace, and not be the memory itself', async () => {
    const { id: foreign } = await set({ namespace: 'elsewhere', value: 'Another user.' });
    const namespace = 'targets';
    const expiring = await set({ namespace, value: 'Soon gone.', expires_at: '2001-01-01' });
    const own = await set({ namespace, value: 'Here.' });
    for (const id of [nowhere, foreign, expiring.id]) {
      const links = [
        { type: 'about', id: own.id },
        { type: 'about', id },
      ];
      const refused = await call('POST', '/v1/memory-set', { namespace, value: 'x', links });
      expect([refused.status, refused.answer.error.code]).toEqual([400, 'invalid_link']);
      expect(refused.answer.error.details).toEqual({ field: 'links[1].id', id });
      const patched = await call('PATCH', `/v1/memory/${own.id}`, { links });
      expect(patched.answer.error.code).toBe('invalid_link');
    }
    const self = await call('PATCH', `/v1/memory/${own.id}`, {
      links: [{ type: 'about', id: own.id }],
    });
    expect(self.answer.error).toMatchObject({ code: 'invalid_link' });
    expect(self.text).toContain('itself');
    const bulk = await ok('POST', '/v1/memory/bulk', {
      namespace,
      items: [
        { value: 'first', links: [{ type: 'about', id: own.id }] },
        { value: 'second', links: [{ type: 'about', id: foreign }] },
        { value: 'third', links: [{ type: 'about', id: 'mem_1' }] },
      ],
    });
    const outcomes = bulk.results.map(
      ({ ok, error }: { ok: boolean; error?: { code: string } }) => error?.code ?? ok,
    );
    expect(outcomes).toEqual([true, 'invalid_link', 'invalid_id']);
    expect(await linksOf(bulk.results[0].id)).toEqual([{ type: 'about', id: own.id }]);
  });

  test.each([
    [{ links: [{ type: '', id: nowhere }] }, 'invalid_request'],
    [{ links: [{ type: 'x'.repeat(300), id: nowhere }] }, 'invalid_request'],
    [{ links: [{ type: 'about' }] }, 'invalid_request'],
    [{ links: [{ type: 'about', id: nowhere, weight: 1 }] }, 'unknown_field'],
    [{ links: 'about' }, 'invalid_request'],
    [
      { links: Array.from({ length: 33 }, (_, i) => ({ type: `about ${i}`, id: nowhere })) },
      'invalid_request',
    ],
  ])('%j is refused', async (more, code) => {
    const { answer } = await call('POST', '/v1/memory-set', { value: 'x', ...more });
    expect(answer.error.code).toBe(code);
  });

  test('a patch replaces the list and a store of the same text does too', async () => {
    const namespace = 'patched';
    const [a, b] = [
      await set({ namespace, value: 'One.' }),
      await set({ namespace, value: 'Two.' }),
    ];
    const to = (memory: { id: string }, type: string) => [{ type, id: memory.id }];
    const { id } = await set({ namespace, key: 'k', value: 'Said.', links: to(a, 'about') });
    const path = `/v1/memory/${id}`;
    const patched = await ok('PATCH', path, { links: to(b, 'contradicts') });
    expect(patched).toMatchObject({ status: 'updated', version: 2 });
    expect(patched.memory.links).toEqual(to(b, 'contradicts'));
    expect((await ok('PATCH', path, { links: to(b, 'contradicts') })).status).toBe('unchanged');
    expect((await ok('PATCH', path, { pinned: true })).memory.links).toEqual(to(b, 'contradicts'));
    const again = { namespace, key: 'k', value: 'Said.' };
    expect((await set(again)).status).toBe('unchanged');
    expect((await set({ ...again, links: to(a, 'about') })).status).toBe('merged');
    expect(await linksOf(id)).toEqual(to(a, 'about'));
    expect((await ok('PATCH', path, { links: [] })).memory.links).toEqual([]);
    expect((await set({ ...again, links: [] })).status).toBe('unchanged');
    const { versions } = await ok('GET', `${path}/history`);
    expect(versions.map(({ links }: { links: { type: string }[] }) => links[0]?.type)).toEqual([
      undefined,
      'about',
      'contradicts',
      'contradicts',
      'about',
    ]);
  });

  test('a link to what is forgotten is gone from every answer', async () => {
    const namespace = 'forgotten';
    const [a, b] = [
      await set({ namespace, value: 'One.' }),
      await set({ namespace, value: 'Two.' }),
    ];
    const links = [
      { type: 'about', id: a.id },
      { type: 'supports', id: b.id },
    ];
    const body = { namespace, key: 'k', value: 'The linking one.', links };
    const { id } = await set(body);
    await ok('DELETE', `/v1/memory/${a.id}`);
    const left = links.slice(1);
    expect(await linksOf(id)).toEqual(left);
    const answers = [
      (await call('POST', '/v1/memory/search', { namespace, query: 'linking' })).text,
      (await call('GET', `/v1/memory?namespace=${namespace}`)).text,
      (await call('GET', `/v1/memory/${id}/history`)).text,
      await exportOf(app, namespace, '?history=true'),
      (await call('POST', '/v1/memory-get', { namespace, key: 'k' })).text,
      (await call('PATCH', `/v1/memory/${id}`, { value: 'The same one.' })).text,
    ];
    for (const text of answers) {
      expect(text).toContain(b.id);
      expect(text).not.toContain(a.id);
    }
  });

  test('an import leads to the memories that came with it, later lines too', async () => {
    const namespace = 'exported';
    const first = await set({ namespace, value: 'First.' });
    const second = await set({ namespace, value: 'Second.' });
    await ok('PATCH', `/v1/memory/${first.id}`, { links: [{ type: 'before', id: second.id }] });
    await ok('PATCH', `/v1/memory/${second.id}`, { links: [{ type: 'after', id: first.id }] });
    const text = await exportOf(app, namespace);
    expect(linesOf(text)[1].links).toEqual([{ type: 'before', id: second.id }]);
    const { response } = await importInto(app, 'imported', text);
    expect(response.status).toBe(200);
    const { results } = await ok('GET', '/v1/memory?namespace=imported&order=asc');
    expect(results.map(({ value }: { value: string }) => value)).toEqual(['First.', 'Second.']);
    expect(results[0].links).toEqual([{ type: 'before', id: results[1].id }]);
    expect(results[1].links).toEqual([{ type: 'after', id: results[0].id }]);
    expect(results[0].id).not.toBe(first.id);
    const line = JSON.stringify({ value: 'Mine.', links: [{ type: 'about', id: first.id }] });
    const refused = await importInto(app, 'imported', line);
    expect(refused.text).toContain('invalid_link');
  });
});
