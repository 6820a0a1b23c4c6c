/** What the application says to its users is neither forgotten nor undone without `system`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

/** Two keys of the namespace: one may do all but `system`, the other that as well. */
async function open(namespace: string) {
  const make = async (permissions: string[]) => {
    const body = { grants: [{ permissions, namespaces: [namespace] }] };
    const made: { key: string } = (
      await send(app, { key: rootKey, path: '/v1/keys', body })
    ).json();
    return made.key;
  };
  const all = ['read', 'write', 'forget'];
  const as = (key: string) => async (method: string, path: string, body?: unknown) => {
    const { json, response } = await send(app, { key, method, path, ...(body ? { body } : {}) });
    return { ...json(), status: response.status };
  };
  const annKey = await make(all);
  const ann = as(annKey);
  const voice = as(await make([...all, 'system']));
  const store = async (value: string, more: object = {}): Promise<string> =>
    (await voice('POST', '/v1/memory-set', { namespace, value, ...more })).id;
  const values = async (): Promise<string[]> => {
    const { results } = await voice('GET', `/v1/memory?namespace=${namespace}&limit=200`);
    return results.map(({ value }: { value: string }) => value).sort();
  };
  return { ann, annKey, voice, store, values };
}

const system = { audience: 'system' };
const denied = { status: 403, error: { details: { permission: 'system' } } };

test('by its id it is refused, as a change of it is', async () => {
  const { ann, voice, store } = await open('by-id');
  const id = await store('Be kind.', system);
  expect(await ann('PATCH', `/v1/memory/${id}`, { value: 'Be rude.' })).toMatchObject(denied);
  expect(await ann('DELETE', `/v1/memory/${id}`)).toMatchObject(denied);
  expect(await ann('POST', '/v1/forget', { memory_id: id })).toMatchObject(denied);
  expect(await ann('POST', '/v1/forget', { memory_id: id, dry_run: true })).toMatchObject(denied);
  expect((await ann('GET', `/v1/memory/${id}`)).memory.version).toBe(1);
  expect(await voice('DELETE', `/v1/memory/${id}`)).toMatchObject({ forgotten: 1 });
  expect((await ann('DELETE', `/v1/memory/${id}`)).status).toBe(404);
});

test('by a filter, by a key and of a source it stays, and the receipt counts it', async () => {
  const namespace = 'by-filter';
  const { ann, annKey, voice, store, values } = await open(namespace);
  const source = await store('Ann likes herons.', { tags: ['t'] });
  await store('Be kind.', { ...system, tags: ['t'] });
  await store('Speak of birds.', { ...system, key: 'tone' });
  const exported = await send(app, { path: `/v1/namespaces/${namespace}/export` });
  const line: object = JSON.parse(exported.text.split('\n')[1] ?? '');
  const id = 'mem_0190aaaa-0000-7000-8000-000000000001';
  const made = { ...line, ...system, id, kind: 'derived', derived_from: [source], tags: [] };
  await send(app, {
    ...{ path: `/v1/namespaces/${namespace}/import`, method: 'POST' },
    raw: `${JSON.stringify({ ...made, value: 'Ann is told of herons.' })}\n`,
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  const by = { namespace, filter: { tags: 't' } };
  const counts = { memories: 1, derived: 0, kept: 2 };
  expect(await ann('POST', '/v1/forget', { ...by, dry_run: true })).toMatchObject({ counts });
  const done = await ann('POST', '/v1/forget', { ...by, expected_count: 1 });
  expect(done).toMatchObject({ forgotten: 1, counts, receipt: { counts } });
  const stay = ['Ann is told of herons.', 'Be kind.', 'Speak of birds.'];
  expect(await values()).toEqual(stay);
  // A repetition of the request is answered alike.
  for (let i = 0; i < 2; i++) {
    const byKey = await send(app, {
      ...{ key: annKey, path: '/v1/forget', body: { namespace, key: 'tone' } },
      headers: { 'Idempotency-Key': 'one' },
    });
    expect(byKey.json()).toMatchObject({ forgotten: 0, counts: { kept: 1 }, receipt: null });
  }
  expect(await values()).toEqual(stay);
  expect(await voice('POST', '/v1/forget', { ...by, confirm: true })).toMatchObject({
    ...{ forgotten: 1, counts: { kept: 0 } },
  });
});

test('of a whole namespace it stays, with the namespace, its snapshots and settings', async () => {
  const { ann, voice, store, values } = await open('whole');
  for (let i = 0; i < 3; i++) await store(`Ann says ${i}.`);
  await store('Be kind.', system);
  const path = '/v1/namespaces/whole';
  await voice('PATCH', path, { default_mode: 'append' });
  await voice('POST', `${path}/snapshots`, { name: 'before' });
  const counts = { memories: 3, kept: 1 };
  expect(await ann('DELETE', `${path}?dry_run=true`)).toMatchObject({ forgotten: 0, counts });
  const done = await ann('DELETE', `${path}?expected_count=3`);
  const receipt = { counts, namespace: 'whole', namespace_gone: false, state: 'hidden' };
  expect(done).toMatchObject({ forgotten: 3, receipt });
  expect(await values()).toEqual(['Be kind.']);
  expect(await voice('GET', path)).toMatchObject({ default_mode: 'append' });
  expect((await voice('GET', `${path}/snapshots`)).results).toHaveLength(1);
  expect(await ann('DELETE', `${path}?confirm=true`)).toMatchObject({
    ...{ forgotten: 0, counts: { memories: 0, kept: 1 }, receipt: null },
  });
  expect(await voice('DELETE', `${path}?confirm=true`)).toMatchObject({
    ...{ forgotten: 1, receipt: { namespace_gone: true } },
  });
});

test('a bulk and an import that would replace it do all the rest', async () => {
  const namespace = 'many';
  const { ann, annKey: key, store, values } = await open(namespace);
  await store('Be kind.', { ...system, key: 'tone' });
  const rude = { key: 'tone', value: 'Be rude.', mode: 'replace' };
  const items = [{ value: 'One.' }, rude, { value: 'Two.' }];
  const bulk = await ann('POST', '/v1/memory/bulk', { namespace, items });
  expect(bulk.results.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, false, true]);
  expect(bulk.results[1].error.code).toBe('permission_denied');
  const lines = [{ value: 'Three.' }, rude, { value: 'Four.' }];
  const imported = await send(app, {
    ...{ key, method: 'POST', path: `/v1/namespaces/${namespace}/import` },
    raw: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  expect(imported.json()).toMatchObject({ imported: 2, failed: 1 });
  expect(await values()).toEqual(['Be kind.', 'Four.', 'One.', 'Three.', 'Two.']);
});

test('a restore that would undo it is refused before it writes anything', async () => {
  const { ann, voice, store, values } = await open('undone');
  const id = await store('Be kind.', system);
  const path = '/v1/namespaces/undone/snapshots';
  const { snapshot } = await voice('POST', path, { name: 'monday' });
  // More than one commit of the restore before it comes to the one that it may not change.
  const items = Array.from({ length: 150 }, (_, i) => ({ value: `Ann says ${i}.` }));
  await ann('POST', '/v1/memory/bulk', { namespace: 'undone', items });
  await voice('PATCH', `/v1/memory/${id}`, { value: 'Be very kind.' });
  const restore = `${path}/${snapshot.id}/restore`;
  const before = await values();
  expect(await ann('POST', restore, { dry_run: true })).toMatchObject(denied);
  expect(await ann('POST', restore, {})).toMatchObject(denied);
  expect(await values()).toEqual(before);
  expect((await voice('GET', path)).results).toHaveLength(1);
  expect(await voice('POST', restore, {})).toMatchObject({ archived: 150, restored: 1 });
  expect(await values()).toEqual(['Be kind.']);
});
