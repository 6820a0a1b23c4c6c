/**
 * Measures what a backup costs those who store and search meanwhile: response times before and
 * during backups of a running server, in one run.
 *
 *     node packages/server/scripts/measure-backup.mjs [memories] [seconds]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@reverie/sdk';
import { keepFile } from '../dist/backends/files/keep-file.js';

const [memories = 50_000, seconds = 20] = process.argv.slice(2).map(Number);
const command = fileURLToPath(new URL('../bin/reverie.mjs', import.meta.url));
const apiKey = 'measure-backup-root-key-of-its-own';
const words = 'tulips clocks Lisbon spiders cello mountain harbour recipe tax winter garden'.split(
  ' ',
);
const word = () => words[Math.floor(Math.random() * words.length)];
const text = () => Array.from({ length: 24 }, word).join(' ');
const folder = mkdtempSync(join(tmpdir(), 'reverie-measure-'));

const server = spawn(process.execPath, [command, 'serve', '--port', '0'], {
  env: { ...process.env, REVERIE_DATA_DIR: join(folder, 'data'), REVERIE_ROOT_KEY: apiKey },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const baseUrl = await new Promise((resolve, reject) => {
    server.on('exit', () => reject(new Error('The server ended.')));
    server.stdout.on('data', (part) => {
      const found = /Reverie is at (http\S+)/.exec(String(part));
      if (found) resolve(found[1]);
    });
  });
  await measure(createClient({ baseUrl, apiKey, namespace: 'measure' }));
} finally {
  server.removeAllListeners('exit');
  server.kill('SIGTERM');
  await new Promise((resolve) => server.on('exit', resolve));
  rmSync(folder, { recursive: true });
}

async function measure(client) {
  for (let at = 0; at < memories; at += 1000) {
    await client.storeMany(Array.from({ length: 1000 }, () => ({ value: text() })));
  }
  await client.recall('tulips');
  const before = await timed(client, () => sleep(seconds * 1000));
  const took = [];
  const during = await timed(client, async () => {
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const start = performance.now();
      await keepFile(join(folder, 'one.tar'), client.backup(), async () => undefined);
      took.push(performance.now() - start);
    }
  });
  const megabytes = statSync(join(folder, 'one.tar')).size / 1e6;
  const mean = took.reduce((sum, ms) => sum + ms, 0) / took.length / 1000;
  const rows = { before, during };
  const backups = `${took.length} backups of ${mean.toFixed(1)} s`;
  console.log(`${memories} memories, ${megabytes.toFixed(0)} MB, ${backups}`);
  for (const [name, { stores, searches }] of Object.entries(rows)) {
    console.log(`${name.padEnd(7)} stores ${told(stores)}   searches ${told(searches)}`);
  }
}

/** One caller stores and one searches, each as fast as it is answered. */
async function timed(client, run) {
  let isOver = false;
  const loop = async (ask) => {
    const times = [];
    while (!isOver) {
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
  };
  const stores = loop(() => client.store(text()));
  const searches = loop(() => client.recall(`${word()} ${word()}`));
  await run();
  isOver = true;
  return { stores: await stores, searches: await searches };
}

function told(times) {
  const at = (share) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  return `n ${times.length} p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1 - 1e-9)} ms`;
}
