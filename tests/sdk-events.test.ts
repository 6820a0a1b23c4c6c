/** Webhooks and events through the SDK and the command, against the real product. */
import { createClient, type EventItem, ReverieError, verifyWebhook } from '@reverie/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningApp } from '../packages/server/src/compose.ts';
import { openTestApp } from './http/open-test-app.ts';
import { rootKey } from './http/scenario.ts';
import { nothing, openReceiver, type Receiver, until } from './receiver.ts';

let app: RunningApp;
let receiver: Receiver;
beforeEach(async () => {
  app = await openTestApp({ REVERIE_OUTGOING_PRIVATE: '127.0.0.0/8' });
  receiver = await openReceiver();
});
afterEach(async () => {
  await app.close();
  await receiver.close();
});

type Fetch = (request: Request) => Response | Promise<Response>;
const clientWith = (fetch: Fetch = (request) => app.fetch(request), apiKey = rootKey) =>
  createClient({ fetch, apiKey, namespace: 'ann', retries: 0 });

it('looks after webhooks, and verifies what the server sends', async () => {
  const reverie = clientWith();
  const { secret, webhook } = await reverie.createWebhook({
    ...{ url: receiver.url, include: ['value'], namespaces: ['ann'], description: 'mine' },
  });
  expect(webhook).toMatchObject({ state: 'active', events: ['*'], description: 'mine' });
  const { id } = await reverie.store({ value: 'I live in Porto.', key: 'home', tags: ['é'] });
  await receiver.atLeast(1);
  const { raw, headers } = receiver.received[0] ?? nothing;
  const event = await verifyWebhook(raw, headers, secret);
  expect(event).toMatchObject({
    ...{ type: 'memory.created', memoryId: id, key: 'home', namespace: 'ann', version: 1 },
    memory: { value: 'I live in Porto.', tags: ['é'] },
  });
  await expect(verifyWebhook(raw.replace('Porto', 'Lisbon'), headers, secret)).rejects.toThrow(
    'signature',
  );
  const ping = await reverie.testWebhook(webhook.id);
  expect(ping).toMatchObject({ delivered: true, status: 204 });
  const made = receiver.received.at(-1) ?? nothing;
  expect(await verifyWebhook(made.raw, made.headers, secret)).toMatchObject({ type: 'ping' });
  const deliveries = await reverie.webhookDeliveries(webhook.id);
  expect(deliveries.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  expect(await reverie.redeliver(webhook.id, event.id)).toMatchObject({ state: 'waiting' });
  await receiver.atLeast(3);
  expect(receiver.received[2]?.body.id).toBe(event.id);
  const rotated = await reverie.rotateWebhook(webhook.id, { overlapSeconds: 60 });
  await reverie.store('b');
  await receiver.atLeast(4);
  const last = receiver.received.at(-1) ?? nothing;
  for (const one of [secret, rotated.secret]) {
    await expect(verifyWebhook(last.raw, last.headers, one)).resolves.toBeDefined();
  }
  expect((await reverie.enableWebhook(webhook.id, false)).state).toBe('disabled');
  expect(await reverie.webhooks()).toHaveLength(1);
  expect((await reverie.webhook(webhook.id)).formerSecretUntil).not.toBeNull();
  await reverie.deleteWebhook(webhook.id);
  await expect(reverie.webhook(webhook.id)).rejects.toMatchObject({ code: 'webhook_not_found' });
});

it('follows a namespace over connections that break, without a gap', async () => {
  const writer = clientWith();
  let connections = 0;
  const flaky: Fetch = async (request) => {
    const response = await app.fetch(request);
    connections += 1;
    return new Response(response.body?.pipeThrough(cutAfter(3)), response);
  };
  const stop = new AbortController();
  const items: EventItem[] = [];
  const following = (async () => {
    for await (const item of clientWith(flaky).events({}, stop)) items.push(item);
  })();
  await until(() => connections > 0);
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) ids.push((await writer.store(`turn ${i}`)).id);
  await until(() => items.length === 6);
  expect(items.map((item) => item.kind === 'event' && item.event.memoryId)).toEqual(ids);
  expect(connections).toBeGreaterThan(1);
  stop.abort();
  await following;
});

/** A connection that is lost after so many parts. */
function cutAfter(count: number): TransformStream<Uint8Array, Uint8Array> {
  let parts = 0;
  return new TransformStream({
    transform(part, controller) {
      parts += 1;
      if (parts > count) controller.error(new TypeError('terminated'));
      else controller.enqueue(part);
    },
  });
}

it('stops following when the key may read no more', async () => {
  const { key, apiKey } = await clientWith().createKey({ label: 'a' });
  const following = (async () => {
    for await (const item of clientWith(undefined, key).events()) expect(item).toBeUndefined();
  })();
  const outcome = following.catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await clientWith().revokeKey(apiKey.id);
  const error = await outcome;
  expect(ReverieError.isInstance(error) && error.code).toBe('invalid_api_key');
});

it('says reset where the cursor leads nowhere', async () => {
  const reverie = clientWith();
  await reverie.store('a');
  for await (const item of reverie.events({ after: '99-1' })) {
    expect(item).toMatchObject({ kind: 'reset', reason: 'cursor_unknown' });
    break;
  }
});

it('reads what is written with any separators', async () => {
  const reverie = clientWith();
  const value = 'One line\u2028another\u2029a third\u0085and\r\n\r\nmore';
  await reverie.store({ value, key: 'a\u2028b', tags: ['x\u2029y'] });
  for await (const item of reverie.events({ after: '0', include: ['value'] })) {
    expect(item).toMatchObject({
      event: { key: 'a\u2028b', memory: { value, tags: ['x\u2029y'] } },
    });
    break;
  }
}, 3000);
