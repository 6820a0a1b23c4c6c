/** Webhooks over HTTP: what is sent to whom, in what form, and how it can be looked after. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { nothing, openReceiver, type Receiver, until } from '../receiver.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, runScenarios, send } from './scenario.ts';

let app: RunningApp;
let receiver: Receiver;
beforeEach(async () => {
  app = await openTestApp({ REVERIE_OUTGOING_PRIVATE: '127.0.0.1' });
  receiver = await openReceiver();
});
afterEach(async () => {
  await app.close();
  await receiver.close();
});

async function call(method: string, path: string, body?: unknown, key = rootKey) {
  const { json, response, text } = await send(app, {
    key,
    method,
    path,
    ...(body ? { body } : {}),
  });
  if (response.status >= 400) throw new Error(`${method} ${path}: ${text}`);
  return json();
}

const create = (more: object = {}, key = rootKey) =>
  call('POST', '/v1/webhooks', { url: receiver.url, ...more }, key);
const store = (value: string, more: object = {}) =>
  call('POST', '/v1/memory-set', { value, ...more });
const told = () =>
  receiver.received.map(({ body }) => [body.event, body.data.memory_id, body.data.version]);

describe('what is sent', () => {
  it('tells of every change of a memory, in order, by ids', async () => {
    await store('From before the webhook.', { key: 'old' });
    // Of what happens in the same millisecond nobody can say that it was before.
    await new Promise((resolve) => setTimeout(resolve, 2));
    await create();
    const first = await store('I live in Lisbon.', { key: 'home', mode: 'replace' });
    const second = await store('I live in Porto.', { key: 'home', mode: 'replace' });
    await call('PATCH', `/v1/memory/${second.id}`, { tags: ['city'] });
    await call('POST', `/v1/memory/${second.id}/archive`);
    await call('POST', `/v1/memory/${second.id}/restore`);
    await receiver.atLeast(6);
    await call('DELETE', `/v1/memory/${first.id}`);
    await receiver.atLeast(7);
    expect(told().filter(([, id]) => id === second.id)).toEqual([
      ['memory.created', second.id, 2],
      ['memory.updated', second.id, 3],
      ['memory.archived', second.id, 4],
      ['memory.updated', second.id, 5],
    ]);
    expect(told().at(-1)?.slice(0, 2)).toEqual(['memory.deleted', first.id]);
    const seqs = receiver.received.map(({ body }) => Number(body.data.seq));
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    const created = receiver.received.find(({ body: { data } }) => data.memory_id === second.id);
    const { body, headers, raw } = created ?? nothing;
    expect(body).toMatchObject({
      id: expect.stringMatching(/^evt_[0-9a-f-]{36}$/),
      event: 'memory.created',
      timestamp: expect.any(String),
      data: { namespace: 'default', key: 'home', kind: 'fact', supersedes: first.id },
    });
    expect(raw).not.toContain('Porto');
    expect(headers['x-reverie-event-id']).toBe(body.id);
  });

  it('tells what becomes of a dream', async () => {
    await create({ events: ['dream.*'] });
    await store('Nothing to consolidate.');
    const { dream } = await call('POST', '/v1/dreams', { wait_ms: 10_000 });
    await receiver.atLeast(1);
    const { body } = receiver.received[0] ?? nothing;
    expect(body).toMatchObject({
      event: expect.stringMatching(/^dream\.(planned|failed)$/),
      data: { namespace: 'default', dream_id: dream.id },
    });
    expect(body.data.memory_id).toBeUndefined();
  });

  it('sends content only where it was asked for', async () => {
    await create({ include: ['value'] });
    await store('I live in Porto.', { tags: ['city'], metadata: { plan: 'pro' } });
    await receiver.atLeast(1);
    expect(receiver.received[0]?.body.data).toMatchObject({
      value: 'I live in Porto.',
      content: 'I live in Porto.',
      tags: ['city'],
      metadata: { plan: 'pro' },
    });
  });

  it('sends what was asked for, and from the named namespaces', async () => {
    await create({ events: ['memory.deleted'], namespaces: ['user-*'] });
    const { id } = await store('a', { namespace: 'user-1' });
    const other = await store('b', { namespace: 'team' });
    await call('DELETE', `/v1/memory/${other.id}`);
    await call('DELETE', `/v1/memory/${id}`);
    await receiver.atLeast(1);
    expect(told()).toEqual([['memory.deleted', id, 2]]);
  });

  it('is signed over the raw bytes, for both kinds of receivers', async () => {
    const { secret } = await create();
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    await store('a');
    await receiver.atLeast(1);
    const { headers, raw } = receiver.received[0] ?? nothing;
    const sign = (text: string, by = secret) => createHmac('sha256', by).update(text).digest('hex');
    expect(headers['x-rem-signature']).toBe(sign(raw));
    const [, t] = /^t=(\d+),v1=/.exec(String(headers['x-reverie-signature'])) ?? [];
    expect(headers['x-reverie-signature']).toBe(`t=${t},v1=${sign(`${t}.${raw}`)}`);
    expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(10);
  });

  it('tells once that a namespace was deleted', async () => {
    await create({ events: ['namespace.deleted'] });
    await store('a', { namespace: 'gone' });
    await call('DELETE', '/v1/namespaces/gone?confirm=true');
    await receiver.atLeast(1);
    expect(receiver.received[0]?.body).toMatchObject({
      event: 'namespace.deleted',
      data: { namespace: 'gone' },
    });
    await store('b', { namespace: 'gone' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.received).toHaveLength(1);
  });
});

describe('who is told', () => {
  const grant = (permissions: string[], namespaces: string[]) => ({
    grants: [{ permissions, namespaces }],
  });

  it('sees what its key may read, and nothing of the application without leave', async () => {
    const weak = await call('POST', '/v1/keys', grant(['read', 'write'], ['team']));
    const strong = await call('POST', '/v1/keys', grant(['read', 'system'], ['team']));
    const second = await openReceiver();
    await create({}, weak.key);
    await create({ url: second.url, namespaces: ['team'] }, strong.key);
    await store('secret', { namespace: 'other' });
    const system = await store('rule', { namespace: 'team', audience: 'system' });
    const user = await store('a', { namespace: 'team' });
    await second.atLeast(2);
    await receiver.atLeast(1);
    await call('DELETE', `/v1/memory/${system.id}`);
    await call('DELETE', `/v1/memory/${user.id}`);
    await second.atLeast(4);
    await receiver.atLeast(2);
    expect(told().map(([, id]) => id)).toEqual([user.id, user.id]);
    await second.close();
  });

  it('is told nothing more when the key is revoked, and GET says why', async () => {
    const weak = await call('POST', '/v1/keys', grant(['read', 'write'], ['team']));
    const { webhook } = await create({}, weak.key);
    await store('a', { namespace: 'team' });
    await receiver.atLeast(1);
    await call('DELETE', `/v1/keys/${weak.api_key.id}`);
    await store('b', { namespace: 'team' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(receiver.received).toHaveLength(1);
    const { results } = await call('GET', '/v1/webhooks');
    expect(results).toMatchObject([{ id: webhook.id, state: 'no_key' }]);
    // It is not the key of whoever asks that is not known.
    const ping = await call('POST', `/v1/webhooks/${webhook.id}/test`);
    expect(ping).toMatchObject({ delivered: false, attempt: { error: 'stopped' } });
    expect(receiver.received).toHaveLength(1);
  });

  it('is not another tenant, and not a namespace that the key may not read', async () => {
    const { key } = await call('POST', '/v1/admin/tenants', { name: 'Acme' });
    const { webhook } = await create({}, key);
    await store('of the root tenant');
    await call('POST', '/v1/memory-set', { value: 'of Acme' }, key);
    await receiver.atLeast(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.received).toHaveLength(1);
    expect((await send(app, { path: `/v1/webhooks/${webhook.id}` })).response.status).toBe(404);
  });
});

describe('looking after a webhook', () => {
  it('sends a ping, and tells what became of it', async () => {
    const { webhook } = await create({ events: ['memory.deleted'] });
    const path = `/v1/webhooks/${webhook.id}`;
    expect(await call('POST', `${path}/test`)).toMatchObject({ delivered: true });
    receiver.answer = () => 500;
    const failed = await call('POST', `${path}/test`);
    expect(failed).toMatchObject({ delivered: false, attempt: { status: 500, error: null } });
    expect(receiver.received[0]?.body.event).toBe('ping');
    const { results } = await call('GET', `${path}/deliveries`);
    expect(results.map(({ state }: { state: string }) => state)).toEqual(['failed', 'delivered']);
  });

  it('tries again what failed, with the same id, and the rest goes on', async () => {
    const { webhook } = await create();
    receiver.answer = ({ body }) => (body.data.key === 'bad' && isDown ? 503 : 204);
    let isDown = true;
    await store('a', { key: 'bad' });
    await store('b');
    await receiver.atLeast(2);
    const path = `/v1/webhooks/${webhook.id}/deliveries`;
    await until(async () => (await call('GET', `${path}?state=waiting`)).count === 1);
    const [waiting] = (await call('GET', `${path}?state=waiting`)).results;
    expect(waiting).toMatchObject({
      attempts: 1,
      last_attempt: { status: 503 },
      next_attempt_at: expect.any(String),
    });
    isDown = false;
    await call('POST', `${path}/${waiting.id}/redeliver`);
    await until(async () => (await call('GET', `${path}?state=waiting`)).count === 0);
    const ids = receiver.received.map(({ body }) => body.id);
    expect(ids.filter((id) => id === waiting.id)).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    const delivered = ids.find((id) => id !== waiting.id);
    const before = receiver.received.length;
    await call('POST', `${path}/${delivered}/redeliver`);
    await receiver.atLeast(before + 1);
    expect(receiver.received.at(-1)?.body.id).toBe(delivered);
  });

  it('does not send what was forgotten while it waited', async () => {
    const { webhook } = await create({ include: ['value'], events: ['memory.created'] });
    receiver.answer = () => 503;
    const { id } = await store('My number is 42.');
    await receiver.atLeast(1);
    const path = `/v1/webhooks/${webhook.id}/deliveries`;
    await until(async () => (await call('GET', `${path}?state=waiting`)).count === 1);
    await call('DELETE', `/v1/memory/${id}`);
    const [{ id: delivery }] = (await call('GET', path)).results;
    await call('POST', `${path}/${delivery}/redeliver`);
    await until(async () => (await call('GET', `${path}?state=waiting`)).count === 0);
    expect(receiver.received).toHaveLength(1);
  });

  it('goes on where it stopped when it was switched off', async () => {
    const { webhook } = await create();
    const path = `/v1/webhooks/${webhook.id}`;
    expect((await call('PATCH', path, { enabled: false })).webhook.state).toBe('disabled');
    await store('a');
    await store('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.received).toHaveLength(0);
    expect((await call('PATCH', path, { enabled: true })).webhook.state).toBe('active');
    await receiver.atLeast(2);
  });

  it('signs with both secrets while they overlap', async () => {
    const { webhook, secret } = await create({ secret: 'a-secret-of-my-own-choice' });
    expect(secret).toBe('a-secret-of-my-own-choice');
    const path = `/v1/webhooks/${webhook.id}`;
    const rotated = await call('POST', `${path}/rotate?overlap_seconds=60`);
    await store('a');
    await receiver.atLeast(1);
    const { headers, raw } = receiver.received[0] ?? nothing;
    const [t = '', ...signed] = String(headers['x-reverie-signature']).split(',');
    const wanted = [rotated.secret, secret].map((one) => {
      const text = `${t.slice(2)}.${raw}`;
      return `v1=${createHmac('sha256', one).update(text).digest('hex')}`;
    });
    expect(signed).toEqual(wanted);
    expect(rotated.secret).not.toBe(secret);
    expect(JSON.stringify(await call('GET', path))).not.toContain(rotated.secret);
  });

  it('is gone with all that it kept', async () => {
    const { webhook } = await create();
    await call('DELETE', `/v1/webhooks/${webhook.id}`);
    await store('a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.received).toHaveLength(0);
    expect((await call('GET', '/v1/webhooks')).results).toEqual([]);
    const actions = (await call('GET', '/v1/audit')).results;
    expect(actions.map(({ action }: { action: string }) => action).slice(0, 2)).toEqual([
      'webhook.deleted',
      'webhook.created',
    ]);
  });

  it('counts attempts', async () => {
    await create();
    await store('a');
    await receiver.atLeast(1);
    await until(async () => {
      const { text } = await send(app, { path: '/metrics' });
      return text.includes('reverie_webhook_attempts_total{outcome="delivered"} 1');
    });
  });
});

describe('refusals', () => {
  const create = { method: 'POST', path: '/v1/webhooks' };
  const url = 'https://example.com/hook';
  runScenarios(
    () => app,
    [
      {
        ...create,
        name: 'plain http',
        body: { url: 'http://example.com' },
        status: 400,
        code: 'invalid_url',
      },
      {
        ...create,
        name: 'a private address',
        body: { url: 'https://10.0.0.1' },
        status: 400,
        code: 'invalid_url',
      },
      {
        ...create,
        name: 'an unknown event',
        body: { url, events: ['dream.forgotten'] },
        status: 400,
        code: 'invalid_request',
      },
      {
        ...create,
        name: 'a short secret',
        body: { url, secret: 'short' },
        status: 400,
        code: 'invalid_request',
      },
      {
        name: 'a missing webhook',
        path: '/v1/webhooks/whk_x',
        status: 404,
        code: 'webhook_not_found',
      },
    ],
  );

  it('has no delivery that is not there', async () => {
    const { webhook } = await call('POST', '/v1/webhooks', { url: receiver.url });
    const path = `/v1/webhooks/${webhook.id}/deliveries/evt_x/redeliver`;
    const { response, json } = await send(app, { method: 'POST', path });
    expect(response.status).toBe(404);
    expect(json().error.code).toBe('delivery_not_found');
  });

  it('has at most so many', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 51; i++) {
      answers.push((await send(app, { path: '/v1/webhooks', body: { url } })).response.status);
    }
    expect(answers.slice(0, 50).every((status) => status === 201)).toBe(true);
    expect(answers[50]).toBe(409);
    const { json } = await send(app, { path: '/v1/webhooks', body: { url } });
    expect(json().error.code).toBe('too_many_webhooks');
  });
});
