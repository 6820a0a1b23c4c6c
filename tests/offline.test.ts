/** Without an embedder or a language model of others nothing leaves the process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServerProcess, serveProcess } from './serve-process.ts';
import { root } from './source-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-offline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A server that may open no socket to anybody; what it tried is in the lines. */
async function serveTrapped(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const trap = pathToFileURL(join(root, 'tests/trap-sockets.mjs')).href;
  return serveProcess(folder, 'ann', {
    NODE_OPTIONS: `--import=${trap}`,
    SOCKET_TRAP: join(folder, 'trap.log'),
    REVERIE_LARGE_NAMESPACE: '1000',
    ...settings,
  });
}

const lines = (word: string): string[] =>
  readFileSync(join(folder, 'trap.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(word));

test('a server as it comes opens no socket and asks for no name', async () => {
  const server = await serveTrapped({ REVERIE_LLM: 'none', REVERIE_EMBEDDER: 'builtin' });
  try {
    await useAll(server);
  } finally {
    await server.stop('SIGTERM');
  }
  expect(lines('out')).toEqual([]);
  // The main thread, the one that writes, and the one that searches large namespaces.
  expect(lines('armed').length).toBeGreaterThanOrEqual(3);
});

test('the trap sees one that does', async () => {
  const server = await serveTrapped({
    REVERIE_EMBEDDER: 'openai-compatible',
    REVERIE_EMBEDDER_MODEL: 'test-model',
    REVERIE_EMBEDDER_DIMENSION: '64',
    REVERIE_EMBEDDER_URL: 'http://embedder.internal:8080/v1',
  });
  try {
    await server.client.store({ value: 'Ann plays the violin.' });
  } finally {
    await server.stop('SIGTERM');
  }
  expect(lines('out').length).toBeGreaterThan(0);
});

/** What a user does in a day, in a small and in a large namespace. */
async function useAll({ client }: ServerProcess): Promise<void> {
  const stored = await client.store({ key: 'job', value: 'Ann plays the violin in Oslo.' });
  await client.store({ key: 'job', value: 'Ann teaches the violin in Lisbon.' });
  const found = await client.recall('Who plays the violin?');
  expect(found.results[0]?.value).toContain('violin');
  await client.context('Where does Ann live?');
  await client.listPage({ limit: 10 });
  for (const part of [0, 1]) {
    const items = Array.from({ length: 550 }, (_, i) => ({
      value: `note ${i} of part ${part}`,
      namespace: 'large',
    }));
    await client.storeMany(items);
  }
  const large = await client.recall({ query: 'note 77 of part 1', namespace: 'large' });
  expect(large.results.length).toBeGreaterThan(0);
  for (const namespace of ['ann', 'large']) {
    const dream = await client.dream({ namespace });
    expect(dream.error).toBeNull();
    if (dream.status !== 'planned') continue;
    await client.applyDream(dream.id);
    await client.undoDream(dream.id);
  }
  await client.forget({ id: stored.memory?.id ?? '' });
}
