/** A server as a process of its own is told to stop, or to read its certificate again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const rootKey = 'test-root-key-of-enough-length';
const withKey = { Authorization: `Bearer ${rootKey}` };
let folder: string;
let child: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-shutdown-'));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

/** Resolves with the address that it tells. */
function serve(env: Record<string, string> = {}): Promise<string> {
  const own = { REVERIE_ROOT_KEY: rootKey, REVERIE_DATA_DIR: folder, REVERIE_LOG_LEVEL: 'silent' };
  child = spawn(process.execPath, [command, 'serve', '--port', '0'], {
    cwd: folder,
    env: { ...Object.fromEntries(foreign), ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    child.stdout?.on('data', (part) => {
      const url = /Reverie is at (http\S+)/.exec(String(part))?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

const body = JSON.stringify({ value: 'The heron waits for the tide.' });

/** A store whose body has not come yet, and the status that it will get. */
async function beginStore(url: string): Promise<[ClientRequest, Promise<number>]> {
  const headers = { ...withKey, 'Content-Length': String(body.length), Expect: '100-continue' };
  const store = request(`${url}/v1/memory-set`, { method: 'POST', headers });
  const status = new Promise<number>((resolve) => {
    store.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    store.on('error', () => resolve(0));
  });
  store.flushHeaders();
  await once(store, 'continue');
  return [store, status];
}

/** Until nobody listens any more. */
async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await new Promise<boolean>((resolve) => {
      get(`${url}/health/live`, { agent: false }, (response) => {
        response.resume();
        resolve(false);
      }).on('error', () => resolve(true));
    });
    if (refused) return;
  }
}

it('SIGTERM takes nothing new, answers what is under way, and keeps it', async () => {
  const url = await serve();
  const [store, status] = await beginStore(url);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await untilRefused(url);
  store.end(body);
  expect(await status).toBe(200);
  expect(await ended).toEqual([0, null]);
  const again = await serve();
  const found = await fetch(`${again}/v1/memory?limit=1`, { headers: withKey });
  expect(await found.text()).toContain('heron');
});

it('a request that never ends is cut after REVERIE_SHUTDOWN_MS', async () => {
  const url = await serve({ REVERIE_SHUTDOWN_MS: '100' });
  const [, status] = await beginStore(url);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await status).toBe(0);
});

it('a second signal ends it at once', async () => {
  const url = await serve({ REVERIE_SHUTDOWN_MS: '600000' });
  await beginStore(url);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await untilRefused(url);
  // A signal within the first second counts as the same one, sent twice.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  child.kill('SIGTERM');
  expect(await ended).toEqual([130, null]);
});

it('SIGHUP reads the certificate again, and a bad one changes nothing', async () => {
  const fixture = (name: string) => join(root, 'packages/server/src/http/fixtures', `${name}.pem`);
  const put = (cert: string, key: string) => {
    copyFileSync(fixture(`${cert}-cert`), join(folder, 'cert.pem'));
    copyFileSync(fixture(`${key}-key`), join(folder, 'key.pem'));
  };
  put('first', 'first');
  const url = await serve({ REVERIE_TLS_CERT: 'cert.pem', REVERIE_TLS_KEY: 'key.pem' });
  expect(url).toMatch(/^https:/);
  const nameOf = async () => {
    const to = { host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false };
    const socket: TLSSocket = connect(to);
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
  };
  const told = new Promise((resolve) => child.stderr?.once('data', (part) => resolve(`${part}`)));
  put('first', 'second');
  child.kill('SIGHUP');
  expect(await told).toContain('REVERIE_TLS_CERT');
  expect(await nameOf()).toBe('first.reverie.test');
  put('second', 'second');
  child.kill('SIGHUP');
  while ((await nameOf()) !== 'second.reverie.test');
});
