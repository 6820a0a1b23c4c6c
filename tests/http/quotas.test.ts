/** Quotas over HTTP: what counts, what is refused, and that nothing gets through above the plan. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@reverie/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../packages/server/src/backends/sqlite/sqlite-store.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

const plans = {
  hundred: { operations_per_month: 100 },
  ten: { operations_per_month: 10 },
  small: { stored_bytes: 2000 },
  slow: { requests_per_minute: 3 },
  lone: { keys: 2, operations_per_month: 2 },
};
const env = { REVERIE_PLANS: JSON.stringify(plans) };

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp(env);
});
afterEach(() => app.close());

interface Asked {
  readonly headers?: Record<string, string>;
  readonly raw?: string;
}
async function as(key: string, method: string, path: string, body?: unknown, more: Asked = {}) {
  const request = { key, method, path, ...(body ? { body } : {}), ...more };
  const { json, response, text } = await send(app, request);
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { ...(isJson ? json() : { text }), status: response.status, response };
}
const root = (method: string, path: string, body?: unknown) => as(rootKey, method, path, body);

async function makeTenant(plan?: string): Promise<{ id: string; key: string }> {
  const made = await root('POST', '/v1/admin/tenants', { name: 'Acme', ...(plan && { plan }) });
  expect(made.status, JSON.stringify(made)).toBe(200);
  return { id: made.tenant.id, key: made.key };
}

const store = (key: string, value: string, more: object = {}) =>
  as(key, 'POST', '/v1/memory-set', { value, ...more });
const operations = async (key: string) => (await as(key, 'GET', '/v1/usage')).operations;

test('of 200 requests at once at a quota of 100, exactly 100 pass', async () => {
  const { key } = await makeTenant('hundred');
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0
        ? store(key, `Note ${i}.`)
        : as(key, 'POST', '/v1/memory/search', { query: 'note' }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(100);
  expect(statuses.filter((status) => status === 402)).toHaveLength(100);
  expect(await operations(key)).toMatchObject({ used: 100, limit: 100, remaining: 0 });
});

test('each kind is counted, and what is refused or replayed is not', async () => {
  const { key } = await makeTenant();
  const { id } = await store(key, 'Ann lives in Lisbon.', { key: 'city' });
  await as(key, 'PATCH', `/v1/memory/${id}`, { tags: ['home'] });
  await as(key, 'GET', '/v1/memory/search?query=Lisbon');
  await as(key, 'POST', '/v1/memory/context', { query: 'Lisbon' });
  await as(key, 'GET', '/v1/memory?limit=200');
  await as(key, 'GET', `/v1/memory/${id}`);
  await as(key, 'GET', '/v1/namespaces/default/export');
  const items = [{ value: 'one' }, { value: '' }, { value: 'two' }];
  expect(await as(key, 'POST', '/v1/memory/bulk', { items })).toMatchObject({ failed: 1 });
  const lines = `${JSON.stringify({ value: 'three' })}\n${JSON.stringify({ value: 'four' })}\n`;
  const importing = { raw: lines, headers: { 'Content-Type': 'application/x-ndjson' } };
  for (let i = 0; i < 2; i++) {
    await as(key, 'POST', '/v1/namespaces/files/import', undefined, importing);
  }
  const named = { headers: { 'Idempotency-Key': 'the-same' } };
  for (let i = 0; i < 3; i++) {
    await as(key, 'POST', '/v1/memory-set', { value: 'five' }, named);
  }
  const bulkNamed = { headers: { 'Idempotency-Key': 'the-same-too' } };
  for (let i = 0; i < 3; i++) await as(key, 'POST', '/v1/memory/bulk', { items }, bulkNamed);
  expect((await store(key, '')).status).toBe(400);
  expect((await as(key, 'GET', `/v1/memory/${id.replace(/.{6}$/, '000000')}`)).status).toBe(404);
  await as(key, 'GET', '/v1/keys');
  await as(key, 'POST', '/v1/keys', { label: 'another' });
  await as(key, 'POST', '/v1/dreams', { strategies: ['validate'], wait_ms: 10_000 });
  await as(key, 'DELETE', `/v1/memory/${id}`);
  const { by_kind } = await operations(key);
  expect(by_kind).toEqual({
    ...{ store: 1 + 2 + 1 + 2, update: 1, search: 1, context: 1, read: 2 },
    ...{ import: 2, export: 1, forget: 1, dream: 1, keys: 1, interrupted: 0 },
  });
});

test('in every other spelling a request counts as what it does, item by item', async () => {
  const { key } = await makeTenant('hundred');
  const post = (route: string, body: object) => as(key, 'POST', `/v1/${route}`, body);
  const entries = [{ key: 'a', value: 'one' }, { key: 'b', value: '' }, { value: 'no key' }];
  expect((await post('memory-bulk-set', { entries })).data).toMatchObject({ failed: 2 });
  const data = { a: 'left alone', c: 'three', d: 'four' };
  const imported = await post('memory-import', { data, overwrite: false });
  expect(imported.data).toMatchObject({ imported: 2, skipped: 1 });
  await post('memory-bulk-get', { keys: ['a', 'c', 'c', 'not there'] });
  await post('remember', { content: 'five' });
  await post('memory-copy', { key: 'a', dest_key: 'e' });
  await post('recall', { query: 'one' });
  await post('memory-search', { query: 'one' });
  await post('memory-vector-search', { query: 'one' });
  await post('memory-export', {});
  expect((await operations(key)).by_kind).toMatchObject({
    ...{ store: 1 + 1 + 1, import: 2, read: 2, search: 3, export: 1, update: 0 },
  });
  const many = Array.from({ length: 100 }, (_, i) => [`k${i}`, `value ${i}`] as const);
  const refused = [
    await post('memory-bulk-set', { entries: many.map(([name, value]) => ({ key: name, value })) }),
    await post('memory-import', { data: Object.fromEntries(many) }),
    await post('memory-bulk-get', { keys: many.map(([name]) => name) }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([402, 402, 402]);
  expect(await operations(key)).toMatchObject({ used: 11 });
});

test('above the quota nothing is stored or read, and one may still export and forget', async () => {
  const { key, id: tenant } = await makeTenant('ten');
  const { id } = await store(key, 'The first note.');
  const tooMany = Array.from({ length: 10 }, (_, i) => ({ value: `Item ${i}.` }));
  const refused = await as(key, 'POST', '/v1/memory/bulk', { items: tooMany });
  expect(refused.status).toBe(402);
  expect(refused.error).toMatchObject({
    code: 'quota_exceeded',
    details: { quota: 'operations', plan: 'ten', limit: 10, used: 1, needed: 10 },
  });
  expect(refused.error.details.resets_at).toMatch(/^\d{4}-\d\d-01T00:00:00\.000Z$/);
  expect((await as(key, 'GET', '/v1/memory')).count).toBe(1);
  const fits = await as(key, 'POST', '/v1/memory/bulk', { items: tooMany.slice(0, 8) });
  expect(fits.stored).toBe(8);
  expect((await store(key, 'One too many.')).status).toBe(402);
  expect((await as(key, 'POST', '/v1/memory/search', { query: 'note' })).status).toBe(402);
  expect((await as(key, 'GET', '/v1/keys/self')).status).toBe(200);
  const exported = await as(key, 'GET', '/v1/namespaces/default/export');
  expect(exported.status).toBe(200);
  expect(exported.text.trim().split('\n')).toHaveLength(1 + 9 + 1);
  expect((await as(key, 'DELETE', `/v1/memory/${id}`)).forgotten).toBe(1);
  expect(await operations(key)).toMatchObject({ used: 12, limit: 10, remaining: 0 });
  const changed = await root('PATCH', `/v1/admin/tenants/${tenant}`, { plan: 'hundred' });
  expect(changed.tenant.plan).toBe('hundred');
  expect((await store(key, 'There is room again.')).status).toBe(200);
});

test('a replay of what was done is answered above the quota too', async () => {
  const { key } = await makeTenant('ten');
  const named = { headers: { 'Idempotency-Key': 'tenth' } };
  const items = Array.from({ length: 10 }, (_, i) => ({ value: `Item ${i}.` }));
  const first = await as(key, 'POST', '/v1/memory/bulk', { items }, named);
  const again = await as(key, 'POST', '/v1/memory/bulk', { items }, named);
  expect(again.status).toBe(200);
  expect(again.results.map(({ id }: { id: string }) => id)).toEqual(
    first.results.map(({ id }: { id: string }) => id),
  );
  expect((await operations(key)).used).toBe(10);
});

test('an import stops before what does not fit, and tells how far it came', async () => {
  const { key } = await makeTenant('hundred');
  const raw = Array.from({ length: 250 }, (_, i) => `${JSON.stringify({ value: `No ${i}.` })}\n`);
  const headers = { 'Content-Type': 'application/x-ndjson' };
  const path = '/v1/namespaces/files/import';
  const refused = await as(key, 'POST', path, undefined, { raw: raw.join(''), headers });
  expect(refused.status).toBe(402);
  expect(refused.error.details).toMatchObject({ imported: 0, needed: 200, limit: 100 });
  const taken = await as(key, 'POST', path, undefined, {
    raw: raw.slice(0, 90).join(''),
    headers,
  });
  expect(taken).toMatchObject({ status: 200, imported: 90 });
  expect((await operations(key)).used).toBe(90);
});

test('stored bytes are bounded: nothing more comes in until something is forgotten', async () => {
  const { key } = await makeTenant('small');
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      store(key, `${i} ${'x'.repeat(600)}`, { namespace: `${i}` }),
    ),
  );
  const stored = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 402);
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.length + refused.length).toBe(10);
  expect(refused[0]?.error.details).toMatchObject({
    ...{ quota: 'stored_bytes', plan: 'small', limit: 2000, resets_at: null },
  });
  const { stored_bytes } = await as(key, 'GET', '/v1/usage');
  expect(stored_bytes.limit).toBe(2000);
  expect(stored_bytes.used).toBeGreaterThan(600 * stored.length);
  expect(stored_bytes.used).toBeLessThanOrEqual(2000);
  const items = [{ value: 'y'.repeat(1900) }, { value: 'small enough?' }];
  const bulk = await as(key, 'POST', '/v1/memory/bulk', { items });
  expect(bulk.results[0].error.code).toBe('quota_exceeded');
  expect((await as(key, 'DELETE', `/v1/memory/${stored[0]?.id}`)).forgotten).toBe(1);
  expect((await store(key, 'z'.repeat(600))).status).toBe(200);
});

test('every answer tells the rate, and one over it how long to wait', async () => {
  const { key } = await makeTenant('slow');
  const first = await as(key, 'GET', '/v1/keys/self');
  expect(first.response.headers.get('X-RateLimit-Limit')).toBe('3');
  expect(first.response.headers.get('X-RateLimit-Remaining')).toBe('2');
  const reset = Number(first.response.headers.get('X-RateLimit-Reset'));
  expect(Math.abs(reset - Date.now() / 1000 - 20)).toBeLessThan(5);
  expect((await as(key, 'GET', '/v1/nothing')).status).toBe(404);
  const exported = await as(key, 'GET', '/v1/namespaces/none/export');
  expect(exported.response.headers.get('X-RateLimit-Remaining')).toBe('0');
  const refused = await as(key, 'GET', '/v1/keys/self');
  expect(refused.status).toBe(429);
  expect(refused.error).toMatchObject({ code: 'rate_limited', details: { limit: 3 } });
  const wait = Number(refused.response.headers.get('Retry-After'));
  expect(wait).toBe(refused.error.details.retry_after);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(20);
  const other = await as(key, 'POST', '/v1/keys', { label: 'another key of the tenant' });
  expect(other.status).toBe(429);
  expect((await root('GET', '/v1/keys/self')).response.headers.get('X-RateLimit-Limit')).toBe(
    '600000',
  );
});

test('keys are bounded, and can be rotated and revoked when nothing else is left', async () => {
  const { key } = await makeTenant('lone');
  const { api_key } = await as(key, 'POST', '/v1/keys', { label: 'second' });
  const third = await as(key, 'POST', '/v1/keys', { label: 'third' });
  expect(third.error).toMatchObject({ code: 'too_many_keys', details: { limit: 2 } });
  await store(key, 'The last operation.');
  expect((await as(key, 'POST', '/v1/keys', { label: 'third' })).status).toBe(402);
  expect((await as(key, 'POST', `/v1/keys/${api_key.id}/rotate`)).status).toBe(200);
  expect((await as(key, 'DELETE', `/v1/keys/${api_key.id}`)).status).toBe(200);
});

test('plans are named rightly, and an operator sees what each tenant has used', async () => {
  const wrong = await root('POST', '/v1/admin/tenants', { name: 'x', plan: 'gold' });
  expect(wrong.error).toMatchObject({ code: 'invalid_request', details: { field: 'plan' } });
  const { key, id } = await makeTenant('ten');
  expect((await root('PATCH', `/v1/admin/tenants/${id}`, {})).status).toBe(400);
  expect((await root('PATCH', `/v1/admin/tenants/${id}`, { plan: 'gold' })).status).toBe(400);
  expect((await as(key, 'GET', '/v1/admin/usage')).status).toBe(403);
  await store(key, 'A note.');
  const { results, next_cursor } = await root('GET', '/v1/admin/usage?limit=1');
  expect(results.map(({ tenant }: { tenant: string }) => tenant)).toEqual(['root']);
  const next = await root('GET', `/v1/admin/usage?cursor=${next_cursor}`);
  expect(next.results).toMatchObject([{ tenant: id, plan: 'ten', operations: { used: 1 } }]);
  expect(next.next_cursor).toBeNull();
  expect((await root('GET', `/v1/admin/usage?tenant=${id}`)).results[0].operations.used).toBe(1);
  expect((await root('GET', '/v1/admin/usage?tenant=tnt_nobody')).status).toBe(404);
});

test('usage outlives a stop, and a plan that is missing stops the start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-quotas-'));
  const onDisk = { ...env, REVERIE_DATA_DIR: folder };
  await app.close();
  app = await openTestApp(onDisk);
  const { key } = await makeTenant('ten');
  for (let i = 0; i < 7; i++) await store(key, `Note ${i}.`);
  await app.close();
  app = await openTestApp(onDisk);
  expect(await operations(key)).toMatchObject({ used: 7, by_kind: { store: 7, interrupted: 0 } });
  await app.close();
  await expect(openTestApp({ REVERIE_DATA_DIR: folder })).rejects.toThrow('"ten" of tenant');
  app = await openTestApp(onDisk);
  rmSync(folder, { recursive: true, force: true });
});

test('months that are over are told by the API and the SDK', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-quotas-'));
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2)).toISOString();
  const name = month.slice(0, 7);
  const before = await openSqliteStore({ folder, clock: systemClock });
  const value = JSON.stringify({ leased: 5, counts: { search: 3, store: 2 } });
  await before.control.putIfVersion(`usage/root/${name}`, value, 0);
  await before.records.close();
  await app.close();
  app = await openTestApp({ REVERIE_DATA_DIR: folder });
  const history = [{ month: name, operations: { used: 5, by_kind: { search: 3, store: 2 } } }];
  expect(await root('GET', '/v1/usage?months=2')).toMatchObject({ status: 200, history });
  expect(await root('GET', '/v1/usage?months=1')).toMatchObject({ history: [] });
  expect(await root('GET', '/v1/usage')).toMatchObject({ history: [] });
  expect((await root('GET', '/v1/usage?months=14')).status).toBe(400);
  const { results } = await root('GET', '/v1/admin/usage?tenant=root&months=13');
  expect(results).toMatchObject([{ history }]);
  const client = createClient({ fetch: (request) => app.fetch(request), apiKey: rootKey });
  const { history: told } = await client.usage({ months: 2 });
  expect(told).toMatchObject([{ month: name, operations: { used: 5, byKind: { search: 3 } } }]);
  rmSync(folder, { recursive: true, force: true });
});
