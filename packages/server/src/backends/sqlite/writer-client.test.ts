import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { WriterClient } from './writer-client.ts';
import type { FromWriter, ToWriter } from './writer-protocol.ts';

let channel: MessageChannel;
let client: WriterClient;
beforeEach(() => {
  channel = new MessageChannel();
  client = new WriterClient(channel.port1);
});
afterEach(() => channel.port1.close());

const probe = { kind: 'probe' } as const;
const answer = (message: FromWriter): void => channel.port2.postMessage(message);

test('requests of one turn travel together, and replies find their request', async () => {
  const results = [client.write({ kind: 'deleteControl', key: 'a' }), client.write(probe)];
  const [message]: ToWriter[] = await once(channel.port2, 'message');
  if (message?.type !== 'requests') throw new Error('requests were expected');
  expect(message.requests.map(({ request }) => request.kind)).toEqual(['deleteControl', 'probe']);
  const [first, second] = message.requests.map(({ id }) => id);
  const replies = [
    { id: second ?? 0, ok: true, result: undefined },
    { id: first ?? 0, ok: true, result: true },
  ] as const;
  answer({ type: 'replies', replies });
  expect(await Promise.all(results)).toEqual([true, undefined]);
});

test('too many waiting requests are refused, and the waiting ones stay', async () => {
  const waiting = Array.from({ length: 10_000 }, () => client.write(probe).catch(() => 'ended'));
  await expect(client.write(probe)).rejects.toMatchObject({ code: 'overloaded', status: 503 });
  client.end(new MemoryError('store_unavailable'));
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['ended']));
});

test('too many waiting bytes are refused, but one large request alone is taken', async () => {
  const large = client.write(probe, 100 * 1024 * 1024).catch(() => 'ended');
  await expect(client.write(probe, 1)).rejects.toMatchObject({ code: 'overloaded' });
  client.end(new MemoryError('store_unavailable'));
  expect(await large).toBe('ended');
});

test('the status tells the newest fault until a write succeeds', async () => {
  const replyNext = async (reply: { ok: boolean }): Promise<void> => {
    const [message]: ToWriter[] = await once(channel.port2, 'message');
    if (message?.type !== 'requests') throw new Error('requests were expected');
    const fault = { code: 'disk_full', cause: 'test' } as const;
    const replies = message.requests.map(({ id }) =>
      reply.ok
        ? ({ id, ok: true, result: undefined } as const)
        : ({ id, ok: false, fault } as const),
    );
    answer({ type: 'replies', replies });
  };
  expect(await client.status()).toEqual({ writable: true });
  const failed = client.write(probe);
  void replyNext({ ok: false });
  await expect(failed).rejects.toMatchObject({ code: 'disk_full' });
  void replyNext({ ok: false });
  expect(await client.status()).toEqual({
    writable: false,
    reason: 'The disk is full; nothing was stored.',
  });
  void replyNext({ ok: true });
  expect(await client.status()).toEqual({ writable: true });
});
