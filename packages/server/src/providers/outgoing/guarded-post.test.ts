import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createOutgoing } from './guarded-post.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function receiver(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      seen.push(`${request.headers.host} ${text}`);
      answer(response, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, seen };
}

const loopback = [{ address: '127.0.0.1', family: 4 }];
const body = new TextEncoder().encode('hello');
const request = (url: string, timeoutMs = 2000) => ({ url, headers: {}, body, timeoutMs });

test('the connection goes to what was checked, under the name that was asked', async () => {
  const { port, seen } = await receiver((response) => response.writeHead(204).end());
  const outgoing = createOutgoing({
    privateTargets: ['hooks.test'],
    resolve: async () => loopback,
  });
  const url = `http://hooks.test:${port}/x`;
  expect(await outgoing.post(request(url))).toEqual({ status: 204 });
  expect(seen).toEqual([`hooks.test:${port} hello`]);
});

test('a name is resolved once: what it leads to later counts for nothing', async () => {
  const { port, seen } = await receiver((response) => response.end());
  let asked = 0;
  const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '8.8.8.8', family: 4 }]];
  const outgoing = createOutgoing({
    privateTargets: ['127.0.0.2'],
    resolve: async () => answers[Math.min(asked++, 1)] ?? [],
  });
  // The first answer is private, so it is refused though a second look would be public.
  const url = `https://rebinding.test:${port}/`;
  expect(await outgoing.post(request(url))).toEqual({ fault: 'address_not_allowed' });
  expect(asked).toBe(1);
  expect(seen).toEqual([]);
});

test('one private address among public ones is refused', async () => {
  const { port, seen } = await receiver((response) => response.end());
  const outgoing = createOutgoing({
    privateTargets: [],
    resolve: async () => [{ address: '93.184.216.34', family: 4 }, ...loopback],
  });
  const url = `https://mixed.test:${port}/`;
  expect(await outgoing.post(request(url))).toEqual({ fault: 'address_not_allowed' });
  expect(seen).toEqual([]);
});

test.each([
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'https://user:pass@example.com/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://169.254.169.254/latest/meta-data',
  'not a url',
  `https://example.com/${'x'.repeat(2048)}`,
])('%s is refused before anything is asked', (url) => {
  const outgoing = createOutgoing({ privateTargets: [], resolve: () => Promise.reject() });
  expect(() => outgoing.check(url)).toThrow(expect.objectContaining({ code: 'invalid_url' }));
});

test('a redirect is a failure, and is not followed', async () => {
  const { port: elsewhere, seen } = await receiver((response) => response.end());
  const { port } = await receiver((response) =>
    response.writeHead(307, { Location: `http://127.0.0.1:${elsewhere}/` }).end(),
  );
  const outgoing = createOutgoing({ privateTargets: 'allow' });
  const answer = await outgoing.post(request(`http://127.0.0.1:${port}/`));
  expect(answer).toEqual({ fault: 'redirected' });
  expect(seen).toEqual([]);
});

test('an endless answer is cut, and its status counts', async () => {
  const { port } = await receiver((response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  const outgoing = createOutgoing({ privateTargets: 'allow' });
  expect(await outgoing.post(request(`http://127.0.0.1:${port}/`))).toEqual({ status: 200 });
});

test('silence, refusal and missing names are told apart', async () => {
  const { port } = await receiver(() => undefined);
  const outgoing = createOutgoing({ privateTargets: 'allow', resolve: async () => [] });
  expect(await outgoing.post(request(`http://127.0.0.1:${port}/`, 100))).toEqual({
    fault: 'timeout',
  });
  expect(await outgoing.post(request('http://nowhere.test/'))).toEqual({ fault: 'name_not_found' });
  expect(await outgoing.post(request('http://127.0.0.1:1/'))).toEqual({
    fault: 'connection_failed',
  });
  expect(await outgoing.post(request(`https://127.0.0.1:${port}/`))).toMatchObject({
    fault: 'tls_failed',
  });
  const slow = createOutgoing({ privateTargets: 'allow', resolve: () => new Promise(() => {}) });
  expect(await slow.post(request('http://slow.test/', 50))).toEqual({ fault: 'timeout' });
  const stop = AbortSignal.abort();
  const stopped = { ...request(`http://127.0.0.1:${port}/`), signal: stop };
  expect(await outgoing.post(stopped)).toEqual({ fault: 'stopped' });
});

test('the status counts, though the body trickles', async () => {
  const { port } = await receiver((response) => {
    response.writeHead(200).write('a');
  });
  const outgoing = createOutgoing({ privateTargets: 'allow' });
  expect(await outgoing.post(request(`http://127.0.0.1:${port}/`, 5000))).toEqual({ status: 200 });
});

test('a certificate that nobody vouches for is no receiver', async () => {
  const pem = (name: string) =>
    readFileSync(new URL(`../../http/fixtures/${name}`, import.meta.url));
  const keys = { cert: pem('first-cert.pem'), key: pem('first-key.pem') };
  let asked = 0;
  const server = createHttpsServer(keys, (_, response) => {
    asked += 1;
    response.end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const outgoing = createOutgoing({ privateTargets: 'allow' });
  expect(await outgoing.post(request(`https://127.0.0.1:${port}/`))).toEqual({
    fault: 'tls_failed',
  });
  expect(asked).toBe(0);
});

test('the status counts, however the answer breaks off; with none it failed at once', async () => {
  const failed = { fault: 'connection_failed' };
  const answers = [
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nno chunk\r\n',
      { status: 200 },
    ],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab', { status: 200 }],
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', failed],
    ['no HTTP at all\r\n\r\n', failed],
    ['', failed],
  ] as const;
  const outgoing = createOutgoing({ privateTargets: 'allow' });
  for (const [text, told] of answers) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(text, () => setTimeout(cut, 20)));
      const cut = () => socket.resetAndDestroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await outgoing.post(request(`http://127.0.0.1:${port}/`)), text).toEqual(told);
    await new Promise((resolve) => server.close(resolve));
  }
});

test('no connection is used again: each request goes to what was checked for it', async () => {
  const { port } = await receiver((response) => response.end());
  let connections = 0;
  servers.at(-1)?.on('connection', () => {
    connections += 1;
  });
  const outgoing = createOutgoing({ privateTargets: 'allow', resolve: async () => loopback });
  for (let i = 0; i < 2; i++) await outgoing.post(request(`http://one.test:${port}/`));
  expect(connections).toBe(2);
});
