/** For every route, requests that name what belongs to somebody else in every field that can. */

import { compatAttacks } from './compat-attacks.ts';
import { dreamAttacks } from './dream-attacks.ts';

/** What somebody else has, by the names that the routes take. */
export interface Foreign {
  readonly namespace: string;
  readonly memoryId: string;
  readonly key: string;
  readonly snapshotId: string;
  readonly receiptId: string;
  readonly dreamId: string;
  readonly scheduleId: string;
  readonly keyId: string;
  readonly tenantId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly eventCursor: string;
  readonly listCursor: string;
  readonly exportCursor: string;
  /** A word of what is stored. */
  readonly word: string;
}

export interface Attack {
  readonly path: string;
  readonly body?: unknown;
  readonly raw?: string;
}

const q = encodeURIComponent;

/** By method and path as in the OpenAPI document. */
export const attacks: Readonly<Record<string, (of: Foreign) => readonly Attack[]>> = {
  'GET /metrics': () => [{ path: '/metrics' }],
  'POST /v1/memory-set': ({ namespace, key, memoryId }) => [
    { path: '/v1/memory-set', body: { namespace, value: 'planted' } },
    { path: '/v1/memory-set', body: { namespace, key, value: 'planted', mode: 'replace' } },
    { path: '/v1/memory/store', body: { user_id: namespace, value: 'planted' } },
    {
      path: '/v1/memory-set',
      body: { namespace: 'open', value: 'planted', links: [{ type: 'about', id: memoryId }] },
    },
  ],
  'POST /v1/memory/bulk': ({ namespace, key }) => [
    { path: '/v1/memory/bulk', body: { namespace, items: [{ value: 'planted', key }] } },
    { path: '/v1/memory/bulk', body: { items: [{ value: 'planted', namespace }] } },
  ],
  'POST /v1/memory/search': ({ namespace, word, key }) => [
    { path: '/v1/memory/search', body: { namespace, query: word, explain: true } },
    { path: '/v1/memory/search', body: { user_id: namespace, query: '', key } },
    { path: '/v1/memory/search', body: { namespace, query: word, as_of: '2100-01-01' } },
    { path: '/v1/memory/search?format=array', body: { namespace, query: word } },
  ],
  'GET /v1/memory/search': ({ namespace, word }) => [
    { path: `/v1/memory/search?namespace=${q(namespace)}&query=${q(word)}` },
    { path: `/v1/memory/search?user_id=${q(namespace)}&query=` },
    { path: `/v1/memory/search?format=data&namespace=${q(namespace)}&query=` },
  ],
  'POST /v1/memory/context': ({ namespace, word }) => [
    { path: '/v1/memory/context', body: { namespace, query: word } },
    {
      path: '/v1/memory/context',
      body: { namespace: 'open', query: word, system_namespace: namespace },
    },
  ],
  'POST /v1/memory/why-not': ({ namespace, word, memoryId }) => [
    { path: '/v1/memory/why-not', body: { namespace, query: word, memory_id: memoryId } },
    { path: '/v1/memory/why-not', body: { namespace: 'open', query: word, memory_id: memoryId } },
  ],
  'POST /v1/forget': (of) => forgets(of),
  'DELETE /v1/forget': (of) => forgets(of),
  'GET /v1/forget': ({ namespace, receiptId }) => [
    { path: '/v1/forget' },
    { path: `/v1/forget?namespace=${q(namespace)}` },
    { path: `/v1/forget?cursor=${q(receiptId)}` },
    { path: `/v1/forget?cursor=${q('~')}` },
  ],
  'GET /v1/forget/{receipt}': ({ receiptId }) => [{ path: `/v1/forget/${receiptId}` }],
  'DELETE /v1/namespaces/{namespace}': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}?confirm=true` },
    { path: `/v1/namespaces/${q(namespace)}?dry_run=true` },
  ],
  'GET /v1/namespaces/{namespace}': ({ namespace }) => [{ path: `/v1/namespaces/${q(namespace)}` }],
  'PATCH /v1/namespaces/{namespace}': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}`, body: { default_mode: 'append' } },
  ],
  'GET /v1/namespaces': () => [
    { path: '/v1/namespaces' },
    { path: '/v1/memory/namespaces?limit=1' },
    { path: '/v1/namespaces?cursor=a' },
  ],
  'GET /v1/namespaces/{namespace}/export': ({ namespace, exportCursor }) => [
    { path: `/v1/namespaces/${q(namespace)}/export?history=true` },
    { path: `/v1/namespaces/${q(namespace)}/export?after=${q(exportCursor)}` },
    { path: `/v1/namespaces/open/export?after=${q(exportCursor)}` },
  ],
  'POST /v1/namespaces/{namespace}/import': ({ namespace, memoryId }) => [
    {
      path: `/v1/namespaces/${q(namespace)}/import`,
      raw: `${JSON.stringify({ value: 'planted', id: memoryId })}\n`,
    },
  ],
  'POST /v1/namespaces/{namespace}/snapshots': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}/snapshots`, body: { name: 'planted' } },
  ],
  'GET /v1/namespaces/{namespace}/snapshots': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}/snapshots` },
  ],
  'GET /v1/namespaces/{namespace}/snapshots/{id}/compare': ({ namespace, snapshotId }) => [
    { path: `/v1/namespaces/${q(namespace)}/snapshots/${snapshotId}/compare` },
    { path: `/v1/namespaces/open/snapshots/${snapshotId}/compare` },
  ],
  'POST /v1/namespaces/{namespace}/snapshots/{id}/restore': ({ namespace, snapshotId }) => [
    { path: `/v1/namespaces/${q(namespace)}/snapshots/${snapshotId}/restore`, body: {} },
    { path: `/v1/namespaces/open/snapshots/${snapshotId}/restore`, body: {} },
  ],
  'DELETE /v1/namespaces/{namespace}/snapshots/{id}': ({ namespace, snapshotId }) => [
    { path: `/v1/namespaces/${q(namespace)}/snapshots/${snapshotId}` },
    { path: `/v1/namespaces/open/snapshots/${snapshotId}` },
  ],
  'GET /v1/namespaces/{namespace}/audit': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}/audit` },
  ],
  'GET /v1/namespaces/{namespace}/profile': ({ namespace }) => [
    { path: `/v1/namespaces/${q(namespace)}/profile` },
    { path: `/v1/namespaces/${q(namespace)}/profile?format=text` },
  ],
  ...dreamAttacks,
  'GET /v1/admin/embeddings': () => [{ path: '/v1/admin/embeddings' }],
  'POST /v1/admin/embeddings/rollback': () => [{ path: '/v1/admin/embeddings/rollback' }],
  'DELETE /v1/admin/embeddings/{generation}': () => [{ path: '/v1/admin/embeddings/1' }],
  'POST /v1/admin/backup': () => [{ path: '/v1/admin/backup' }],
  'GET /v1/keys': ({ keyId }) => [
    { path: '/v1/keys' },
    { path: '/v1/keys?limit=200&cursor=a' },
    { path: `/v1/keys?limit=1&cursor=${keyId}` },
  ],
  'POST /v1/keys': ({ namespace }) => [
    { path: '/v1/keys', body: { grants: [grant(namespace)] } },
    { path: '/v1/keys', body: { grants: [grant('*')], admin: true } },
    { path: '/v1/keys', body: { operator: true, grants: [grant('open')] } },
  ],
  'GET /v1/keys/self': () => [{ path: '/v1/keys/self' }],
  'POST /v1/keys/{id}/rotate': ({ keyId }) => [{ path: `/v1/keys/${keyId}/rotate` }],
  'DELETE /v1/keys/{id}': ({ keyId }) => [{ path: `/v1/keys/${keyId}` }],
  'GET /v1/admin/tenants': () => [{ path: '/v1/admin/tenants' }],
  'POST /v1/admin/tenants': () => [{ path: '/v1/admin/tenants', body: { name: 'planted' } }],
  'GET /v1/usage': () => [{ path: '/v1/usage' }],
  'GET /v1/admin/usage': ({ tenantId }) => [
    { path: '/v1/admin/usage' },
    { path: `/v1/admin/usage?tenant=${tenantId}` },
    { path: '/v1/admin/usage?cursor=a&limit=1' },
  ],
  'GET /v1/admin/receipts': ({ tenantId, receiptId }) => [
    { path: '/v1/admin/receipts' },
    { path: `/v1/admin/receipts?tenant=${tenantId}` },
    { path: `/v1/admin/receipts?cursor=${q(`${tenantId}/${receiptId}`)}` },
  ],
  'PATCH /v1/admin/tenants/{id}': ({ tenantId }) => [
    { path: `/v1/admin/tenants/${tenantId}`, body: { plan: 'free' } },
    { path: `/v1/admin/tenants/${tenantId}`, body: { suspended: true } },
  ],
  'DELETE /v1/admin/tenants/{id}': ({ tenantId }) => [
    { path: `/v1/admin/tenants/${tenantId}?confirm=true` },
  ],
  'GET /v1/audit': () => [{ path: '/v1/audit' }, { path: '/v1/audit?cursor=~' }],
  'PATCH /v1/memory/{id}': ({ memoryId, namespace }) => [
    { path: `/v1/memory/${memoryId}`, body: { value: 'planted' } },
    { path: `/v1/memory/${memoryId}`, body: { value: 'planted', namespace } },
    { path: `/v1/memory/${memoryId}`, body: { value: 'planted', namespace: 'open' } },
  ],
  'GET /v1/memory/{id}': (of) => [...byId(of, ''), ...byId(of, '', '&as_of=2100-01-01')],
  'DELETE /v1/memory/{id}': (of) => byId(of, ''),
  'POST /v1/memory/{id}/archive': (of) => byId(of, '/archive'),
  'POST /v1/memory/{id}/restore': (of) => byId(of, '/restore'),
  'GET /v1/memory/{id}/history': (of) => byId(of, '/history', '&limit=1'),
  'GET /v1/memory': ({ namespace, key, listCursor }) => [
    { path: `/v1/memory?namespace=${q(namespace)}` },
    { path: `/v1/memory/list?namespace=${q(namespace)}&key=${q(key)}` },
    { path: `/v1/memory?namespace=${q(namespace)}&limit=1&cursor=${q(listCursor)}` },
    { path: `/v1/memory?namespace=open&limit=1&cursor=${q(listCursor)}` },
  ],
  'POST /v1/memory-get': ({ namespace, key }) => [
    { path: '/v1/memory-get', body: { namespace, key } },
    { path: '/v1/memory/retrieve', body: { namespace, key } },
  ],
  'GET /v1/webhooks': () => [{ path: '/v1/webhooks' }],
  'POST /v1/webhooks': ({ namespace }) => {
    const url = 'https://attacker.invalid/hook';
    return [
      { path: '/v1/webhooks', body: { url, namespace } },
      { path: '/v1/webhooks', body: { url, namespaces: ['open', namespace] } },
      { path: '/v1/webhooks', body: { url, namespaces: ['*'], include: ['value'] } },
    ];
  },
  'GET /v1/webhooks/{id}': (of) => ofWebhook(of),
  'PATCH /v1/webhooks/{id}': (of) => ofWebhook(of, '', { enabled: false }),
  'DELETE /v1/webhooks/{id}': (of) => ofWebhook(of),
  'POST /v1/webhooks/{id}/rotate': (of) => ofWebhook(of, '/rotate?overlap_seconds=60'),
  'POST /v1/webhooks/{id}/test': (of) => ofWebhook(of, '/test'),
  'GET /v1/webhooks/{id}/deliveries': (of) => ofWebhook(of, '/deliveries'),
  'POST /v1/webhooks/{id}/deliveries/{delivery}/redeliver': (of) =>
    ofWebhook(of, `/deliveries/${of.deliveryId}/redeliver`),
  'GET /v1/events': ({ namespace, eventCursor }) => [
    { path: `/v1/events?namespace=${q(namespace)}` },
    { path: `/v1/events?namespace=${q(namespace)}&after=${eventCursor}&include=value` },
    { path: `/v1/events?namespace=open&after=${eventCursor}&include=value` },
  ],
  ...compatAttacks,
};

function ofWebhook({ webhookId }: Foreign, verb = '', body?: unknown): Attack[] {
  return [{ path: `/v1/webhooks/${webhookId}${verb}`, ...(body !== undefined && { body }) }];
}

function byId({ memoryId, namespace }: Foreign, verb: string, more = ''): Attack[] {
  return ['', namespace, 'open'].map((space) => ({
    path: `/v1/memory/${memoryId}${verb}?${space && `namespace=${q(space)}`}${more}`,
  }));
}

function forgets({ namespace, memoryId, key, word }: Foreign): Attack[] {
  const path = '/v1/forget';
  return [
    { path, body: { memory_id: memoryId } },
    { path, body: { memory_id: memoryId, namespace } },
    { path, body: { memory_id: memoryId, namespace: 'open' } },
    { path, body: { key, namespace } },
    { path, body: { namespace, filter: { tags: word }, confirm: true } },
    { path, body: { namespace, kind: 'fact', dry_run: true } },
  ];
}

function grant(namespace: string) {
  return { permissions: ['read', 'write', 'forget', 'dream', 'system'], namespaces: [namespace] };
}
