/** A server that logs all it can is told secrets in every way; none of them is in its log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const canary = 'quetzalcanary';
const rootKey = `${canary}-root-key-of-enough-length`;
const folder = mkdtempSync(join(tmpdir(), 'reverie-log-'));
let child: ChildProcess | undefined;

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

/** Large namespaces are searched by another thread, which has a log of its own. */
const env = {
  REVERIE_ROOT_KEY: rootKey,
  REVERIE_DATA_DIR: folder,
  REVERIE_LOG_LEVEL: 'trace',
  REVERIE_LARGE_NAMESPACE: '1000',
  REVERIE_LLM: 'openai-compatible',
  REVERIE_LLM_URL: 'http://127.0.0.1:9/v1',
  REVERIE_LLM_MODEL: 'test-model',
  REVERIE_LLM_API_KEY: `${canary}-llm-key`,
};

it('the log at its most talkative holds no value, key, query or name', async () => {
  child = spawn(process.execPath, [command, 'serve', '--port', '0'], {
    cwd: folder,
    env: { ...Object.fromEntries(foreign), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (part) => {
    log += part;
  });
  const url = await new Promise<string>((resolve) =>
    child?.stdout?.on('data', (part) => {
      const found = /Reverie is at (http\S+)/.exec(String(part))?.[1];
      if (found !== undefined) resolve(found);
    }),
  );
  const statuses = new Set<number>();
  for (const [path, init] of requests()) {
    const response = await fetch(url + path, {
      ...init,
      headers: { Authorization: `Bearer ${rootKey}`, ...init?.headers },
    });
    await response.text();
    statuses.add(response.status);
  }
  // Good ones, and refused ones of several kinds.
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 401, 404]));
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  const lines = log.split('\n').filter(Boolean);
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('msg');
  expect(log.toLowerCase()).not.toContain(canary);
});

function requests(): [string, RequestInit?][] {
  const namespace = canary;
  const post = (body: unknown, headers = {}): RequestInit => ({
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
  const memory = {
    ...{ namespace, value: `A ${canary} waits.`, key: canary, tags: [canary], type: canary },
    metadata: { [canary]: canary },
  };
  const items = Array.from({ length: 600 }, (_, i) => ({ value: `${canary} number ${i}` }));
  const line = JSON.stringify({ value: `An imported ${canary}` });
  const inNamespace = `/v1/namespaces/${namespace}`;
  return [
    ['/v1/memory-set', post(memory, { 'Idempotency-Key': canary })],
    ['/v1/memory-set', post(memory, { 'Idempotency-Key': canary })],
    ['/v1/memory/bulk', post({ namespace, items })],
    ['/v1/memory/bulk', post({ namespace, items })],
    ['/v1/memory/search', post({ namespace, query: `Where is the ${canary}?`, explain: true })],
    [`/v1/memory/search?query=${canary}&namespace=${namespace}`],
    ['/v1/memory/context', post({ namespace, query: canary })],
    [`/v1/memory?namespace=${namespace}&key=${canary}`],
    [inNamespace],
    [`${inNamespace}/export`],
    [`${inNamespace}/export?after=${canary}`],
    [`${inNamespace}/import`, post(`${line}\nno ${canary} json`)],
    [`${inNamespace}/snapshots`, post({ name: canary })],
    ['/v1/forget', post({ namespace, key: canary })],
    ['/v1/keys', post({ label: canary })],
    ['/v1/admin/tenants', post({ name: canary })],
    ['/v1/memory-set', post(`{"value": "${canary}`)],
    ['/v1/memory-set', post({ [canary]: canary })],
    [`/v1/memory/${canary}`],
    [`/${canary}`],
    ['/v1/namespaces', { headers: { Authorization: `Bearer ${canary}-is-not-a-key-at-all` } }],
    ['/v1/namespaces', { headers: { 'X-Forwarded-For': canary, 'User-Agent': canary } }],
  ];
}
