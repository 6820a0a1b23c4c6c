/** Bad input: a clear coded error or a correct result, never a 500. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, runScenarios, send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const set = '/v1/memory-set';
const search = '/v1/memory/search';
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('who asks', () => {
  runScenarios(
    () => app,
    [
      {
        name: 'no key',
        key: null,
        path: set,
        body: { value: 'x' },
        status: 401,
        code: 'auth_required',
      },
      {
        name: 'a wrong key',
        key: 'nope',
        path: set,
        body: { value: 'x' },
        status: 401,
        code: 'invalid_api_key',
        hasNot: ['nope'],
      },
      {
        name: 'half the key',
        key: rootKey.slice(0, -1),
        path: set,
        body: { value: 'x' },
        status: 401,
        code: 'invalid_api_key',
      },
      {
        name: 'no key, bad body: the key comes first',
        key: null,
        path: set,
        raw: '{',
        status: 401,
      },
      {
        name: 'X-API-Key works',
        key: null,
        headers: { 'X-API-Key': rootKey },
        path: '/v1/namespaces',
        status: 200,
      },
      { name: 'health is public', key: null, path: '/health', status: 200, has: ['"ok":true'] },
      { name: 'live is public', key: null, path: '/health/live', status: 200 },
      { name: 'ready is public', key: null, path: '/health/ready', status: 200 },
      {
        name: 'the document is public',
        key: null,
        path: '/openapi.json',
        status: 200,
        has: ['/v1/memory-set'],
      },
      {
        name: 'the docs page is public',
        key: null,
        path: '/docs',
        status: 200,
        has: ['/v1/memory/search'],
        hasNot: ['<script'],
      },
      { name: 'no such route', path: '/v2/nothing', status: 404, code: 'route_not_found' },
      {
        name: 'no such method',
        method: 'PUT',
        path: set,
        body: {},
        status: 404,
        code: 'route_not_found',
      },
    ],
  );
});

describe('bad stores', () => {
  runScenarios(
    () => app,
    [
      { name: 'malformed JSON', path: set, raw: '{"value": ', status: 400, code: 'invalid_json' },
      {
        name: 'not UTF-8',
        path: set,
        raw: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
        status: 400,
        code: 'invalid_json',
      },
      { name: 'an array', path: set, raw: '[]', status: 400, code: 'invalid_request' },
      { name: 'null', path: set, raw: 'null', status: 400, code: 'invalid_request' },
      {
        name: 'nothing',
        path: set,
        raw: '',
        method: 'POST',
        status: 400,
        code: 'invalid_request',
        has: ['value'],
      },
      {
        name: 'no value',
        path: set,
        body: { key: 'k' },
        status: 400,
        code: 'invalid_request',
        has: ['value'],
      },
      {
        name: 'two values',
        path: set,
        body: { value: 'a', content: 'b' },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'empty value',
        path: set,
        body: { value: '  \n ' },
        status: 400,
        code: 'invalid_value',
      },
      {
        name: 'a misspelt field',
        path: set,
        body: { value: 'x', namspace: 'a' },
        status: 400,
        code: 'unknown_field',
        has: ['namespace'],
      },
      {
        name: '__proto__ as a field',
        path: set,
        raw: '{"value":"x","__proto__":{"a":1}}',
        status: 400,
        code: 'unknown_field',
      },
      {
        name: 'tags of numbers',
        path: set,
        body: { value: 'x', tags: [1] },
        status: 400,
        code: 'invalid_request',
        has: ['tags'],
      },
      {
        name: 'a namespace of NULs',
        path: set,
        body: { value: 'x', namespace: 'a\u0000' },
        status: 400,
        code: 'invalid_namespace',
      },
      {
        name: 'an empty namespace',
        path: set,
        body: { value: 'x', namespace: '' },
        status: 400,
        code: 'invalid_namespace',
      },
      {
        name: 'a long key',
        path: set,
        body: { value: 'x', key: 'k'.repeat(513) },
        status: 400,
        code: 'invalid_key',
      },
      {
        name: 'a lone surrogate in a key',
        path: set,
        raw: '{"value":"x","key":"\\ud800"}',
        status: 400,
        code: 'invalid_key',
      },
      {
        name: 'replace without key',
        path: set,
        body: { value: 'x', mode: 'replace' },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'a strange mode',
        path: set,
        body: { value: 'x', mode: 'upsert' },
        status: 400,
        code: 'invalid_request',
        has: ['mode'],
      },
      {
        name: 'a strange time',
        path: set,
        body: { value: 'x', occurred_at: 'yesterday' },
        status: 400,
        code: 'invalid_request',
        has: ['occurred_at'],
      },
      {
        name: 'importance over 1',
        path: set,
        body: { value: 'x', importance: 2 },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'a value of 33 KB',
        path: set,
        body: { value: 'x'.repeat(33 * 1024) },
        status: 413,
        code: 'value_too_large',
      },
      { name: 'a word of 1 MB', path: set, body: { value: 'x'.repeat(1024 * 1024) }, status: 413 },
      {
        name: 'metadata of 17 KB',
        path: set,
        body: { value: 'x', metadata: { a: 'x'.repeat(17_000) } },
        status: 413,
        code: 'value_too_large',
      },
      {
        name: 'deep metadata',
        path: set,
        raw: `{"value":"x","metadata":{"a":${nested(9)}}}`,
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'JSON 40 levels deep',
        path: set,
        raw: `{"value":${nested(40)}}`,
        status: 400,
        code: 'json_too_deep',
      },
      {
        name: 'JSON 100,000 levels deep',
        path: set,
        raw: `{"value":${nested(100_000)}}`,
        status: 400,
        code: 'json_too_deep',
      },
      {
        name: 'a condition that does not hold',
        path: set,
        body: { value: 'x', key: 'none', if_version: 3 },
        status: 409,
        code: 'version_conflict',
      },
      {
        name: '1,001 items',
        path: '/v1/memory/bulk',
        body: { items: Array(1001).fill({ value: 'x' }) },
        status: 413,
        code: 'too_many_items',
      },
      {
        name: 'items that are no list',
        path: '/v1/memory/bulk',
        body: { items: 'x' },
        status: 400,
        code: 'invalid_request',
      },
    ],
  );
});

describe('bad questions', () => {
  runScenarios(
    () => app,
    [
      {
        name: 'no query',
        path: search,
        body: {},
        status: 400,
        code: 'invalid_request',
        has: ['query'],
      },
      ...['', '%00', 'x'.repeat(300)].map((cursor) => ({
        name: `no cursor of namespaces: "${cursor.slice(0, 3)}"`,
        path: `/v1/namespaces?cursor=${cursor}`,
        status: 400,
        code: 'invalid_cursor',
      })),
      { name: 'an empty query', path: search, body: { query: '' }, status: 200 },
      {
        name: 'a namespace that does not exist',
        path: search,
        body: { query: 'x', namespace: 'nowhere' },
        status: 200,
        has: ['"results":[]'],
      },
      {
        name: '10,000 characters',
        path: search,
        body: { query: 'word '.repeat(2000) },
        status: 200,
      },
      {
        name: '10,001 characters',
        path: search,
        body: { query: 'x'.repeat(10_001) },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'limit 0',
        path: search,
        body: { query: 'x', limit: 0 },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'limit 101',
        path: search,
        body: { query: 'x', limit: 101 },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'limit as text',
        path: search,
        body: { query: 'x', limit: '5' },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'a signal that does not exist',
        path: search,
        body: { query: 'x', signals: { smell: true } },
        status: 400,
        code: 'unknown_field',
      },
      {
        name: 'a lone surrogate',
        path: search,
        raw: '{"query":"\\ud800 \\u0000 \\u202e"}',
        status: 200,
      },
      { name: 'only emoji', path: search, body: { query: '🙂🙃' }, status: 200 },
      {
        name: 'a foreign cursor',
        path: '/v1/memory?cursor=AAAA',
        status: 400,
        code: 'invalid_cursor',
      },
      { name: 'a bad id', path: '/v1/memory/mem_x', status: 400, code: 'invalid_id' },
      {
        name: 'an id nobody has',
        path: '/v1/memory/mem_01890a5d-ac96-774b-bcce-b302099a8057',
        status: 404,
        code: 'memory_not_found',
      },
      { name: 'forget nothing', path: '/v1/forget', body: {}, status: 400, code: 'empty_selector' },
      {
        name: 'forget a namespace by mistake',
        path: '/v1/forget',
        body: { namespace: 'ann' },
        status: 400,
        code: 'empty_selector',
      },
      {
        name: 'forget a namespace because a filter was lost',
        path: '/v1/forget',
        body: { namespace: 'ann', confirm: true },
        status: 400,
        code: 'empty_selector',
      },
      {
        name: 'forget by a filter without conditions',
        path: '/v1/forget',
        body: { namespace: 'ann', filter: {}, tags: { all: [] }, confirm: true },
        status: 400,
        code: 'empty_selector',
      },
      {
        name: 'forget by filter in no named namespace',
        path: '/v1/forget',
        body: { filter: { tags: 'x' }, confirm: true },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'forget by filter without saying that it is meant',
        path: '/v1/forget',
        body: { namespace: 'ann', filter: { tags: 'x' } },
        status: 400,
        code: 'confirmation_required',
      },
      {
        name: 'forget a namespace without saying that it is meant',
        method: 'DELETE',
        path: '/v1/namespaces/ann',
        status: 400,
        code: 'confirmation_required',
      },
      {
        name: 'forget by id and filter',
        path: '/v1/forget',
        body: { memory_id: 'mem_x', namespace: 'ann', tags: ['x'], confirm: true },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'forget what was known at another time',
        path: '/v1/forget',
        body: { namespace: 'ann', as_of: '2026-01-01', confirm: true },
        status: 400,
        code: 'unknown_field',
      },
      {
        name: 'a receipt nobody has',
        path: '/v1/forget/x',
        status: 404,
        code: 'receipt_not_found',
      },
      {
        name: 'receipts after a cursor of anything',
        path: '/v1/forget?cursor=%00%ff../..',
        status: 200,
      },
      {
        name: 'forget by id and key',
        path: '/v1/forget',
        body: { memory_id: 'mem_x', key: 'k' },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'forget a key nobody has',
        path: '/v1/forget',
        body: { key: 'k', namespace: 'x' },
        status: 200,
        has: ['"forgotten":0'],
      },
      {
        name: 'a key nobody has',
        path: '/v1/memory-get',
        body: { key: 'k' },
        status: 200,
        has: ['"found":false'],
      },
      {
        name: 'an unknown query parameter',
        path: '/v1/memory?lmit=3',
        status: 400,
        code: 'unknown_field',
        has: ['limit'],
      },
    ],
  );
});

describe('odd text that is stored comes back as sent', () => {
  test.each([
    'a\u0000b and NUL',
    '\ud800 alone',
    'שלום עולם, مرحبا',
    '👩‍👩‍👧‍👦 family, e\u0301, \u202eRTL\u202c',
    `one word: ${'x'.repeat(30_000)}`,
    '\ufeffBOM and \u200bzero width',
  ])('%j', async (value) => {
    const stored = await send(app, { path: set, body: { value, namespace: 'odd' } });
    expect(stored.response.status, stored.text).toBe(200);
    const { id } = stored.json();
    const read = await send(app, { path: `/v1/memory/${id}` });
    expect(read.json().memory.value).toBe(value);
    const found = await send(app, {
      path: search,
      body: { query: value.slice(0, 5000), namespace: 'odd' },
    });
    expect(found.response.status, found.text).toBe(200);
  });
});
