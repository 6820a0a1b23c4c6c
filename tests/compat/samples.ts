/** One request per route of the API family, and every field that is known of its answer. */
import { expect } from 'vitest';

export interface Sample {
  /** As docs/compatibility.md names it. */
  readonly route: string;
  /** Where it has parameters or a query. `{snapshot}` is filled in by the test. */
  readonly path?: string;
  readonly body?: object;
  readonly status?: number;
  readonly answer: unknown;
}

const text = expect.any(String);
const number = expect.any(Number);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const id = expect.stringMatching(/^mem_/);
/** Seconds that are left run on a busy machine too. */
export const about = (seconds: number) => expect.closeTo(seconds, -1);
const namespace = 'agent';
const milk = 'Bo only drinks oat milk.';
const plan = 'The plan is to sail in May.';

const entry = {
  ...{ key: 'plan', namespace, value: plan, tags: ['sea', 'may'], type: 'project' },
  ...{ version: 1, created: time, updated: time, ttl_seconds: about(3600), expires_at: time },
};
const found = {
  ...{ id, key: 'plan', value: plan, content: plan, namespace, type: 'project' },
  ...{ tags: ['sea', 'may'], metadata: { by: 'Ann' }, score: number },
  ...{ created_at: time, updated_at: time },
};
const asked = { query: 'When is the plan to sail?', namespace, limit: 1 };
const meta = { key: 'plan', size: 27, tags: ['sea', 'may'], created: time, updated: time };
const read: Sample = {
  route: 'POST /v1/memory-get',
  body: { key: 'plan', namespace },
  answer: { found: true, value: plan, data: { ...entry, found: true } },
};
const listed: Sample = {
  route: 'POST /v1/memory-list',
  body: { namespace, tag: 'sea', include_meta: true, limit: 1, offset: 0 },
  answer: {
    ok: true,
    data: {
      ...{ keys: ['plan'], count: 1, total: 1, limit: 1, offset: 0, has_more: false },
      entries: [meta],
    },
  },
};
const removed: Sample = {
  route: 'POST /v1/memory-delete',
  body: { key: 'port', namespace },
  answer: { ok: true, data: { deleted: true } },
};

const stores: readonly Sample[] = [
  {
    route: 'POST /v1/memory-set',
    body: {
      ...{ key: 'plan', value: plan, namespace, tags: 'sea,may', metadata: { by: 'Ann' } },
      ...{ ttl_seconds: 3600, type: 'project' },
    },
    answer: {
      ...{ ok: true, success: true, key: 'plan' },
      data: {
        ...{ key: 'plan', namespace, status: 'stored', version: 1, type: 'project' },
        ...{ ttl_seconds: about(3600), expires_at: time },
      },
    },
  },
  {
    route: 'POST /v1/memory/store',
    body: { value: 'A note without a key.', namespace: 'notes', tags: ['note'] },
    answer: { ok: true, id, key: null },
  },
  {
    route: 'POST /v1/remember',
    body: { content: milk, tags: ['food'], namespace, metadata: { turn: 1 } },
    status: 201,
    answer: { id, content: milk, tags: ['food'], namespace, created_at: time },
  },
  {
    route: 'POST /v1/recall',
    body: { query: 'What does Bo drink?', namespace, limit: 1, tags: ['food'], threshold: 0.1 },
    answer: {
      memories: [{ id, content: milk, tags: ['food'], namespace, score: number, created_at: time }],
      total: 1,
      query_time_ms: number,
    },
  },
];

const searches: readonly Sample[] = [
  {
    route: 'POST /v1/memory/search',
    body: { ...asked, type: 'project' },
    answer: { ok: true, results: [found], count: 1, query: asked.query, query_time_ms: number },
  },
  { route: 'POST /v1/memory/search', path: '?format=array', body: asked, answer: [found] },
  { route: 'POST /v1/memory/search', path: '?format=data', body: asked, answer: { data: [found] } },
  {
    route: 'GET /v1/memory/search',
    path: `?query=sail&namespace=${namespace}&limit=1`,
    answer: { ok: true, results: [found], count: 1, query: 'sail' },
  },
  { route: 'GET /v1/memory/search', path: '?query=&namespace=a&format=array', answer: [] },
  {
    route: 'POST /v1/memory-search',
    body: asked,
    answer: {
      ok: true,
      results: [found],
      data: { results: [found], count: 1, query: asked.query },
    },
  },
  ...['POST /v1/memory-search-semantic', 'POST /v1/memory-vector-search'].map((route) => ({
    route,
    body: { ...asked, min_score: 0.1 },
    answer: {
      ok: true,
      data: {
        results: [{ ...found, matched_words: expect.arrayContaining(['sail']), snippet: plan }],
        ...{ count: 1, query: asked.query },
      },
    },
  })),
  {
    route: 'POST /v1/memory-tag-search',
    body: { tags: ['sea'], tag: 'may', namespace, limit: 5 },
    answer: { ok: true, data: { results: [found], count: 1 } },
  },
];

const keys: readonly Sample[] = [
  read,
  { ...read, route: 'POST /v1/memory/retrieve' },
  {
    ...read,
    body: { key: 'nothing' },
    answer: { found: false, value: null, data: { found: false, value: null } },
  },
  listed,
  { ...listed, route: 'POST /v1/memory/list' },
  {
    route: 'GET /v1/memory/list',
    path: `?namespace=${namespace}&tag=sea`,
    answer: { results: [{ key: 'plan', value: plan }], count: 1 },
  },
  {
    route: 'POST /v1/memory-copy',
    body: { key: 'plan', dest_key: 'port', src_namespace: namespace, dest_namespace: namespace },
    answer: { ok: true, data: { ...entry, key: 'port', copied: true } },
  },
  {
    route: 'POST /v1/memory-expire',
    body: { key: 'port', namespace, ttl_seconds: 60 },
    answer: {
      ok: true,
      data: { key: 'port', namespace, ttl_seconds: about(60), expires_at: time },
    },
  },
  {
    route: 'POST /v1/memory-ttl-set',
    body: { key: 'port', namespace, ttl_seconds: 0 },
    answer: { ok: true, data: { key: 'port', namespace } },
  },
  {
    route: 'POST /v1/memory-history',
    body: { key: 'port', namespace, limit: 2 },
    answer: {
      ok: true,
      data: {
        versions: [
          { version: 3, current: true },
          { version: 2, ttl_seconds: about(60) },
        ],
        history: [{ version: 3 }, { version: 2 }],
        count: 2,
      },
    },
  },
  removed,
  { ...removed, route: 'POST /v1/memory/delete', answer: { ok: true, data: { deleted: false } } },
];

const many: readonly Sample[] = [
  {
    route: 'POST /v1/memory-bulk-set',
    body: {
      namespace: 'bulk',
      entries: [{ key: 'a', value: 1, tags: ['n'], ttl_seconds: 60 }, { value: 'no key' }],
    },
    answer: {
      ok: true,
      data: { stored: 1, failed: 1, keys: ['a'], errors: [{ key: null, index: 1 }] },
    },
  },
  {
    route: 'POST /v1/memory-bulk-get',
    body: { namespace: 'bulk', keys: ['a', 'nothing'] },
    answer: { ok: true, data: { results: { a: { value: 1, tags: ['n'] } }, found: 1 } },
  },
  {
    route: 'POST /v1/memory-import',
    body: { namespace: 'bulk', data: { a: 2, b: 'User: Hi\nAssistant: Hello' }, overwrite: false },
    answer: { ok: true, data: { imported: 1, skipped: 1, overwritten: 0, total: 2 } },
  },
  {
    route: 'POST /v1/memory-import',
    body: { namespace: 'bulk', data: { a: 2, b: { deep: [1] }, c: null } },
    answer: { ok: true, data: { imported: 2, overwritten: 2, failed: 1, total: 3 } },
  },
  {
    route: 'POST /v1/memory-export',
    body: { namespace: 'bulk', include_meta: true },
    answer: {
      ok: true,
      data: {
        data: { a: 2, b: { deep: [1] } },
        ...{ count: 2, meta: { a: { size: 1, tags: [], created: time, updated: time } } },
      },
    },
  },
];

const spaces: readonly Sample[] = [
  {
    route: 'POST /v1/memory-stats',
    body: { namespace: 'notes' },
    answer: { ok: true, data: { namespace: 'notes', count: 1, created_at: time } },
  },
  {
    route: 'POST /v1/memory-namespace-list',
    body: {},
    answer: { ok: true, data: { namespaces: [namespace, 'bulk', 'notes'], count: 3 } },
  },
  { route: 'GET /v1/memory/namespaces', answer: { results: [{ name: namespace }, {}, {}] } },
  {
    route: 'POST /v1/memory/snapshot',
    body: { namespace, label: 'before the trip' },
    answer: { ok: true, snapshot_id: text, label: 'before the trip', key_count: number },
  },
  {
    route: 'GET /v1/memory/snapshots',
    path: `?namespace=${namespace}`,
    answer: { snapshots: [{ snapshot_id: text, created_at: time }], count: 1 },
  },
  {
    route: 'GET /v1/memory/snapshot/{id}',
    path: `/v1/memory/snapshot/{snapshot}?namespace=${namespace}`,
    answer: { snapshot_id: text, namespace, key_count: number },
  },
  {
    route: 'DELETE /v1/forget',
    body: { key: 'plan', namespace },
    answer: { ok: true, deleted: true, forgotten: 1 },
  },
  {
    route: 'POST /v1/forget',
    body: { key: 'plan', namespace },
    answer: { ok: true, deleted: false },
  },
  {
    route: 'POST /v1/memory-set',
    body: { key: 'late', value: 'It came after the snapshot.', namespace },
    answer: { ok: true },
  },
  {
    route: 'POST /v1/memory/restore/{id}',
    path: '/v1/memory/restore/{snapshot}',
    body: { namespace },
    answer: { ok: true, keys_restored: 0, keys_archived: 1, before: text },
  },
  {
    route: 'POST /v1/memory-namespace-clear',
    body: { namespace: 'bulk', confirm: 'clear:bulk' },
    answer: { ok: true, data: { cleared: true, deleted: number } },
  },
  { route: 'GET /health', answer: { ok: true, status: 'ok' } },
  { route: 'GET /v1/health', answer: { ok: true, status: 'ok' } },
  { route: 'POST /v1/keys', body: { label: 'bot' }, answer: { key: text, api_key: {} } },
  { route: 'GET /v1/keys', answer: { results: [{ label: 'bot' }] } },
  {
    route: 'POST /v1/webhooks',
    body: {
      ...{ url: 'https://example.invalid/hook', namespace, secret: 'a-secret-of-the-app' },
      events: ['memory.created', 'memory.updated', 'memory.deleted'],
    },
    status: 201,
    answer: { ok: true, secret: 'a-secret-of-the-app', webhook: { namespaces: [namespace] } },
  },
  { route: 'GET /v1/usage', answer: { ok: true, plan: text } },
];

/** In this order: some need what others have stored. */
export const samples: readonly Sample[] = [...stores, ...searches, ...keys, ...many, ...spaces];
