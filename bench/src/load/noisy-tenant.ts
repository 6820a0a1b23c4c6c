/**
 * A tenant at full speed, in a process of its own: `node noisy-tenant.js`, which its parent tells
 * where the server is, when to go on and when to pause.
 */
import { request } from 'node:http';
import { storeBulk } from '../lib/api.ts';
import { createClient, type JsonClient } from '../lib/client.ts';
import { field, textField } from '../lib/json.ts';
import { noisyBulkItems, noisyConnections, noisySize } from './noisy-plan.ts';
import { queriesFor, turn } from './store.ts';

const namespace = 'noisy';

const counts = { stores: 0, bulks: 0, searches: 0, exports: 0, refused: 0 };
let isOn = false;
let isDone = false;
const wake: (() => void)[] = [];

async function turnOfLoad(): Promise<boolean> {
  while (!isOn && !isDone) await new Promise<void>((resolve) => wake.push(resolve));
  return !isDone;
}

async function loop(work: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; await turnOfLoad(); n += 1) {
    await work(n).catch(() => {
      counts.refused += 1;
    });
  }
}

function start(url: string, key: string): Promise<void>[] {
  const { stores, bulks, searches, exports } = noisyConnections;
  const client = createClient({ url, key, sockets: stores + bulks + searches });
  const queries = queriesFor(noisySize, 500);
  const each = (count: number, work: (id: number, n: number) => Promise<void>) =>
    Array.from({ length: count }, (_, id) => loop((n) => work(id, n)));
  return [
    ...each(stores, (id, n) => storeOne(client, id, n)),
    ...each(bulks, async (id, n) => {
      const first = (n * bulks + id) * noisyBulkItems;
      const items = Array.from({ length: noisyBulkItems }, (_, i) => turn(first + i));
      // A new namespace now and then: a large one would be another figure.
      await storeBulk(client, `bulk-${id}-${Math.floor(n / 50)}`, items);
      counts.bulks += 1;
    }),
    ...each(searches, async (id, n) => {
      const query = queries[(n * searches + id) % queries.length] ?? '';
      expectDone((await client.send('POST', '/v1/memory/search', { query, namespace })).status);
      counts.searches += 1;
    }),
    ...each(exports, async () => {
      expectDone(await drain(new URL(`/v1/namespaces/${namespace}/export`, url), key));
      counts.exports += 1;
    }),
  ];
}

async function storeOne(client: JsonClient, id: number, n: number): Promise<void> {
  const item = { ...turn(n), key: `thread-${n % 500}`, namespace: `stores-${id}` };
  expectDone((await client.send('POST', '/v1/memory-set', item)).status);
  counts.stores += 1;
}

function expectDone(status: number): void {
  if (status !== 200) throw new Error(`answered ${status}`);
}

/** Reads an answer to its end and keeps nothing of it. */
function drain(url: URL, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}` };
    const call = request(url, { headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    call.on('error', reject);
    call.end();
  });
}

let loops: Promise<void>[] = [];

process.on('message', (message: unknown) => {
  const name = textField(message, 'name');
  if (name === 'start') {
    const text = (part: string): string => textField(field(message, 'value'), part) ?? '';
    loops = start(text('url'), text('key'));
  }
  if (name === 'on' || name === 'end') {
    isOn = name === 'on';
    isDone = name === 'end';
    for (const go of wake.splice(0)) go();
  }
  if (name === 'off') isOn = false;
  if (name === 'end') void Promise.all(loops).then(() => process.exit());
  const cpuMs = Object.values(process.cpuUsage()).reduce((sum, part) => sum + part, 0) / 1000;
  process.send?.({ name, value: { ...counts, cpuMs } });
});
