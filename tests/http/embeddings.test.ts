/** Vectors that follow their write, searches without an embedder, and the change of a model. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { doctor, openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import type { Models } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { bothModels, builtinModels, HashedEmbedder, modelsWith } from '../hashed-embedder.ts';
import { rootKey, send } from './scenario.ts';

let folder: string;
let app: RunningApp;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-embeddings-'));
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const wait = { timeout: 20_000, interval: 20 };

async function open(models: Models, env: Record<string, string> = {}, at = folder) {
  app = await openApp(
    loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_DATA_DIR: join(at, 'data'),
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_EMBED_WAIT_MS: '30',
      REVERIE_EMBED_WAIT_QUERY_MS: '100',
      ...env,
    }),
    { models },
  );
}

async function reopen(models: Models, env: Record<string, string> = {}) {
  await app.close();
  await open(models, env);
}

async function call(path: string, body?: unknown, method?: string) {
  const { response, json } = await send(app, { path, body, ...(method && { method }) });
  return { status: response.status, ...json() };
}

const store = (value: string, rest: object = {}) => call('/v1/memory-set', { value, ...rest });
const byMeaning = (query: string, namespace = 'default') =>
  call('/v1/memory/search', {
    query,
    namespace,
    signals: { text: false, entity: false, thread: false },
  });
const status = () => call('/v1/admin/embeddings');

interface Hit {
  readonly id: string;
  readonly content: string;
  readonly signals: { readonly vector: number };
}
const contents = ({ results }: { results: Hit[] }) => results.map(({ content }) => content);

/** Every namespace is searched by the wanted generation and nothing waits. */
async function settled() {
  await expect
    .poll(async () => {
      const { pending, switching, generations } = await status();
      const target = generations.find((one: { target: boolean }) => one.target);
      const others = generations.filter((one: { target: boolean }) => !one.target);
      const left = others.reduce(
        (sum: number, one: { namespaces: number }) => sum + one.namespaces,
        0,
      );
      return { pending, switching, left, targetPending: target.pending };
    }, wait)
    .toEqual({ pending: 0, switching: 0, left: 0, targetPending: 0 });
}

test('only the root key sees the vectors', async () => {
  await open(builtinModels());
  for (const method of ['GET', 'DELETE']) {
    const path = method === 'GET' ? '/v1/admin/embeddings' : '/v1/admin/embeddings/1';
    expect((await send(app, { key: null, path, method })).response.status).toBe(401);
  }
});

test('a store does not wait long, and the vector follows', async () => {
  const hashed = new HashedEmbedder();
  await open(modelsWith(hashed));
  expect((await store('The quick fox lives here.')).indexed).toEqual({ text: true, vector: true });
  hashed.hold();
  const stored = await store('A heron stands in the pond.', { key: 'bird' });
  expect(stored.indexed).toEqual({ text: true, vector: false });
  expect(stored.memory.indexed).toEqual({ text: true, vector: false });
  const found = await call('/v1/memory/search', { query: 'heron' });
  expect(found.results[0]).toMatchObject({ id: stored.id, indexed: { vector: false } });
  expect(contents(await byMeaning('heron pond'))).not.toContain('A heron stands in the pond.');
  expect((await call('/health/ready')).checks.embeddings).toMatchObject({ pending: 1 });
  hashed.release();
  await expect
    .poll(async () => contents(await byMeaning('heron pond'))[0], wait)
    .toBe('A heron stands in the pond.');
  const after = await call(`/v1/memory/${stored.id}`);
  const memory = after.memory ?? after;
  expect(memory).toMatchObject({ version: 1, indexed: { text: true, vector: true } });
  expect(memory.updated_at).toBe(stored.memory.updated_at);
  await settled();
});

test('bulk does not wait at all, and its vectors come in batches', async () => {
  const hashed = new HashedEmbedder();
  await open(modelsWith(hashed));
  const items = Array.from({ length: 100 }, (_, i) => ({ value: `Note number${i} of many.` }));
  const { results } = await call('/v1/memory/bulk', { items });
  expect(new Set(results.map((one: { indexed: object }) => JSON.stringify(one.indexed)))).toEqual(
    new Set(['{"text":true,"vector":false}']),
  );
  await settled();
  expect(hashed.asked.length).toBeLessThan(20);
  expect((await byMeaning('number42')).results).toHaveLength(10);
});

test('vectors that were missing at a stop are made after the next start', async () => {
  const hashed = new HashedEmbedder();
  hashed.isDown = true;
  await open(modelsWith(hashed));
  await store('The lighthouse keeper sleeps.');
  await store('Bread rises in the oven.', { namespace: 'other' });
  await reopen(modelsWith(hashed));
  expect((await status()).pending).toBe(2);
  hashed.isDown = false;
  await reopen(modelsWith(hashed));
  await settled();
  expect(contents(await byMeaning('lighthouse keeper'))).toHaveLength(1);
  expect(contents(await byMeaning('bread oven', 'other'))).toHaveLength(1);
});

test('what is forgotten, replaced or patched meanwhile gets no stale vector', async () => {
  const hashed = new HashedEmbedder();
  await open(modelsWith(hashed));
  hashed.hold();
  const gone = await store('The canary in the mine is yellow.', { key: 'gone' });
  await store('Old drink: espresso.', { key: 'drink', kind: 'fact' });
  await store('Patched meanwhile.', { key: 'patched', kind: 'fact' });
  // In the store, and then in the background.
  const asked = () => hashed.asked.filter(({ texts }) => texts.join().includes('canary')).length;
  await expect.poll(asked, wait).toBeGreaterThan(1);
  await call('/v1/forget', { memory_id: gone.id });
  await store('New drink: matcha.', { key: 'drink', kind: 'fact' });
  await store('Patched meanwhile.', { key: 'patched', kind: 'fact', tags: ['late'] });
  hashed.release();
  await settled();
  const all = contents(await byMeaning('canary mine yellow drink espresso matcha patched'));
  expect(all.sort()).toEqual(['New drink: matcha.', 'Patched meanwhile.']);
  await app.close();
  const rows = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', countScript, join(folder, 'data', 'reverie.db')],
    { encoding: 'utf8' },
  );
  // Three rows are left: the replaced fact keeps its own, the forgotten one has none.
  expect(JSON.parse(rows)).toEqual({ memories: 3, vectors: 3, orphans: 0, pending: 0 });
  await open(modelsWith(hashed));
});

const countScript = `
  import { DatabaseSync } from '@photostructure/sqlite';
  const db = new DatabaseSync(process.argv[1]);
  const count = (sql) => Object.values(db.prepare(sql).get())[0];
  console.log(JSON.stringify({
    memories: count('SELECT count(*) FROM memories'),
    vectors: count('SELECT count(*) FROM vectors'),
    orphans: count('SELECT count(*) FROM vectors WHERE row NOT IN (SELECT row FROM memories)'),
    pending: count('SELECT count(*) FROM vectors WHERE vectors IS NULL'),
  }));`;

test('a search without an answer of the embedder goes on by words and says so', async () => {
  const hashed = new HashedEmbedder();
  await open(modelsWith(hashed));
  await store('The glacier melts in July.');
  const degraded = ['vector: the embedder did not answer in time'];
  const ask = () => call('/v1/memory/search', { query: 'glacier' });
  expect((await ask()).degraded).toBeUndefined();
  hashed.delayMs = 5_000;
  for (let i = 0; i < 3; i += 1) {
    const answer = await ask();
    expect(answer).toMatchObject({ status: 200, degraded });
    expect(contents(answer)).toEqual(['The glacier melts in July.']);
  }
  // Nobody waits for it any more.
  const asked = hashed.asked.length;
  const start = performance.now();
  for (let i = 0; i < 10; i += 1) expect((await ask()).degraded).toEqual(degraded);
  expect(performance.now() - start).toBeLessThan(500);
  expect(hashed.asked.length).toBeLessThanOrEqual(asked + 1);
  hashed.delayMs = 0;
  await expect.poll(async () => (await ask()).degraded, wait).toBeUndefined();
});

test('a text that the embedder refuses does not stop the others', async () => {
  const hashed = new HashedEmbedder();
  hashed.refuses = 'poison';
  await open(modelsWith(hashed), { REVERIE_EMBED_WAIT_MS: '0' });
  const items = ['poison one', ...Array.from({ length: 8 }, (_, i) => `fine text${i}`)];
  await call('/v1/memory/bulk', { items: items.map((value) => ({ value })) });
  await expect.poll(async () => (await status()).generations[0].pending, wait).toBeLessThan(2);
  // Found to be to blame as often as others get through.
  for (let i = 0; i < 6; i += 1) {
    await call('/v1/memory/bulk', { items: [{ value: `more${i}` }, { value: `again${i}` }] });
    await expect.poll(async () => (await status()).generations[0].pending, wait).toBeLessThan(2);
  }
  await settled();
  const found = await call('/v1/memory/search', { query: 'poison' });
  expect(found.results[0].indexed).toEqual({ text: true, vector: false });
});

const words = ['river', 'stone', 'cloud', 'lamp', 'bridge', 'garden', 'window', 'letter'];
const sentence = (i: number) =>
  `The ${words[i % 8]} and the ${words[(i * 3 + 1) % 8]} were seen on day ${i}.`;

async function fill(count: number, namespace = 'default') {
  for (let start = 0; start < count; start += 500) {
    const size = Math.min(500, count - start);
    const items = Array.from({ length: size }, (_, i) => ({ value: sentence(start + i) }));
    await call('/v1/memory/bulk', { items, namespace });
  }
}

test('another model: searches go on, writes reach both, and a rollback leads back', async () => {
  await open(builtinModels());
  await fill(30);
  const hashed = new HashedEmbedder();
  hashed.hold();
  await reopen(bothModels(hashed));
  await expect.poll(status, wait).toMatchObject({
    pending: 30,
    switching: 1,
    generations: [
      { generation: 1, previous: true, available: true, namespaces: 1, pending: 0 },
      { generation: 2, model: 'hashed/1', target: true, namespaces: 0, pending: 30 },
    ],
  });
  const during = await store('A violin was found in the attic.');
  expect(during.indexed).toEqual({ text: true, vector: true });
  const former = await byMeaning('violin attic');
  expect(former.degraded).toBeUndefined();
  expect(contents(former)[0]).toBe('A violin was found in the attic.');
  await call('/v1/forget', { memory_id: (await byMeaning('river stone')).results[0].id });
  hashed.release();
  await settled();
  expect(contents(await byMeaning('violin attic'))[0]).toBe('A violin was found in the attic.');
  expect(hashed.asked.some(({ role }) => role === 'query')).toBe(true);
  await store('A trumpet lies on the roof.');

  expect((await call('/health')).model).toBe('hashed/1');
  const back = await call('/v1/admin/embeddings/rollback', {});
  expect(back.generations).toMatchObject([{ target: true }, { previous: true }]);
  expect((await call('/health')).model).toBe(builtinModels().embedder.model);
  await settled();
  hashed.isDown = true;
  const again = await byMeaning('trumpet roof');
  expect(again.degraded).toBeUndefined();
  expect(contents(again)[0]).toBe('A trumpet lies on the roof.');
  // It holds over a restart with the same settings.
  await reopen(bothModels(hashed));
  expect((await status()).generations[0]).toMatchObject({ target: true, namespaces: 1 });

  expect(await call('/v1/admin/embeddings/1', undefined, 'DELETE')).toMatchObject({
    status: 409,
    error: { code: 'embedding_conflict' },
  });
  await call('/v1/admin/embeddings/2', undefined, 'DELETE');
  expect((await status()).generations).toHaveLength(1);
  expect((await call('/v1/admin/embeddings/rollback', {})).status).toBe(409);
  await expect.poll(() => vectorsOf(2), wait).toBe(0);
});

/** Read by another process, so that no lock of this one is dropped. */
function vectorsOf(generation: number): number {
  const script = `
    import { DatabaseSync } from '@photostructure/sqlite';
    const db = new DatabaseSync(process.argv[1], { readOnly: true });
    const row = db.prepare('SELECT count(*) AS n FROM vectors WHERE generation = ?');
    console.log(row.get(Number(process.argv[2])).n);`;
  const args = ['--input-type=module', '-e', script, join(folder, 'data', 'reverie.db')];
  return Number(
    execFileSync(process.execPath, [...args, String(generation)], { encoding: 'utf8' }),
  );
}

test('a rollback does not wait for the batch under way, nor for a former rollback', async () => {
  await open(builtinModels());
  await fill(5);
  const hashed = new HashedEmbedder();
  await reopen(bothModels(hashed));
  await settled();
  hashed.hold();
  const asked = hashed.asked.length;
  await store('A heron stands in the pond.');
  // By the store, which gave up, and in the background.
  await expect.poll(() => hashed.asked.length, wait).toBe(asked + 2);
  await call('/v1/admin/embeddings/rollback', {});
  await settled();
  expect((await status()).generations).toMatchObject([{ target: true, namespaces: 1 }, {}]);
  await call('/v1/admin/embeddings/rollback', {});
  await call('/v1/admin/embeddings/rollback', {});
  await settled();
  expect((await status()).generations).toMatchObject([{ target: true, namespaces: 1 }, {}]);
  hashed.release();
});

test('a problem is over when what waited is gone', async () => {
  const hashed = new HashedEmbedder();
  hashed.isDown = true;
  await open(modelsWith(hashed));
  const { id } = await store('A heron stands in the pond.');
  await expect.poll(async () => (await status()).problem, wait).toBe('Nobody is there.');
  await call('/v1/forget', { memory_id: id });
  await expect.poll(async () => (await status()).problem, wait).toBeNull();
});

test('namespaces whose generation is gone are told of, and come back', async () => {
  await open(builtinModels());
  await fill(5);
  await app.close();
  const script = `
    import { DatabaseSync } from '@photostructure/sqlite';
    const db = new DatabaseSync(process.argv[1]);
    db.exec('UPDATE namespaces SET generation = 9; UPDATE vectors SET generation = 9');`;
  const data = join(folder, 'data');
  const args = ['--input-type=module', '-e', script, join(data, 'reverie.db')];
  execFileSync(process.execPath, args);
  const { checks } = await doctor(loadSettings({ REVERIE_DATA_DIR: data }));
  expect(checks.find(({ name }) => name === 'generations')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('generation 9, which is gone'),
  });
  await open(builtinModels());
  await settled();
  expect((await byMeaning('river stone')).degraded).toBeUndefined();
  expect((await byMeaning('river stone')).results).toHaveLength(5);
  expect((await status()).generations).toMatchObject([{ generation: 1, namespaces: 1 }]);
  await expect.poll(() => vectorsOf(9), wait).toBe(0);
});

test('the model before is gone: words and entities answer until the change is done', async () => {
  const first = new HashedEmbedder('hashed/1');
  await open(modelsWith(first));
  await fill(5);
  await settled();
  const second = new HashedEmbedder('hashed/2');
  second.hold();
  await reopen(modelsWith(second));
  const answer = await call('/v1/memory/search', { query: 'river' });
  expect(answer.degraded).toEqual([
    'vector: hashed/1 is gone and the namespace is being embedded again',
  ]);
  expect(answer.results.length).toBeGreaterThan(0);
  expect((await call('/v1/admin/embeddings/rollback', {})).status).toBe(409);
  second.release();
  await settled();
  expect((await call('/v1/memory/search', { query: 'river' })).degraded).toBeUndefined();
});

test('a copy of the folder from the middle of the change goes on where it was', async () => {
  await open(builtinModels());
  await fill(200);
  const hashed = new HashedEmbedder();
  hashed.delayMs = 30;
  await reopen(bothModels(hashed));
  const left = async () => (await status()).generations[1].pending;
  await expect.poll(left, wait).toSatisfy((count: number) => count > 0 && count < 150);
  hashed.hold();
  // What a kill leaves behind; in a process of its own, as closing a file here drops its locks.
  const crashed = join(folder, 'crashed');
  execFileSync('mkdir', [crashed]);
  execFileSync('cp', ['-r', join(folder, 'data'), crashed]);
  const pending = await left();
  await app.close();
  const fresh = new HashedEmbedder();
  await open(bothModels(fresh), {}, crashed);
  await settled();
  const texts = fresh.asked.flatMap(({ texts, role }) => (role === 'document' ? texts : []));
  expect(texts.length).toBeLessThan(200);
  expect(texts.length).toBeGreaterThanOrEqual(pending);
  expect((await byMeaning('river stone')).results).toHaveLength(10);
});

/** Which generation an answer is from, by the cosines that it reports. */
async function fingerprint(query: string): Promise<string> {
  const { results, degraded } = await byMeaning(query);
  expect(degraded).toBeUndefined();
  return JSON.stringify(results.map((hit: Hit) => [hit.content, hit.signals.vector]));
}

test.each([
  ['on the main thread', 300, {}],
  ['in a search worker', 1_200, { REVERIE_LARGE_NAMESPACE: '1000' }],
] as const)(
  'every answer is from one generation while a namespace changes, %s',
  async (_, count, env) => {
    await open(builtinModels(), env);
    await fill(count);
    const query = 'the lamp and the bridge';
    const before = await fingerprint(query);
    const hashed = new HashedEmbedder();
    hashed.hold();
    await reopen(bothModels(hashed), env);
    expect(await fingerprint(query)).toBe(before);
    hashed.release();
    const seen: string[] = [];
    let done = false;
    const searching = (async () => {
      while (!done) seen.push(await fingerprint(query));
    })();
    await settled();
    done = true;
    await searching;
    const after = await fingerprint(query);
    expect(after).not.toBe(before);
    expect(new Set(seen).size).toBeLessThanOrEqual(2);
    for (const each of seen) expect([before, after]).toContain(each);
    // Once over, it stays over.
    const first = seen.indexOf(after);
    if (first >= 0) expect(new Set(seen.slice(first))).toEqual(new Set([after]));
  },
  60_000,
);

test('in a search worker vectors that come later are found too', async () => {
  const hashed = new HashedEmbedder();
  await open(modelsWith(hashed), { REVERIE_LARGE_NAMESPACE: '1000' });
  await fill(1_100);
  await settled();
  expect((await byMeaning('river')).results).toHaveLength(10);
  hashed.hold();
  await store('An octopus paints the ceiling.');
  expect(contents(await byMeaning('octopus ceiling'))).not.toContain(
    'An octopus paints the ceiling.',
  );
  hashed.release();
  await expect
    .poll(async () => contents(await byMeaning('octopus ceiling'))[0], wait)
    .toBe('An octopus paints the ceiling.');
});
