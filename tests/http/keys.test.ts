/** Keys and tenants over HTTP: made, used, refused, rotated, revoked, and written down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@reverie/sdk';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AuditLog } from '../../packages/server/src/access/audit-log.ts';
import { rootTenant } from '../../packages/server/src/access/tenants.ts';
import { openSqliteStore } from '../../packages/server/src/backends/sqlite/sqlite-store.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-keys-'));
const env = { REVERIE_DATA_DIR: folder };
let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp(env);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function as(key: string, method: string, path: string, body?: unknown) {
  const { json, response } = await send(app, { key, method, path, ...(body ? { body } : {}) });
  return { ...json(), status: response.status };
}
const root = (method: string, path: string, body?: unknown) => as(rootKey, method, path, body);
const store = (key: string, body: object) => as(key, 'POST', '/v1/memory-set', body);
const works = async (key: string): Promise<number> =>
  (await as(key, 'GET', '/v1/keys/self')).status;

interface Grants {
  readonly permissions: readonly string[];
  readonly namespaces: readonly string[];
}
async function make(grants: readonly Grants[], more: object = {}, by = rootKey): Promise<string> {
  const made = await as(by, 'POST', '/v1/keys', { label: 'of a test', grants, ...more });
  expect(made.status, JSON.stringify(made)).toBe(200);
  return made.key;
}
const all = ['read', 'write', 'forget'];

test('a key does what it was made for, where it was made for', async () => {
  const key = await make([
    { permissions: ['read'], namespaces: ['shared-*'] },
    { permissions: all, namespaces: ['ann'] },
  ]);
  await store(rootKey, { namespace: 'shared-eu', value: 'The office is closed on Monday.' });
  await store(rootKey, { namespace: 'bob', value: 'Bob has a secret.' });
  const { id } = await store(key, { namespace: 'ann', value: 'Ann likes herons.' });
  const search = (namespace: string) =>
    as(key, 'POST', '/v1/memory/search', { namespace, query: 'closed' });
  expect((await search('shared-eu')).count).toBe(1);
  const denied = await search('bob');
  expect(denied.status).toBe(403);
  expect(denied.error).toMatchObject({
    code: 'permission_denied',
    details: { permission: 'read', namespace: 'bob' },
  });
  expect((await search('nowhere')).error.code).toBe('permission_denied');
  expect((await store(key, { namespace: 'shared-eu', value: 'x' })).status).toBe(403);
  const { results } = await as(key, 'GET', '/v1/namespaces');
  expect(results.map(({ name }: { name: string }) => name)).toEqual(['ann', 'shared-eu']);
  expect(await as(key, 'DELETE', `/v1/memory/${id}`)).toMatchObject({ forgotten: 1 });
  const items = [
    { namespace: 'ann', value: 'mine' },
    { namespace: 'bob', value: 'not mine' },
  ];
  const bulk = await as(key, 'POST', '/v1/memory/bulk', { items });
  expect(bulk.results.map((item: { ok: boolean }) => item.ok)).toEqual([true, false]);
  expect(bulk.results[1].error.code).toBe('permission_denied');
});

test('a key of one namespace compares it with a snapshot, and brings it back', async () => {
  const key = await make([grant('marked')]);
  const { id } = await store(key, { namespace: 'marked', key: 'home', value: 'Porto' });
  const path = '/v1/namespaces/marked/snapshots';
  const { snapshot } = await as(key, 'POST', path, { name: 'monday' });
  await as(key, 'PATCH', `/v1/memory/${id}`, { value: 'Lisbon' });
  const compared = await as(key, 'GET', `${path}/${snapshot.id}/compare`);
  expect(compared).toMatchObject({ status: 200, results: [{ id, change: 'changed' }] });
  const restored = await as(key, 'POST', `${path}/${snapshot.id}/restore`, {});
  expect(restored).toMatchObject({ status: 200, restored: 1 });
  expect((await as(key, 'GET', `/v1/memory/${id}`)).memory.value).toBe('Porto');
});

test('no key makes one that may do more than itself', async () => {
  const grants = [{ permissions: all, namespaces: ['team-*'] }];
  const admin = await make(grants, { admin: true });
  const ask = async (body: object) => (await as(admin, 'POST', '/v1/keys', body)).status;
  expect(await ask({ grants: [{ permissions: ['read'], namespaces: ['team-*', 'team-1'] }] })).toBe(
    200,
  );
  expect(await ask({ grants: [{ permissions: ['read'], namespaces: ['*'] }] })).toBe(403);
  expect(await ask({ grants: [{ permissions: ['system'], namespaces: ['team-1'] }] })).toBe(403);
  expect(await ask({ grants, operator: true })).toBe(403);
  // Without grants a key would read everything: the admin cannot give that.
  expect(await ask({})).toBe(403);
  const { results } = await as(admin, 'GET', '/v1/keys');
  for (const { grants: given } of results) expect(JSON.stringify(given)).not.toContain('"*"');
});

test('who may write and not read learns ids and versions, and no content', async () => {
  const namespace = 'letterbox';
  const key = await make([{ permissions: ['write'], namespaces: [namespace] }]);
  const secret = 'The spare key lies under the heron.';
  const said = { namespace, key: 'spare', value: secret, metadata: { by: 'Ann' } };
  const { id } = await store(rootKey, said);
  const path = `/v1/memory/${id}`;
  const answers = [
    await store(key, { namespace, key: 'spare', value: secret, tags: ['guessed'] }),
    await as(key, 'PATCH', path, { tags: ['patched'] }),
    await as(key, 'PATCH', path, { tags: ['patched'] }),
    await as(key, 'POST', `${path}/archive`),
    await as(key, 'POST', `${path}/restore`),
    await store(key, { namespace, value: 'A letter.' }),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, memory: null });
  expect(JSON.stringify(answers)).not.toMatch(/heron|Ann/);
  expect((await as(rootKey, 'GET', path)).memory).toMatchObject({ tags: ['patched'], version: 5 });
});

test('a pattern means the name that it shows, however its letters are composed', async () => {
  const key = await make([{ permissions: all, namespaces: ['cafe\u0301', 'cafe\u0301-*'] }]);
  for (const namespace of ['caf\u00e9', 'cafe\u0301', 'caf\u00e9-1']) {
    expect((await store(key, { namespace, value: 'Um galão.' })).status, namespace).toBe(200);
  }
  expect((await store(key, { namespace: 'cafe', value: 'no' })).status).toBe(403);
  const control = [{ permissions: all, namespaces: ['a\u0000'] }];
  expect((await root('POST', '/v1/keys', { grants: control })).error.code).toBe(
    'invalid_namespace',
  );
});

test('the grants of a key are bounded together: every key is held in memory', async () => {
  const names = (count: number, length: number) =>
    Array.from({ length: count }, (_, i) => `${i}`.padStart(length, 'n'));
  const ask = (grants: unknown) => root('POST', '/v1/keys', { grants });
  const grantsOf = (...namespaces: string[][]) =>
    namespaces.map((some) => ({ permissions: ['read'], namespaces: some }));
  expect((await ask(grantsOf(names(100, 60)))).status).toBe(200);
  for (const grants of [grantsOf(names(60, 4), names(41, 5)), grantsOf(names(50, 200))]) {
    expect(await ask(grants)).toMatchObject({
      status: 400,
      error: { details: { field: 'grants' } },
    });
  }
});

describe('what the application says to its users', () => {
  const namespace = 'voice';
  test('is written and changed only with the permission `system`', async () => {
    const key = await make([{ permissions: all, namespaces: [namespace] }]);
    const voice = await make([{ permissions: [...all, 'system'], namespaces: [namespace] }]);
    const said = { namespace, value: 'Be kind.', audience: 'system', key: 'tone' };
    expect((await store(key, said)).error.details).toEqual({ permission: 'system', namespace });
    const { id } = await store(voice, said);
    // Neither by taking its place, nor by a patch, nor by putting it aside.
    expect((await store(key, { namespace, key: 'tone', value: 'Be rude.' })).status).toBe(403);
    expect((await as(key, 'PATCH', `/v1/memory/${id}`, { value: 'Be rude.' })).status).toBe(403);
    expect((await as(key, 'PATCH', `/v1/memory/${id}`, { audience: 'user' })).status).toBe(403);
    expect((await as(key, 'POST', `/v1/memory/${id}/archive`)).status).toBe(403);
    const { id: own } = await store(key, { namespace, value: 'Ann said something.' });
    expect((await as(key, 'PATCH', `/v1/memory/${own}`, { audience: 'system' })).status).toBe(403);
    const lines = JSON.stringify({ value: 'Imported rules.', audience: 'system' });
    const imported = await send(app, {
      ...{ key, method: 'POST', path: `/v1/namespaces/${namespace}/import`, raw: `${lines}\n` },
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    expect(imported.json()).toMatchObject({ imported: 0, failed: 1 });
    const { memory } = await as(key, 'GET', `/v1/memory/${id}`);
    expect(memory).toMatchObject({ value: 'Be kind.', audience: 'system', version: 1 });
    expect((await as(voice, 'PATCH', `/v1/memory/${id}`, { value: 'Be very kind.' })).status).toBe(
      200,
    );
  });
});

test('a key expires, and a revoked one opens nothing from the next request on', async () => {
  const expires_at = new Date(Date.now() + 400).toISOString();
  const brief = await make([{ permissions: ['read'], namespaces: ['*'] }], { expires_at });
  expect(await works(brief)).toBe(200);
  await sleep(450);
  expect(await works(brief)).toBe(401);
  // Another secret would be as dead as this one.
  const { results } = await root('GET', '/v1/keys?limit=200');
  const { id } = results.find(
    (one: { expires_at: string | null }) => one.expires_at === expires_at,
  );
  const rotated = await root('POST', `/v1/keys/${id}/rotate`);
  expect(rotated).toMatchObject({ status: 409, error: { code: 'key_expired' } });
  const past = await root('POST', '/v1/keys', { expires_at: '2020-01-01' });
  expect(past).toMatchObject({ status: 400, error: { details: { field: 'expires_at' } } });

  const { key, api_key } = await root('POST', '/v1/keys', { label: 'to revoke' });
  expect(await works(key)).toBe(200);
  expect((await root('DELETE', `/v1/keys/${api_key.id}`)).status).toBe(200);
  expect(await works(key)).toBe(401);
  expect((await root('DELETE', `/v1/keys/${api_key.id}`)).error.code).toBe('key_not_found');
  const revived = await root('POST', `/v1/keys/${api_key.id}/rotate`);
  expect(revived).toMatchObject({ status: 404, error: { code: 'key_not_found' } });
});

test('an import and an export of a key that is revoked stop with the next batch', async () => {
  const { key, api_key } = await root('POST', '/v1/keys', { label: 'cut off' });
  const revoke = () => root('DELETE', `/v1/keys/${api_key.id}`);
  const exported = { namespace: 'cut', key };
  const answer = await importInTwo(key, exported.namespace, revoke);
  expect(answer.error).toMatchObject({ code: 'invalid_api_key', details: { imported: 200 } });
  expect((await root('GET', '/v1/namespaces/cut')).memories).toBe(200);

  const other = await root('POST', '/v1/keys', { label: 'cut off too' });
  const response = await app.fetch(
    new Request('http://reverie.test/v1/namespaces/cut/export', {
      headers: { Authorization: `Bearer ${other.key}` },
    }),
  );
  await root('DELETE', `/v1/keys/${other.api_key.id}`);
  const lines = (await response.text()).trim().split('\n');
  expect(lines.length).toBeLessThan(200);
  expect(JSON.parse(lines.at(-1) ?? '').error.code).toBe('invalid_api_key');
});

/** Two batches of 200 lines; `between` runs when the first is stored. */
async function importInTwo(key: string, namespace: string, between: () => Promise<unknown>) {
  const batch = (name: string) =>
    Buffer.from(
      Array.from({ length: 200 }, (_, i) => `${JSON.stringify({ value: `${name} ${i}` })}\n`).join(
        '',
      ),
    );
  async function* body() {
    yield batch('early');
    // The batch is stored before the stream is asked for more.
    yield Buffer.from('\n');
    await between();
    yield batch('late');
  }
  const response = await app.fetch(
    new Request(`http://reverie.test/v1/namespaces/${namespace}/import`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/x-ndjson' },
      body: ReadableStream.from(body()),
      duplex: 'half',
    }),
  );
  return JSON.parse(await response.text());
}

test('a rotated key keeps its memories; the former one stops, at once or later', async () => {
  const first = await root('POST', '/v1/keys', { label: 'rotating' });
  await store(first.key, { namespace: 'rotated', value: 'Still here.' });
  const path = `/v1/keys/${first.api_key.id}/rotate`;
  const second = await root('POST', path);
  expect([await works(first.key), await works(second.key)]).toEqual([401, 200]);
  const third = await root('POST', `${path}?grace_seconds=1`);
  expect([await works(second.key), await works(third.key)]).toEqual([200, 200]);
  await sleep(1050);
  expect([await works(second.key), await works(third.key)]).toEqual([401, 200]);
  expect((await as(third.key, 'GET', '/v1/memory?namespace=rotated')).results).toHaveLength(1);
  expect(third.api_key).toMatchObject({ id: first.api_key.id, label: 'rotating' });
});

test('a name for a request is of the key that sent it', async () => {
  const [one, two] = [await make([grant('once')]), await make([grant('once')])];
  const ask = async (key: string) =>
    (
      await send(app, {
        ...{ key, path: '/v1/memory-set', body: { namespace: 'once', value: 'the same' } },
        headers: { 'Idempotency-Key': 'one' },
      })
    ).json().id;
  const id = await ask(one);
  expect(await ask(one)).toBe(id);
  expect(await ask(two)).not.toBe(id);
});

const grant = (namespace: string) => ({ permissions: all, namespaces: [namespace] });

describe('tenants', () => {
  test('are apart, can be suspended, and go with all they have', async () => {
    const { tenant, key } = await root('POST', '/v1/admin/tenants', { name: 'Acme' });
    await store(key, { namespace: 'ann', value: 'Of Acme.' });
    expect((await as(key, 'GET', '/v1/namespaces')).results).toMatchObject([
      { name: 'ann', memories: 1 },
    ]);
    expect((await as(key, 'GET', '/v1/admin/tenants')).status).toBe(403);
    const path = `/v1/admin/tenants/${tenant.id}`;
    expect((await root('PATCH', path, { suspended: true })).tenant.suspended_at).not.toBeNull();
    expect((await as(key, 'GET', '/v1/keys/self')).error.code).toBe('tenant_suspended');
    await root('PATCH', path, { suspended: false });
    expect(await works(key)).toBe(200);
    expect((await root('DELETE', path)).error.code).toBe('confirmation_required');
    expect(await root('DELETE', `${path}?confirm=true`)).toMatchObject({ forgotten: 1 });
    expect(await works(key)).toBe(401);
    expect((await root('GET', '/v1/admin/tenants')).results).toEqual([]);
    expect((await root('PATCH', path, { suspended: true })).error.code).toBe('tenant_not_found');
  });

  test('leave receipts, which an operator reads, without a name', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { tenant, key } = await root('POST', '/v1/admin/tenants', { name: 'going' });
      const { id } = await store(key, { namespace: 'a name', value: 'One.' });
      await as(key, 'DELETE', `/v1/memory/${id}`);
      await store(key, { namespace: 'a name', value: 'Two.' });
      expect((await as(key, 'GET', '/v1/admin/receipts')).status).toBe(403);
      await root('DELETE', `/v1/admin/tenants/${tenant.id}?confirm=true`);
      ids.push(tenant.id);
    }
    const [one, other] = ids;
    const { results } = await root('GET', `/v1/admin/receipts?tenant=${one}`);
    expect(results).toMatchObject([
      { tenant: one, selector: 'namespace', namespace_gone: true, counts: { memories: 1 } },
      { tenant: one, selector: 'id', counts: { memories: 1 } },
    ]);
    expect(JSON.stringify(results)).not.toMatch(/a name|One|Two|going/);
    const found: { tenant: string; id: string }[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const next = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page = await root('GET', `/v1/admin/receipts?limit=1${next}`);
      found.push(...page.results);
      cursor = page.next_cursor;
    }
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    for (const id of ids) expect(found.filter(({ tenant }) => tenant === id)).toHaveLength(2);
    const none = await root('GET', '/v1/admin/receipts?tenant=tnt_nobody');
    expect(none).toMatchObject({ status: 200, results: [] });
    const client = createClient({ fetch: (request) => app.fetch(request), apiKey: rootKey });
    const told = [];
    for await (const receipt of client.tenantReceipts({ tenant: other })) told.push(receipt);
    expect(told).toMatchObject([{ tenant: other, namespace: null }, { tenant: other }]);
  });

  test('leave nothing behind, also of an import that was under way', async () => {
    const { tenant, key } = await root('POST', '/v1/admin/tenants', { name: 'leaving' });
    const path = `/v1/admin/tenants/${tenant.id}?confirm=true`;
    const answer = await importInTwo(key, 'late', () => root('DELETE', path));
    expect(answer.error).toMatchObject({ code: 'invalid_api_key', details: { imported: 200 } });
    await app.close();
    const store = await openSqliteStore({ folder, clock: systemClock });
    expect(await store.records.open(tenant.id).namespaces({ limit: 10 })).toEqual([]);
    await store.records.close();
    app = await openTestApp(env);
  });

  test('come with a key of another system', async () => {
    const foreign = 'sk-slop-0123456789abcdef01234567';
    const made = await root('POST', '/v1/admin/tenants', { name: 'moved', key: foreign });
    expect(made).toMatchObject({ status: 200, key: null, api_key: { admin: true } });
    expect((await store(foreign, { value: 'Moved here.' })).status).toBe(200);
    const again = await root('POST', '/v1/admin/tenants', { name: 'again', key: foreign });
    expect(again.error).toMatchObject({ code: 'invalid_request', details: { field: 'key' } });
    const short = await root('POST', '/v1/admin/tenants', { name: 'short', key: 'sk-slop-1' });
    expect(short.status).toBe(400);
    const own = await root('POST', '/v1/admin/tenants', { name: 'root', key: rootKey });
    expect(own.error).toEqual(again.error);
  });

  test('never share a key, also when both are made at once', async () => {
    const key = 'sk-slop-of-two-who-come-at-once';
    const before = (await root('GET', '/v1/admin/tenants')).count;
    const both = await Promise.all(
      ['one', 'two'].map((name) => root('POST', '/v1/admin/tenants', { name, key })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await root('GET', '/v1/admin/tenants')).count).toBe(before + 1);
  });
});

test('what was done is in the log, without names and content', async () => {
  const { key, tenant } = await root('POST', '/v1/admin/tenants', { name: 'logged' });
  const made = await as(key, 'POST', '/v1/keys', { label: 'a label' });
  await as(key, 'POST', `/v1/keys/${made.api_key.id}/rotate`);
  await as(key, 'DELETE', `/v1/keys/${made.api_key.id}`);
  await store(key, { namespace: 'a name', value: 'some words' });
  await send(app, { key, path: '/v1/namespaces/a%20name/export' });
  await as(key, 'DELETE', '/v1/namespaces/a%20name?dry_run=true');
  const forget = {
    ...{ key, method: 'DELETE', path: '/v1/namespaces/a%20name?confirm=true' },
    headers: { 'Idempotency-Key': 'once' },
  };
  const { receipt } = (await send(app, forget)).json();
  // What is sent again is done once, and told once.
  expect((await send(app, forget)).json().receipt).toEqual(receipt);
  const log = await as(key, 'GET', '/v1/audit');
  const { id: actor } = await as(key, 'GET', '/v1/keys/self');
  const of = (action: string, target: string | null, by = actor) => ({ action, target, actor: by });
  expect(log.results).toMatchObject([
    of('namespace.forgotten', receipt.id),
    of('namespace.exported', null),
    of('key.revoked', made.api_key.id),
    of('key.rotated', made.api_key.id),
    of('key.created', made.api_key.id),
    of('key.created', actor, 'root'),
    of('tenant.created', tenant.id, 'root'),
  ]);
  expect(JSON.stringify(log)).not.toMatch(/a name|a label|some words|logged/);
  const first = await as(key, 'GET', '/v1/audit?limit=5');
  const rest = await as(key, 'GET', `/v1/audit?limit=5&cursor=${first.next_cursor}`);
  expect([...first.results, ...rest.results]).toEqual(log.results);
  expect(rest.next_cursor).toBeNull();
});

test.each([
  ['1', []],
  ['0', ['key_of_old']],
])('a server that keeps its log for %s days has the events %j', async (days, left) => {
  const own = mkdtempSync(join(tmpdir(), 'reverie-audit-'));
  const clock = { ...systemClock, now: () => Date.now() - 2 * 86_400_000 };
  const old = await openSqliteStore({ folder: own, clock });
  const event = { actor: 'root', action: 'key.created', target: 'key_of_old' } as const;
  await new AuditLog(old.control, clock).add(rootTenant, event);
  await old.records.close();
  const server = await openTestApp({ REVERIE_DATA_DIR: own, REVERIE_AUDIT_DAYS: days });
  onTestFinished(async () => {
    await server.close();
    rmSync(own, { recursive: true, force: true });
  });
  await vi.waitFor(async () => {
    const { json } = await send(server, { path: '/v1/audit' });
    expect(json().results.map(({ target }: { target: string }) => target)).toEqual(left);
  });
});

test('keys and tenants come in pages, which stay right while others come and go', async () => {
  const { key } = await root('POST', '/v1/admin/tenants', { name: 'many' });
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) {
    ids.push((await as(key, 'POST', '/v1/keys', { label: `${i}` })).api_key.id);
    await root('POST', '/v1/admin/tenants', { name: `${i}` });
  }
  const idsOf = (page: { results: { id: string }[] }) => page.results.map(({ id }) => id);
  const first = await as(key, 'GET', '/v1/keys?limit=3');
  expect(first).toMatchObject({ count: 3, next_cursor: ids[1] });
  expect(idsOf(first).slice(1)).toEqual(ids.slice(0, 2));
  await as(key, 'DELETE', `/v1/keys/${ids[1]}`);
  await as(key, 'DELETE', `/v1/keys/${ids[3]}`);
  const rest = await as(key, 'GET', `/v1/keys?limit=3&cursor=${first.next_cursor}`);
  expect(rest).toMatchObject({ status: 200, next_cursor: null });
  expect(idsOf(rest)).toEqual([ids[2], ids[4], ids[5]]);

  const path = '/v1/admin/tenants';
  const all = idsOf(await root('GET', `${path}?limit=200`));
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await root('GET', `${path}?limit=4${cursor && `&cursor=${cursor}`}`);
    expect(page.count).toBeLessThanOrEqual(4);
    found.push(...idsOf(page));
    cursor = page.next_cursor;
  }
  expect(found).toEqual(all);
  expect((await root('GET', '/v1/keys?limit=201')).status).toBe(400);
});

test('keys, tenants and what was revoked outlive a restart', async () => {
  const { key, tenant } = await root('POST', '/v1/admin/tenants', { name: 'lasting' });
  const made = await as(key, 'POST', '/v1/keys', { label: 'gone' });
  await as(key, 'DELETE', `/v1/keys/${made.api_key.id}`);
  const { key: grace, api_key } = await as(key, 'POST', '/v1/keys', { label: 'rotated' });
  const rotated = await as(key, 'POST', `/v1/keys/${api_key.id}/rotate?grace_seconds=600`);
  await app.close();
  app = await openTestApp(env);
  const statuses = await Promise.all([key, made.key, grace, rotated.key].map(works));
  expect(statuses).toEqual([200, 401, 200, 200]);
  expect((await as(key, 'GET', '/v1/keys/self')).tenant).toBe(tenant.id);
});
