/** A server that is killed between a store and its delivery, and in the middle of one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReceiver, type Receiver, until } from './receiver.ts';
import { type ServerProcess, serveProcess } from './serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-webhooks-'));
let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 3);
const settings = { REVERIE_OUTGOING_PRIVATE: '127.0.0.1' };
const start = (more: Record<string, string> = {}): Promise<ServerProcess> =>
  serveProcess(folder, 'hooks', { ...settings, ...more });

const deliveredIds = (from: number): unknown[] =>
  receiver.received
    .slice(from)
    .filter(({ body }) => body.event === 'memory.created')
    .map(({ body }) => body.data.memory_id);

async function createWebhook({ url }: ServerProcess): Promise<void> {
  const response = await fetch(`${url}/v1/webhooks`, {
    method: 'POST',
    headers: { Authorization: 'Bearer test-root-key-of-enough-length' },
    body: JSON.stringify({ url: receiver.url }),
  });
  expect(response.status).toBe(201);
}

test('nothing that was acknowledged before a kill -9 is left untold', {
  timeout: 60_000 + rounds * 20_000,
}, async () => {
  const first = await start();
  await first.client.store('From before the webhook.');
  await createWebhook(first);
  await first.stop('SIGTERM');
  const acknowledged = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    // Every other round nothing leaves before the kill: then a restart alone must find it.
    const server = await start(round % 2 === 0 ? { REVERIE_WEBHOOKS: 'hold' } : {});
    const end = Date.now() + 300 + Math.random() * 300;
    for (let i = 0; Date.now() < end; i++) {
      const { id } = await server.client.store(`Turn ${round} ${i}.`);
      acknowledged.add(id);
    }
    await server.stop('SIGKILL');
  }
  const last = await start();
  await until(
    () => {
      const told = new Set(deliveredIds(0));
      return [...acknowledged].every((id) => told.has(id));
    },
    () => `${new Set(deliveredIds(0)).size} of ${acknowledged.size} were told`,
  );
  await last.stop('SIGTERM');
  // Of one event there is one id, however often it was sent.
  const byMemory = new Map<unknown, Set<string>>();
  for (const { body } of receiver.received) {
    const ids = byMemory.get(body.data.memory_id) ?? new Set();
    byMemory.set(body.data.memory_id, ids.add(body.id));
  }
  expect([...byMemory.values()].every((ids) => ids.size === 1)).toBe(true);
  expect(byMemory.size).toBe(acknowledged.size);
  // Each kill may cut a delivery in each of the four places of a webhook.
  const twice = deliveredIds(0).length - byMemory.size;
  expect(twice).toBeLessThanOrEqual(rounds * 4);
  const seqs = receiver.received.map(({ body }) => Number(body.data.seq));
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
});

test('a delivery that is cut by a kill -9 comes again with the same id', {
  timeout: 60_000,
}, async () => {
  const server = await start();
  const from = receiver.received.length;
  receiver.answer = () => undefined;
  const { id } = await server.client.store('In the middle of it.');
  await receiver.atLeast(from + 1);
  await server.stop('SIGKILL');
  receiver.answer = () => 204;
  const again = await start();
  await receiver.atLeast(from + 2);
  const [cut, whole] = receiver.received.slice(from);
  expect(whole?.body.data.memory_id).toBe(id);
  expect(whole?.body.id).toBe(cut?.body.id);
  await again.client.store('And on.');
  await receiver.atLeast(from + 3);
  await again.stop('SIGTERM');
  const ids = receiver.received.slice(from).map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(2);
});

test('a namespace that was deleted is told of, though the server was killed at once', {
  timeout: 60_000,
}, async () => {
  const held = await start({ REVERIE_WEBHOOKS: 'hold' });
  await held.client.store({ value: 'a', namespace: 'to be gone' });
  await held.client.forgetNamespace({ namespace: 'to be gone', confirm: true });
  await held.stop('SIGKILL');
  const from = receiver.received.length;
  const server = await start();
  await receiver.atLeast(from + 1);
  expect(receiver.received.at(-1)?.body).toMatchObject({
    event: 'namespace.deleted',
    data: { namespace: 'to be gone' },
  });
  await server.stop('SIGTERM');
});
