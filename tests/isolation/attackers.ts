/** Keys that must not reach what others have, each weaker in a way of its own. */
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { rootKey, send } from '../http/scenario.ts';
import { until } from '../receiver.ts';
import type { Foreign } from './attacks.ts';

export interface Attacker {
  /** As the table calls it. */
  readonly name: string;
  /** null: no key at all. */
  readonly key: string | null;
}

/** Stands in everything that the victim has stored, and in no request of an attacker. */
export const canary = 'zanzibarite';

export async function call(
  app: RunningApp,
  key: string | null,
  method: string,
  path: string,
  body?: unknown,
) {
  const { json, response } = await send(app, { key, method, path, ...(body ? { body } : {}) });
  if (response.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(json())}`);
  return json();
}

/** A tenant with a namespace that holds something of every sort, and one that is open to others. */
export async function makeVictim(app: RunningApp) {
  const { tenant, key: admin } = await call(app, rootKey, 'POST', '/v1/admin/tenants', {
    name: `${canary} limited`,
  });
  const as = (method: string, path: string, body?: unknown) => call(app, admin, method, path, body);
  const namespace = 'home of the heron';
  const space = encodeURIComponent(namespace);
  const store = (value: string, more: object = {}) =>
    as('POST', '/v1/memory-set', { namespace, value, tags: ['heron', canary], ...more });
  const key = 'car';
  const { id: memoryId } = await store(`A ${canary} heron.`, { metadata: { [canary]: canary } });
  await store(`A red ${canary}.`, { key });
  await store(`A blue ${canary}.`, { key });
  await store(`What the application says of ${canary}.`, { audience: 'system' });
  const gone = await store(`A ${canary} to forget.`);
  const { receipt } = await as('DELETE', `/v1/memory/${gone.id}`);
  const made = await as('POST', `/v1/namespaces/${space}/snapshots`, { name: canary });
  await as('POST', '/v1/memory-set', { namespace: 'open', value: 'Everybody may read this.' });
  const { dream } = await as('POST', '/v1/dreams', { namespace, wait_ms: 10_000 });
  const when = { namespace, cron: '0 0 1 1 *' };
  const { schedule } = await as('POST', '/v1/dream-schedules', when);
  const { next_cursor: listCursor } = await as('GET', `/v1/memory?namespace=${space}&limit=1`);
  const { text } = await send(app, { key: admin, path: `/v1/namespaces/${space}/export` });
  const line: { cursor: string } = JSON.parse(text.split('\n')[1] ?? '');
  const own = await as('POST', '/v1/keys', { label: canary, grants: [everything(namespace)] });
  const { webhook } = await as('POST', '/v1/webhooks', {
    ...{ url: `https://hooks.invalid/${canary}`, description: canary, namespaces: [namespace] },
    include: ['value'],
  });
  // Nobody hears at that address: what happens now is still there to be delivered.
  await as('POST', '/v1/memory-set', { namespace, value: `A ${canary} heron to tell of.` });
  const deliveryId = await waitingDelivery(() =>
    as('GET', `/v1/webhooks/${webhook.id}/deliveries?state=waiting`),
  );
  await as('PATCH', `/v1/webhooks/${webhook.id}`, { enabled: false });
  const foreign: Foreign = {
    ...{ namespace, memoryId, key, listCursor, exportCursor: line.cursor, word: 'heron' },
    ...{ snapshotId: made.snapshot.id, receiptId: receipt.id, dreamId: dream.id },
    scheduleId: schedule.id,
    ...{ keyId: own.api_key.id, tenantId: tenant.id },
    ...{ webhookId: webhook.id, deliveryId, eventCursor: '1-1' },
  };
  return { admin: String(admin), own: String(own.key), foreign };
}

async function waitingDelivery(ask: () => Promise<{ results: { id: string }[] }>): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    id = (await ask()).results[0]?.id;
    return id !== undefined;
  });
  return id ?? '';
}

/** Those of the victim's own tenant may do everything in the open namespace, or one thing. */
export async function makeAttackers(app: RunningApp, admin: string): Promise<Attacker[]> {
  const make = async (body: object): Promise<{ key: string; api_key: { id: string } }> =>
    call(app, admin, 'POST', '/v1/keys', body);
  const only = (permission: string) => {
    return { grants: [{ permissions: [permission], namespaces: ['open', 'ope*'] }] };
  };
  const dreamer = { grants: [{ permissions: ['read', 'dream'], namespaces: ['open'] }] };
  const revoked = await make({ label: 'revoked' });
  await call(app, admin, 'DELETE', `/v1/keys/${revoked.api_key.id}`);
  const rotated = await make({ label: 'rotated' });
  await call(app, admin, 'POST', `/v1/keys/${rotated.api_key.id}/rotate`);
  const other = await call(app, rootKey, 'POST', '/v1/admin/tenants', { name: 'other' });
  await call(app, other.key, 'POST', '/v1/memory-set', { namespace: 'open', value: 'Mine.' });
  return [
    { name: 'no key', key: null },
    { name: 'unknown key', key: 'sk-rev-nobody-has-ever-made-this-one' },
    { name: 'revoked', key: revoked.key },
    { name: 'rotated away', key: rotated.key },
    { name: 'other tenant', key: other.key },
    { name: 'read elsewhere', key: (await make(only('read'))).key },
    { name: 'write elsewhere', key: (await make(only('write'))).key },
    { name: 'forget elsewhere', key: (await make(only('forget'))).key },
    { name: 'dream elsewhere', key: (await make(dreamer)).key },
    { name: 'admin elsewhere', key: (await make({ ...grantsOf('open'), admin: true })).key },
  ];
}

function grantsOf(namespace: string) {
  return { grants: [everything(namespace)] };
}

function everything(namespace: string) {
  return { permissions: ['read', 'write', 'forget', 'dream', 'system'], namespaces: [namespace] };
}
