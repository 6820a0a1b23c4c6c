/** Export over HTTP: whole, provable, as of one change, resumable, never ahead of its reader. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(() => app.close());

const path = '/v1/namespaces/ann/export';

async function store(body: Record<string, unknown>): Promise<string> {
  const { json, response } = await send(app, {
    path: '/v1/memory-set',
    body: { namespace: 'ann', ...body },
  });
  expect(response.status).toBe(200);
  return json().id;
}

async function exported(query = '') {
  const { text, response } = await send(app, { path: path + query });
  expect(response.status, text).toBe(200);
  return text;
}

const parse = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('it is sent in chunks of many lines', async () => {
  const items = Array.from({ length: 400 }, (_, i) => ({ value: `Ann says ${i}.` }));
  await send(app, { path: '/v1/memory/bulk', body: { namespace: 'ann', items } });
  const headers = { Authorization: `Bearer ${rootKey}` };
  const response = await app.fetch(new Request(`http://reverie.test${path}`, { headers }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(parse(bytes.toString())).toHaveLength(402);
  expect(bytes.length).toBeGreaterThan(200_000);
  expect(chunks.length).toBeLessThanOrEqual(Math.ceil(bytes.length / 65_536));
});

test('a header, every memory in the order of storing, and an end with count and hash', async () => {
  const first = await store({ key: 'home', value: 'Lives in Porto.' });
  await store({ key: 'chat', value: 'User: hi\nAssistant: hello', occurred_at: '2020-01-01' });
  const second = await store({ key: 'home', value: 'Lives in Lisbon.' });
  const text = await exported();
  const lines = parse(text);
  expect(lines[0].reverie_export).toMatchObject({ format: 1, namespace: 'ann', count: 3, seq: 4 });
  expect(lines.slice(1, -1).map((line) => line.value)).toEqual([
    'Lives in Porto.',
    'User: hi\nAssistant: hello',
    'Lives in Lisbon.',
  ]);
  expect(lines[1]).toMatchObject({ id: first, superseded_by: second, origin: 'api' });
  expect(lines[1].superseded_at).toMatch(/^\d{4}-/);
  const body = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
  const sha256 = createHash('sha256').update(body).digest('hex');
  expect(lines.at(-1).reverie_export_end).toEqual({ count: 3, left_out: 0, sha256 });
});

test('history is told where it is asked for', async () => {
  await store({ key: 'home', value: 'Porto', tags: ['a'] });
  await store({ key: 'home', value: 'Porto', tags: ['b'] });
  expect(parse(await exported())[1].history).toBeUndefined();
  const [, line] = parse(await exported('?history=true'));
  expect(line.tags).toEqual(['a', 'b']);
  expect(line.history).toMatchObject([{ version: 1, tags: ['a'] }]);
});

test('a cut export goes on where it was cut, and comes out byte by byte the same', async () => {
  for (let i = 0; i < 150; i++) await store({ value: `memory ${i}` });
  const whole = await exported();
  const lines = whole.trimEnd().split('\n');
  // What came in later, and what changed later, is not in it.
  await store({ value: 'too late' });
  await store({ key: 'k', value: 'late' });
  for (const kept of [2, 70, lines.length - 1]) {
    const head = lines.slice(0, kept);
    const cursor = JSON.parse(head.at(-1) ?? '').cursor;
    const rest = await exported(`?after=${cursor}`);
    expect(`${head.join('\n')}\n${rest}`).toBe(whole);
  }
});

test('an export that was cut before something was erased cannot go on', async () => {
  const id = await store({ value: 'secret' });
  await store({ value: 'other' });
  const [, line] = parse(await exported());
  await send(app, { method: 'DELETE', path: `/v1/memory/${id}` });
  const { response, json } = await send(app, { path: `${path}?after=${line.cursor}` });
  expect(response.status).toBe(400);
  expect(json().error.code).toBe('invalid_cursor');
});

test('an export does not go on as that of another namespace, nor at another time', async () => {
  await store({ value: 'of ann' });
  await store({ value: 'of bob', namespace: 'bob' });
  const { cursor } = parse(await exported())[1];
  const { response, json } = await send(app, { path: `/v1/namespaces/bob/export?after=${cursor}` });
  expect([response.status, json().error.code]).toEqual([400, 'invalid_cursor']);
  // With a time before its expiry a memory that has expired would be shown.
  const plain = Buffer.from(cursor, 'base64url').toString('latin1');
  const earlier = Buffer.from(plain.replace(/\.1\d{12}\./, '.1.')).toString('base64url');
  expect(earlier).not.toBe(cursor);
  expect((await send(app, { path: `${path}?after=${earlier}` })).response.status).toBe(400);
});

test('a memory that changes while the export runs is told as it was', async () => {
  for (let i = 0; i < 100; i++) await store({ key: `k${i}`, value: `before ${i}` });
  const response = await app.fetch(
    new Request(`http://reverie.test${path}`, { headers: { Authorization: `Bearer ${rootKey}` } }),
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? '';
  await store({ key: 'k99', value: 'after' });
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) break;
    text += part.value;
  }
  const lines = parse(text);
  expect(lines).toHaveLength(102);
  expect(lines[100]).toMatchObject({ value: 'before 99', superseded_by: null, version: 1 });
});

test('expired memories are left out and counted', async () => {
  await store({ value: 'gone', expires_at: '2020-01-01' });
  await store({ value: 'stays' });
  const lines = parse(await exported());
  expect(lines.map((line) => line.value).filter(Boolean)).toEqual(['stays']);
  expect(lines.at(-1).reverie_export_end).toMatchObject({ count: 1, left_out: 1 });
});

test.each([
  ['/v1/namespaces/nobody/export', 404, 'namespace_not_found'],
  [`${path}?after=x`, 400, 'invalid_cursor'],
  [`${path}?format=csv`, 400, 'invalid_request'],
  [`${path}?order=desc`, 400, 'unknown_field'],
])('%s is refused', async (asked, status, code) => {
  await store({ value: 'x' });
  const { response, json } = await send(app, { path: asked });
  expect([response.status, json().error.code]).toEqual([status, code]);
});

test('a name that needs escaping is found', async () => {
  const namespace = 'team/ann 50% ü';
  await store({ namespace, value: 'x' });
  const { text } = await send(app, {
    path: `/v1/namespaces/${encodeURIComponent(namespace)}/export`,
  });
  expect(parse(text)[0].reverie_export.namespace).toBe(namespace);
});
