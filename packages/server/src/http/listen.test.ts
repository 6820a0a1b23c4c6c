import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listen } from './listen.ts';

const budgets = { headersMs: 200, keepAliveMs: 200, stalledMs: 200 };
const open: { listening: Listening | undefined; sockets: Socket[] } = {
  listening: undefined,
  sockets: [],
};

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  await open.listening?.close(0);
});

type Answer = (request: Request) => Response | Promise<Response>;

async function start(answer: Answer): Promise<URL> {
  open.listening = await listen(answer, { port: 0, host: '127.0.0.1', budgets });
  return new URL(open.listening.url);
}

/** Resolves with all that was received when the other side has closed. */
function speak(
  { port }: URL,
  text: string,
  reads = true,
): { socket: Socket; end: Promise<string> } {
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
  open.sockets.push(socket);
  let received = '';
  if (reads) socket.on('data', (chunk) => (received += chunk));
  socket.on('error', () => {});
  return { socket, end: new Promise((resolve) => socket.on('close', () => resolve(received))) };
}

const echo: Answer = async (request) => new Response(await request.text());

test('a connection that says nothing is closed', async () => {
  const url = await start(echo);
  expect(await speak(url, '').end).toMatch(/^(HTTP\/1.1 408 |$)/);
});

test('headers that come a byte at a time are cut off', async () => {
  const url = await start(echo);
  const { socket, end } = speak(url, 'GET / HTTP/1.1\r\nHost: a\r\n');
  const drip = setInterval(() => socket.write('X: 1\r\n'), 20);
  expect(await end).toMatch(/^HTTP\/1.1 408 [\s\S]*"request_timeout"/);
  clearInterval(drip);
});

test('a body that stands still is cut off', async () => {
  const url = await start(echo);
  const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf';
  expect(await speak(url, request).end).not.toContain('200');
});

test('an idle connection is closed after its answer', async () => {
  const url = await start(echo);
  const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nwell';
  expect(await speak(url, request).end).toMatch(/^HTTP\/1.1 200 [\s\S]*well$/);
});

test('a reader that does not read is cut off, and its stream ends', async () => {
  let isCancelled: () => void = () => {};
  const cancelled = new Promise<void>((resolve) => {
    isCancelled = resolve;
  });
  const url = await start(() => {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new Uint8Array(1024 * 1024));
    return new Response(new ReadableStream({ pull, cancel: () => isCancelled() }));
  });
  const { socket } = speak(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', false);
  socket.pause();
  await cancelled;
});

test('work that takes long is no reason to cut anybody off', async () => {
  const url = await start(async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return new Response('done');
  });
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  expect(await speak(url, request).end).toContain('done');
});

test('an end answers what is under way, and takes nothing new', async () => {
  let answer: (response: Response) => void = () => {};
  let isAsked: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const url = await start(() => {
    isAsked();
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const { end } = speak(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await asked;
  const closed = open.listening?.close(5_000);
  await expect(fetch(url)).rejects.toThrow();
  answer(new Response('to the end'));
  expect(await end).toContain('to the end');
  await closed;
});

test('an end does not wait for what never ends', async () => {
  const url = await start(() => new Promise(() => {}));
  const { end } = speak(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await open.listening?.close(50);
  expect(await end).toBe('');
});

test('a port that is taken is named', async () => {
  const { port } = await start(echo);
  await expect(listen(echo, { port: Number(port), host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'setting_invalid',
    message: expect.stringContaining(port),
  });
});

test.each([
  ['what is no HTTP', 'PUSH IT\r\n\r\n', 400, 'invalid_http'],
  ['a header that is none', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400, 'invalid_http'],
  ['a request for no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'invalid_http'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'invalid_http'],
  ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n', 400, 'invalid_http'],
  ['long headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['a proxy', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'route_not_found'],
])('%s is refused with a code', async (_, request, status, code) => {
  const text = await speak(await start(echo), request).end;
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const answer = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
  expect(answer.error).toMatchObject({ code, message: expect.any(String) });
});

test('an answer that has begun is not followed by another one', async () => {
  const early = new TextEncoder().encode('early');
  const endless = () => new ReadableStream({ start: (stream) => stream.enqueue(early) });
  const url = await start(() => new Response(endless()));
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const { socket, end } = speak(url, head);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('zz\r\n');
  const text = await end;
  expect(text).toContain('early');
  expect(text.match(/HTTP\/1.1 \d/g)).toHaveLength(1);
});
