/** What the other spellings do at their borders: refusals, repetitions, threads, permissions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { limits } from '../../packages/server/src/domain/limits.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { runScenarios, type Scenario, send } from '../http/scenario.ts';
import { about } from './samples.ts';

let app: RunningApp;
const thread = { key: 'chat', namespace: 'talk' };
beforeAll(async () => {
  app = await openTestApp();
  await post('/v1/memory-set', { key: 'fact', value: 'The ferry leaves at nine.' });
  await post('/v1/memory-set', { ...thread, value: 'User: Hi\nAssistant: Hello' });
  await post('/v1/memory-set', { ...thread, value: 'User: Bye\nAssistant: Goodbye' });
  await post('/v1/remember', { content: 'No key leads here.', namespace: 'talk' });
});
afterAll(() => app.close());

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const { response, json } = await send(app, { path, body, headers });
  return { status: response.status, headers: response.headers, ...json() };
}

const bad = { status: 400, code: 'invalid_request' };
const refusals: readonly Scenario[] = [
  { name: 'remember without content', path: '/v1/remember', body: { tags: ['a'] }, ...bad },
  {
    ...{ name: 'remember with a key', path: '/v1/remember', body: { content: 'a', key: 'b' } },
    ...{ status: 400, code: 'unknown_field' },
  },
  {
    ...{ name: 'remember of more than 32 KB', path: '/v1/remember' },
    ...{ body: { content: 'x'.repeat(32 * 1024 + 1) }, status: 413, code: 'value_too_large' },
  },
  { name: 'recall of 101', path: '/v1/recall', body: { query: '', limit: 101 }, ...bad },
  { name: 'recall above 1', path: '/v1/recall', body: { query: '', threshold: 1.1 }, ...bad },
  {
    ...{ name: 'two names of a limit', path: '/v1/memory/search' },
    ...{ body: { query: 'a', limit: 1, top_k: 2 }, ...bad, has: ['limit or top_k'] },
  },
  {
    ...{ name: 'two lifetimes', path: '/v1/memory-set' },
    ...{ body: { value: 'a', ttl: 1, ttl_seconds: 2 }, ...bad, has: ['ttl_seconds or ttl'] },
  },
  {
    ...{ name: 'an unknown shape', path: '/v1/memory/search?format=xml' },
    ...{ body: { query: 'a' }, ...bad },
  },
  { name: 'no tag', path: '/v1/memory-tag-search', body: { tags: [] }, ...bad },
  {
    ...{ name: 'expiry of nothing', path: '/v1/memory-expire' },
    ...{ body: { key: 'none', ttl_seconds: 1 }, status: 404, code: 'memory_not_found' },
  },
  {
    ...{ name: 'expiry of a thread', path: '/v1/memory-expire' },
    ...{ body: { ...thread, ttl_seconds: 1 }, ...bad, has: ['thread'] },
  },
  {
    ...{ name: 'a copy of a thread', path: '/v1/memory-copy' },
    ...{ body: { key: 'chat', src_namespace: 'talk', dest_key: 'b' }, ...bad, has: ['thread'] },
  },
  {
    ...{ name: 'a copy of nothing', path: '/v1/memory-copy', body: { key: 'none' } },
    ...{ status: 404, code: 'memory_not_found' },
  },
  {
    ...{ name: 'clearing with a wrong word', path: '/v1/memory-namespace-clear' },
    ...{ body: { namespace: 'talk', confirm: 'clear:other' } },
    ...{ status: 400, code: 'confirmation_required' },
  },
  {
    ...{ name: 'too many entries', path: '/v1/memory-bulk-set' },
    ...{ body: { entries: Array.from({ length: limits.bulkItemsMax + 1 }, () => 1) } },
    ...{ status: 413, code: 'too_many_items' },
  },
  {
    ...{ name: 'a format of a snapshot', path: '/v1/memory/snapshot', body: { format: 'csv' } },
    ...{ status: 400, code: 'unknown_field' },
  },
  {
    ...{ name: 'a foreign snapshot', path: '/v1/memory/snapshot/snap_x' },
    ...{ status: 404, code: 'snapshot_not_found' },
  },
];
describe('a refusal', () => runScenarios(() => app, refusals));

describe('an Idempotency-Key', () => {
  const data = { a: 'one', b: 'two' };
  test.each<[string, object]>([
    ['/v1/remember', { content: 'Said once.', namespace: 'once' }],
    ['/v1/memory-bulk-set', { namespace: 'once', entries: [{ key: 'c', value: 'three' }] }],
    ['/v1/memory-import', { namespace: 'once', data, overwrite: false }],
    ['/v1/memory-copy', { key: 'a', src_namespace: 'once', dest_namespace: 'twice' }],
    ['/v1/memory-expire', { namespace: 'once', key: 'a', ttl_seconds: 600 }],
    ['/v1/memory-delete', { namespace: 'once', key: 'b' }],
    ['/v1/memory-namespace-clear', { namespace: 'twice', confirm: 'clear:twice' }],
  ])('of %s answers a repetition alike', async (path, body) => {
    const headers = { 'Idempotency-Key': `once ${path}`.replace(' ', '-') };
    const first = await post(path, body, headers);
    const second = await post(path, body, headers);
    expect(second.headers.get('Idempotency-Replayed')).toBe('true');
    const withoutSeconds = ({ headers: _, ...answer }: { headers: Headers }) =>
      JSON.stringify(answer).replace(/"ttl_seconds":\d+/, '');
    expect(withoutSeconds(second)).toBe(withoutSeconds(first));
  });

  test('did each of them once', async () => {
    const { results } = (await send(app, { path: '/v1/memory?namespace=once' })).json();
    expect(results.map(({ value }: { value: string }) => value).sort()).toEqual([
      ...['Said once.', 'one', 'three'],
    ]);
  });
});

describe('keys and threads', () => {
  test('a thread is one entry with its last turn, and what has no key is counted', async () => {
    const last = 'User: Bye\nAssistant: Goodbye';
    const { data } = await post('/v1/memory-export', { namespace: 'talk' });
    expect(data).toEqual({ data: { chat: last }, count: 1, unkeyed: 1 });
    const listed = await post('/v1/memory-list', { namespace: 'talk' });
    expect(listed.data).toMatchObject({ keys: ['chat'], total: 1, unkeyed: 1 });
    const { data: history } = await post('/v1/memory-history', thread);
    expect(history.versions.map(({ value }: { value: string }) => value)).toEqual([
      last,
      'User: Hi\nAssistant: Hello',
    ]);
  });

  test('a fact comes before the turns of its key', async () => {
    const namespace = 'both';
    await post('/v1/memory-set', { namespace, key: 'k', value: 'It is a fact.' });
    await post('/v1/memory-set', { namespace, key: 'k', value: 'A later turn.', mode: 'append' });
    const { data } = await post('/v1/memory-export', { namespace });
    expect(data.data).toEqual({ k: 'It is a fact.' });
  });

  test('keys come page by page, the newest first', async () => {
    const namespace = 'pages';
    for (const key of ['a', 'b', 'c', '__proto__']) {
      await post('/v1/memory-set', { namespace, key, value: `It is ${key}.` });
    }
    const first = await post('/v1/memory-list', { namespace, limit: 3 });
    expect(first.data).toMatchObject({ keys: ['__proto__', 'c', 'b'], has_more: true, total: 4 });
    const second = await post('/v1/memory-list', { namespace, limit: 3, offset: 3 });
    expect(second.data).toMatchObject({ keys: ['a'], has_more: false, count: 1 });
    const got = await post('/v1/memory-bulk-get', { namespace, keys: ['__proto__'] });
    expect(JSON.stringify(got.data.results)).toContain('It is __proto__.');
  });

  test('what was replaced is in the history, by its versions and its facts', async () => {
    const key = 'tea';
    for (const value of ['Green tea.', 'Black tea.']) await post('/v1/memory-set', { key, value });
    await post('/v1/memory-set', { key, value: 'Black tea.', tags: ['drink'] });
    const { data } = await post('/v1/memory-history', { key });
    expect(
      data.versions.map(({ value, tags }: { value: string; tags: string[] }) => [value, tags]),
    ).toEqual([
      ['Black tea.', ['drink']],
      ['Black tea.', []],
      ['Green tea.', []],
    ]);
  });

  test('tags are searched without hiding what says the same', async () => {
    const content = 'Grandfather repaired clocks for a living in Zurich.';
    for (let i = 0; i < 2; i++) await post('/v1/remember', { content, tags: ['twin'] });
    expect((await post('/v1/memory-tag-search', { tag: 'twin' })).data.count).toBe(2);
  });
});

describe('an expiry', () => {
  test('of 0 seconds takes one away, also with the same text', async () => {
    const stored = { key: 'end', value: 'It ends.' };
    const first = await post('/v1/memory-set', { ...stored, ttl: 60 });
    expect(first.data).toMatchObject({ ttl_seconds: about(60) });
    const kept = await post('/v1/memory-set', stored);
    expect(kept.data).toMatchObject({ status: 'unchanged', ttl_seconds: about(60) });
    const cleared = await post('/v1/memory-set', { ...stored, ttl_seconds: 0 });
    expect(cleared).toMatchObject({ status: 'merged', memory: { expires_at: null } });
    expect(cleared.data).not.toHaveProperty('ttl_seconds');
  });
});

describe('a key that may not do all', () => {
  const keyFor = async (grants: object[]) =>
    String((await post('/v1/keys', { label: 'weak', grants })).key);
  const copy = { key: 'fact', dest_namespace: 'own', dest_key: 'stolen' };

  test('copies only what it may read to where it may write', async () => {
    const own = { permissions: ['read', 'write'], namespaces: ['own'] };
    const source = (permissions: string[]) => ({ permissions, namespaces: ['default'] });
    const statusOf = async (grants: object[], body: object) => {
      const key = await keyFor(grants);
      return (await send(app, { key, path: '/v1/memory-copy', body })).response.status;
    };
    expect(await statusOf([own, source(['write'])], copy)).toBe(403);
    expect(await statusOf([own, source(['read'])], { ...copy, dest_namespace: 'default' })).toBe(
      403,
    );
    expect(await statusOf([own, source(['read'])], copy)).toBe(200);
  });

  test.each(['sk-slop-0123456789abcdef01234567', 'sk-rem-0123456789abcdef01234567'])(
    'such as %s, is like any other: unknown, or what an operator made of it',
    async (key) => {
      const asked = { key, path: '/v1/memory/search', body: { query: 'ferry' } };
      const refused = await send(app, asked);
      expect(refused.response.status).toBe(401);
      expect(refused.json()).toEqual({
        error: { code: 'invalid_api_key', message: expect.any(String), hint: expect.any(String) },
      });
      await post('/v1/admin/tenants', { name: key, key });
      expect((await send(app, asked)).json()).toMatchObject({ results: [], count: 0 });
    },
  );
});
