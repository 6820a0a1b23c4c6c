import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { MemoryError } from '../domain/errors.ts';
import { readJsonBody, type Turn } from './body.ts';
import type { AppEnv } from './context.ts';
import { errorResponse } from './errors.ts';

let turn: Turn = () => undefined;
const app = new Hono<AppEnv>();
app.post('/', async (context) =>
  context.json({ got: (await readJsonBody(context, 16, 100, turn)).json }),
);
app.onError((error, context) => {
  if (MemoryError.isInstance(error)) return errorResponse(context, error);
  throw error;
});

async function send(
  body: string | ReadableStream<Uint8Array> | null,
): Promise<{ status: number; text: string }> {
  const init: RequestInit = { method: 'POST', body, duplex: 'half' };
  const response = await app.fetch(new Request('http://reverie.test/', init));
  return { status: response.status, text: await response.text() };
}

/** A body without a declared length, in pieces. */
const stream = (pieces: readonly string[], end: 'close' | 'break' = 'close') =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      if (end === 'close') controller.close();
      else controller.error(new Error('aborted'));
    },
  });

test('a body in pieces is put together; no body is an empty object', async () => {
  expect(await send(stream(['{"a"', ':1}']))).toEqual({ status: 200, text: '{"got":{"a":1}}' });
  expect((await send(null)).text).toBe('{"got":{}}');
});

test('a stream is cut off when it is too long', async () => {
  const { status, text } = await send(stream(['{"a":"', 'xxxxxxxxxxxx', 'xxxxxxxx"}']));
  expect(status).toBe(413);
  expect(text).toContain('body_too_large');
});

test('a sender that goes away is no bug of ours', async () => {
  const { status, text } = await send(stream(['{"a"'], 'break'));
  expect(status).toBe(400);
  expect(text).toContain('ended before');
});

test('a body that does not come to its end in time is given up', async () => {
  const slow = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from('{"a":')),
  });
  const { status, text } = await send(slow);
  expect(status).toBe(408);
  expect(text).toContain('request_timeout');
});

test('a body is parsed when it is its turn', async () => {
  let begin = () => {};
  let order = '';
  turn = () => {
    order += 'waits ';
    return new Promise((resolve) => {
      begin = resolve;
    });
  };
  const answer = send('no JSON').then(({ text }) => {
    order += text.includes('invalid_json') ? 'refused' : text;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  order += 'turn ';
  begin();
  await answer;
  turn = () => undefined;
  expect(order).toBe('waits turn refused');
});
