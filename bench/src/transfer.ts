/**
 * `npm run bench:transfer`: a namespace as a whole. How fast it goes out and in, is compared,
 * restored and audited, what memory that takes, and how late the server's event loop is meanwhile.
 */
import { createWriteStream, openAsBlob, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient, type ReverieClient } from '@reverie/sdk';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { numberField } from './lib/json.ts';
import { type Cell, formatTable } from './lib/results.ts';
import { type ServerProcess, startServer } from './lib/server.ts';
import { turn } from './load/store.ts';

const { values: options } = parseArgs({
  options: { memories: { type: 'string', default: '200000' } },
});
const memories = Number(options.memories);
const hook = fileURLToPath(new URL('./lib/event-loop-hook.js', import.meta.url));
/** Restoring and comparing a large namespace takes its time. */
const patient = { timeoutMs: 60 * 60 * 1000 };

const columns = [
  'what',
  'memories',
  'seconds',
  'a second',
  'loop p99 ms',
  'loop max ms',
  'peak MB',
];
const rows: Cell[][] = [];

/** `work` resolves with how many memories it was about. */
async function measure(
  server: ServerProcess,
  what: string,
  work: () => Promise<number>,
): Promise<void> {
  await server.ask('event-loop-reset');
  const startedAt = performance.now();
  const count = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const delay = await server.ask('event-loop-read');
  const read = (name: string): string => (numberField(delay, name) ?? Number.NaN).toFixed(1);
  const peak = Math.round(numberField(delay, 'peakMb') ?? Number.NaN);
  const rate = Math.round(count / seconds);
  rows.push([what, count, seconds.toFixed(1), rate, read('p99'), read('max'), peak]);
  console.error(`${what}: ${count} in ${seconds.toFixed(1)} s`);
}

function* lines(): Generator<string> {
  for (let n = 0; n < memories; n += 1) {
    const { value, occurred_at } = turn(n);
    // A fifth are facts, of which most take the place of another.
    const key = n % 5 === 0 ? { key: `fact ${n % (memories / 10)}` } : {};
    yield `${JSON.stringify({ value, occurred_at, tags: [`tag ${n % 7}`], ...key })}\n`;
  }
}

/** As long as a memory may be, and each like the one before: what costs an audit most. */
function* longLines(): Generator<string> {
  const words = Array.from({ length: 900 }, (_, i) => turn(i).value).join(' ');
  for (let n = 0; n < memories / 200; n += 1) {
    const value = `Report ${n}. ${words}`.slice(0, 32_000);
    yield `${JSON.stringify({ value, metadata: { note: words.slice(0, 15_000) } })}\n`;
  }
}

async function run(server: ServerProcess, client: ReverieClient, folder: string): Promise<void> {
  const [source, exported, long] = ['source', 'exported', 'long'].map((name) => join(folder, name));
  if (!source || !exported || !long) return;
  await pipeline(Readable.from(lines()), createWriteStream(source));
  await pipeline(Readable.from(longLines()), createWriteStream(long));
  const bring = async (file: string, namespace: string) =>
    (await client.importNamespace((await openAsBlob(file)).stream(), { namespace })).lines;
  const audit = async (namespace: string) => (await client.audit({ namespace })).lookedAt;

  await measure(server, 'import, lines of a store', () => bring(source, 'whole'));
  await measure(server, 'the same again, all present', () => bring(source, 'whole'));
  await measure(server, 'export', async () => {
    await pipeline(client.exportNamespace({ namespace: 'whole' }), createWriteStream(exported));
    return memories;
  });
  const { id } = await client.createSnapshot('all', { namespace: 'whole' });
  await measure(server, 'import of that export', () => bring(exported, 'copy'));
  await client.importNamespace((await openAsBlob(source)).stream(), {
    namespace: 'whole',
    importId: 'second',
  });
  await measure(server, 'compare with a snapshot', async () => {
    const { counts } = await client.compareSnapshot(id, { namespace: 'whole' }, patient);
    return counts?.added ?? 0;
  });
  await measure(server, 'restore of the snapshot', async () => {
    const done = await client.restoreSnapshot(id, { namespace: 'whole' }, patient);
    return done.archived + done.restored;
  });
  await measure(server, 'audit', () => audit('whole'));
  await bring(long, 'long');
  await measure(server, 'audit, all as long as can be', () => audit('long'));
}

const [dataDir, files] = [makeTempFolder('transfer'), makeTempFolder('transfer-files')];
const server = await startServer({ dataDir, nodeArgs: ['--import', hook] });
try {
  const client = createClient({ baseUrl: server.url, apiKey: server.key });
  await run(server, client, files);
} finally {
  await server.stop();
  for (const folder of [dataDir, files]) rmSync(folder, { recursive: true, force: true });
}
console.log(formatTable({ title: 'A namespace as a whole', columns, rows }));
console.log(JSON.stringify(describeEnvironment()));
