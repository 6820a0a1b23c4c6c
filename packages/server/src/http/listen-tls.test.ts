import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Listening, listen } from './listen.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}.pem`, import.meta.url);
let folder: string;
let listening: Listening;

function put(name: 'first' | 'second'): void {
  copyFileSync(fixture(`${name}-cert`), join(folder, 'cert.pem'));
  copyFileSync(fixture(`${name}-key`), join(folder, 'key.pem'));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-tls-'));
  put('first');
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  listening = await listen(() => new Response('safe'), { port: 0, host: '127.0.0.1', tls });
});
afterEach(async () => {
  await listening.close(0);
  rmSync(folder, { recursive: true });
});

function speak(): Promise<TLSSocket> {
  const { port } = new URL(listening.url);
  return new Promise((resolve, reject) => {
    const options = { port: Number(port), host: '127.0.0.1', rejectUnauthorized: false };
    const socket: TLSSocket = connect(options, () => resolve(socket));
    socket.on('error', reject);
  });
}

const nameOf = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN;

async function ask(socket: TLSSocket): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    socket.once('data', (part) => resolve(`${part}`)),
  );
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  return answer;
}

test('the server speaks https, and a new certificate drops no connection', async () => {
  expect(listening.url).toMatch(/^https:/);
  const early = await speak();
  expect(nameOf(early)).toBe('first.reverie.test');
  put('second');
  listening.reloadTls?.();
  expect(await ask(early)).toContain('200 OK');
  const late = await speak();
  expect(nameOf(late)).toBe('second.reverie.test');
  early.destroy();
  late.destroy();
});

test('files that do not belong together are refused, and the good ones stay', async () => {
  copyFileSync(fixture('second-key'), join(folder, 'key.pem'));
  expect(() => listening.reloadTls?.()).toThrow('REVERIE_TLS_CERT');
  writeFileSync(join(folder, 'cert.pem'), 'nothing');
  expect(() => listening.reloadTls?.()).toThrow('REVERIE_TLS_CERT');
  const socket = await speak();
  expect(nameOf(socket)).toBe('first.reverie.test');
  socket.destroy();
});
