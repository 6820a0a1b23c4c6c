/** Sign-up over HTTP: closed as a matter of course, open by setting, and never for an operator. */
import { afterEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

let app: RunningApp;
afterEach(() => app.close());

const open = { REVERIE_SIGNUP: 'open', REVERIE_SIGNUPS_PER_HOUR: '2' };

/** As the HTTP server hands a request over. */
async function from(address: string, path: string, init: RequestInit = { method: 'POST' }) {
  const request = new Request(`http://reverie.test${path}`, init);
  const response = await app.fetch(request, { incoming: { socket: { remoteAddress: address } } });
  return { response, status: response.status, json: JSON.parse(await response.text()) };
}

test('a closed server asks for a key', async () => {
  app = await openTestApp();
  const { response, json } = await send(app, { key: null, path: '/v1/keys', body: {} });
  expect(response.status).toBe(401);
  expect(json().error.code).toBe('auth_required');
});

test('an open one makes a tenant on the free plan, with a key that is no operator', async () => {
  app = await openTestApp(open);
  const { status, json } = await from('192.0.2.1', '/v1/keys');
  expect(status).toBe(201);
  expect(json).toMatchObject({ ok: true, plan: 'free', balance: 1000 });
  expect(json.key).toMatch(/^sk-rev-/);
  const as = (path: string, body?: object, method?: string) =>
    send(app, { key: json.key, path, ...(body && { body }), ...(method && { method }) });
  expect((await as('/v1/keys/self')).json()).toMatchObject({
    ...{ tenant: json.tenant, admin: true, operator: false },
  });
  expect((await as('/v1/memory-set', { value: 'Mine.' })).response.status).toBe(200);
  const usage = (await as('/v1/usage')).json();
  expect(usage).toMatchObject({
    ...{ plan: 'free', requests_per_minute: 200 },
    operations: { used: 1, limit: 1000, remaining: 999 },
    stored_bytes: { limit: 64 * 1024 * 1024 },
  });
  for (const path of ['/v1/admin/tenants', '/v1/admin/usage', '/v1/admin/embeddings']) {
    expect((await as(path)).response.status).toBe(403);
  }
  expect((await as('/v1/keys', { operator: true })).response.status).toBe(403);
  const upgrade = await as(`/v1/admin/tenants/${json.tenant}`, { plan: 'unlimited' }, 'PATCH');
  expect(upgrade.response.status).toBe(403);
  const tenants = (await send(app, { key: rootKey, path: '/v1/admin/tenants' })).json();
  expect(tenants.results).toMatchObject([{ id: json.tenant, plan: 'free' }]);
  const log = (await as('/v1/audit')).json();
  expect(log.results.map(({ action }: { action: string }) => action)).toContain('tenant.signed_up');
});

test('a sign-up takes a label and asks for nothing more; a wrong key is no sign-up', async () => {
  app = await openTestApp(open);
  const ask = async (body: object, headers: Record<string, string> = {}) =>
    (await from('192.0.2.1', '/v1/keys', { method: 'POST', body: JSON.stringify(body), headers }))
      .status;
  expect(await ask({ operator: true })).toBe(400);
  expect(await ask({ plan: 'unlimited' })).toBe(400);
  expect(await ask({ label: 'x'.repeat(5000) })).toBe(413);
  expect(await ask({}, { Authorization: 'Bearer sk-rev-nobody-has-ever-made-this' })).toBe(401);
  expect(await ask({ label: 'my laptop' })).toBe(201);
});

test('one address signs up so often in an hour; IPv6 neighbours are one address', async () => {
  app = await openTestApp(open);
  const statuses = [];
  for (const last of [1, 2, 3]) {
    statuses.push((await from(`2001:db8::${last}`, '/v1/keys')).status);
  }
  expect(statuses).toEqual([201, 201, 429]);
  const refused = await from('2001:db8::4', '/v1/keys');
  expect(refused.json.error.code).toBe('rate_limited');
  expect(Number(refused.response.headers.get('Retry-After'))).toBeGreaterThan(1000);
  expect((await from('2001:db8:0:1::1', '/v1/keys')).status).toBe(201);
});

test('requests without a key that is known are bounded by address', async () => {
  app = await openTestApp({ REVERIE_RATE_LIMIT_ADDRESS: '3' });
  const guess = (key: string) =>
    from('::ffff:192.0.2.9', '/v1/keys/self', { headers: { Authorization: `Bearer ${key}` } });
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await guess(`sk-rev-guess-${i}-of-a-key`)).status);
  expect(statuses).toEqual([401, 401, 401, 429]);
  const told = await from('192.0.2.9', '/v1/usage', {});
  expect(told.status).toBe(429);
  expect(told.response.headers.get('X-RateLimit-Limit')).toBe('3');
  expect((await guess(rootKey)).status).toBe(200);
  expect((await from('192.0.2.10', '/v1/usage', {})).status).toBe(401);
});
