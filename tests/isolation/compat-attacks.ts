/** The same for the routes in other spellings. */
import type { Attack, Foreign } from './attacks.ts';

const q = encodeURIComponent;

export const compatAttacks: Readonly<Record<string, (of: Foreign) => readonly Attack[]>> = {
  'POST /v1/remember': ({ namespace }) => [
    { path: '/v1/remember', body: { namespace, content: 'planted' } },
    { path: '/v1/remember', body: { user_id: namespace, content: 'planted' } },
  ],
  'POST /v1/recall': ({ namespace, word }) => [
    { path: '/v1/recall', body: { namespace, query: word } },
    { path: '/v1/recall', body: { user_id: namespace, query: '', tags: [word] } },
  ],
  'POST /v1/memory-search': ({ namespace, word }) => [
    { path: '/v1/memory-search', body: { namespace, query: word, explain: true } },
  ],
  'POST /v1/memory-search-semantic': ({ namespace, word }) => [
    { path: '/v1/memory-search-semantic', body: { namespace, query: word } },
    { path: '/v1/memory-vector-search', body: { namespace, query: word, min_score: 0 } },
  ],
  'POST /v1/memory-tag-search': ({ namespace, word }) => [
    { path: '/v1/memory-tag-search', body: { namespace, tag: word } },
  ],
  'POST /v1/memory-delete': ({ namespace, key }) => [
    { path: '/v1/memory-delete', body: { namespace, key } },
    { path: '/v1/memory/delete', body: { namespace, key } },
  ],
  'POST /v1/memory-expire': ({ namespace, key }) => [
    { path: '/v1/memory-expire', body: { namespace, key, ttl_seconds: 1 } },
    { path: '/v1/memory-ttl-set', body: { namespace, key, ttl_seconds: 0 } },
  ],
  'POST /v1/memory-copy': ({ namespace, key }) => [
    { path: '/v1/memory-copy', body: { key, src_namespace: namespace, dest_namespace: 'open' } },
    { path: '/v1/memory-copy', body: { key, src_namespace: 'open', dest_namespace: namespace } },
    { path: '/v1/memory-copy', body: { key, src_namespace: namespace, dest_key: 'planted' } },
  ],
  'POST /v1/memory-history': ({ namespace, key }) => [
    { path: '/v1/memory-history', body: { namespace, key } },
  ],
  'POST /v1/memory-list': ({ namespace, word }) => [
    { path: '/v1/memory-list', body: { namespace, include_meta: true } },
    { path: '/v1/memory/list', body: { namespace, tag: word } },
  ],
  'POST /v1/memory-bulk-set': ({ namespace, key }) => [
    { path: '/v1/memory-bulk-set', body: { namespace, entries: [{ key, value: 'planted' }] } },
    { path: '/v1/memory-bulk-set', body: { entries: [{ key, value: 'planted', namespace }] } },
  ],
  'POST /v1/memory-bulk-get': ({ namespace, key }) => [
    { path: '/v1/memory-bulk-get', body: { namespace, keys: [key] } },
  ],
  'POST /v1/memory-export': ({ namespace }) => [
    { path: '/v1/memory-export', body: { namespace, include_meta: true } },
  ],
  'POST /v1/memory-import': ({ namespace, key }) => [
    { path: '/v1/memory-import', body: { namespace, data: { [key]: 'planted' } } },
    {
      path: '/v1/memory-import',
      body: { namespace, data: { [key]: 'planted' }, overwrite: false },
    },
  ],
  'POST /v1/memory-stats': ({ namespace }) => [{ path: '/v1/memory-stats', body: { namespace } }],
  'POST /v1/memory-namespace-list': () => [
    { path: '/v1/memory-namespace-list', body: {} },
    { path: '/v1/memory-namespace-list', body: { cursor: 'a', limit: 1 } },
  ],
  'POST /v1/memory-namespace-clear': ({ namespace }) => [
    {
      path: '/v1/memory-namespace-clear',
      body: { namespace, confirm: `clear:${namespace}` },
    },
  ],
  'POST /v1/memory/snapshot': ({ namespace }) => [
    { path: '/v1/memory/snapshot', body: { namespace, label: 'planted' } },
  ],
  'GET /v1/memory/snapshots': ({ namespace }) => [
    { path: `/v1/memory/snapshots?namespace=${q(namespace)}` },
  ],
  'GET /v1/memory/snapshot/{id}': ({ namespace, snapshotId }) => [
    { path: `/v1/memory/snapshot/${snapshotId}?namespace=${q(namespace)}` },
    { path: `/v1/memory/snapshot/${snapshotId}?namespace=open` },
  ],
  'POST /v1/memory/restore/{id}': ({ namespace, snapshotId }) => [
    { path: `/v1/memory/restore/${snapshotId}`, body: { namespace } },
    { path: `/v1/memory/restore/${snapshotId}`, body: { namespace: 'open' } },
  ],
};
