/** GET /metrics: true numbers, for operators, and nothing of anybody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { read } from '../source-files.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

let app: RunningApp | undefined;
let folder: string | undefined;

afterEach(async () => {
  await app?.close();
  if (folder) rmSync(folder, { recursive: true });
  folder = undefined;
});

async function start(isOnDisk = false, env: Record<string, string> = {}): Promise<RunningApp> {
  if (isOnDisk) folder = mkdtempSync(join(tmpdir(), 'reverie-metrics-'));
  app = await openTestApp(folder === undefined ? env : { ...env, REVERIE_DATA_DIR: folder });
  return app;
}

async function metrics(of: RunningApp): Promise<string> {
  const { response, text } = await send(of, { path: '/metrics' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return text;
}

/** Undefined: there is no such line. */
function valueFrom(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

it('is for operators alone', async () => {
  const of = await start();
  expect((await send(of, { path: '/metrics', key: null })).response.status).toBe(401);
  const made = await send(of, { path: '/v1/keys', body: { label: 'a', admin: true } });
  expect(made.response.status, made.text).toBe(200);
  const { secret, key } = made.json();
  const weak = typeof key === 'string' ? key : secret;
  expect((await send(of, { path: '/metrics', key: weak })).response.status).toBe(403);
});

it('counts requests, errors, phases and commits', async () => {
  const of = await start(true);
  const store = (value: string) => send(of, { path: '/v1/memory-set', body: { value } });
  await Promise.all(Array.from({ length: 8 }, (_, i) => store(`Heron ${i} waits for the tide.`)));
  await send(of, { path: '/v1/memory/search', body: { query: 'Which heron waits?' } });
  await send(of, { path: '/v1/memory/search', body: { query: 'x', limitt: 1 } });
  await send(of, { path: '/nowhere' });
  const text = await metrics(of);
  const requests = (method: string, route: string, status: string) =>
    valueFrom(
      text,
      `reverie_http_requests_total{method="${method}",route="${route}",status="${status}"}`,
    );
  expect(requests('POST', '/v1/memory-set', '2xx')).toBe(8);
  expect(requests('POST', '/v1/memory/search', '2xx')).toBe(1);
  expect(requests('POST', '/v1/memory/search', '4xx')).toBe(1);
  expect(requests('GET', 'other', '4xx')).toBe(1);
  expect(valueFrom(text, 'reverie_errors_total{code="unknown_field"}')).toBe(1);
  expect(valueFrom(text, 'reverie_errors_total{code="route_not_found"}')).toBe(1);
  for (const phase of ['query', 'search', 'rank', 'show']) {
    expect(valueFrom(text, `reverie_phase_duration_seconds_count{phase="${phase}"}`)).toBe(1);
  }
  expect(valueFrom(text, 'reverie_phase_duration_seconds_count{phase="embed"}')).toBe(9);
  expect(valueFrom(text, 'reverie_phase_duration_seconds_count{phase="commit"}')).toBe(8);
  // How many became durable together depends on how long the disk takes.
  const written = valueFrom(text, 'reverie_commit_group_size_sum') ?? 0;
  const groups = valueFrom(text, 'reverie_commit_group_size_count') ?? 0;
  expect(written).toBeGreaterThanOrEqual(8);
  expect(groups).toBeGreaterThan(0);
  expect(groups).toBeLessThanOrEqual(written);
  expect(valueFrom(text, 'reverie_index_namespaces')).toBe(1);
  expect(valueFrom(text, 'reverie_index_memory_bytes')).toBeGreaterThan(0);
  expect(valueFrom(text, 'reverie_records_writable')).toBe(1);
  expect(valueFrom(text, 'reverie_embeddings_pending')).toBe(0);
  expect(valueFrom(text, 'reverie_embedder_answers')).toBe(1);
  expect(valueFrom(text, 'reverie_data_free_bytes')).toBeGreaterThan(0);
  // Only the one that asks is under way.
  expect(valueFrom(text, 'reverie_http_requests_under_way')).toBe(1);
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

it('counts what was refused before it was looked at', async () => {
  const of = await start(false, { REVERIE_RATE_LIMIT: '2' });
  for (let i = 0; i < 3; i++) await send(of, { path: '/v1/usage' });
  const text = await metrics(of);
  expect(valueFrom(text, 'reverie_errors_total{code="rate_limited"}')).toBe(1);
});

it('counts the indexes of the search workers too', async () => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-metrics-'));
  const large = { REVERIE_LARGE_NAMESPACE: '1000', REVERIE_SEARCH_WORKERS: '1' };
  app = await openTestApp({ REVERIE_DATA_DIR: folder, REVERIE_EMBEDDER: 'none', ...large });
  for (let part = 0; part < 2; part++) {
    const items = Array.from({ length: 600 }, (_, i) => ({ value: `Heron ${part} ${i}.` }));
    await send(app, { path: '/v1/memory/bulk', body: { items } });
  }
  await send(app, { path: '/v1/memory/search', body: { query: 'heron' } });
  const text = await metrics(app);
  expect(valueFrom(text, 'reverie_index_namespaces')).toBe(1);
  expect(valueFrom(text, 'reverie_index_memory_bytes')).toBeGreaterThan(0);
});

it('has every metric that the guide names', async () => {
  const named = read('docs/guides/operate.md').match(/\breverie_[a-z_]+[a-z]\b/g) ?? [];
  const text = await metrics(await start(true));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
});

/** What a caller may choose, asked for in every way that there is. */
async function roam(of: RunningApp, word: string): Promise<void> {
  const at = encodeURIComponent(word);
  const body = { value: `${word} waits`, key: word, namespace: word, tags: [word], type: word };
  await send(of, { path: '/v1/memory-set', body });
  await send(of, { path: '/v1/memory/search', body: { query: word, namespace: word } });
  await send(of, { path: '/v1/memory/search', body: { query: word, [word]: 1 } });
  await send(of, { path: `/v1/namespaces/${at}` });
  await send(of, { path: `/v1/namespaces/${at}/export` });
  await send(of, { path: `/v1/memory/${at}` });
  await send(of, { path: `/${at}` });
  await send(of, { path: `/v1/memory/${at}`, method: word.toUpperCase().slice(0, 12) });
  await send(of, { path: '/v1/namespaces', key: `${word}${word}${word}` });
  await send(of, { path: '/v1/admin/tenants', body: { name: word } });
  await send(of, { path: '/v1/keys', body: { label: word } });
}

const seriesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('reverie_'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
    .sort();

it('has no more series however many tenants, namespaces, keys and paths there are', async () => {
  const of = await start();
  await roam(of, 'canary-first');
  await metrics(of);
  const before = await metrics(of);
  for (let i = 0; i < 25; i++) await roam(of, `canary-${i}`);
  const after = await metrics(of);
  expect(seriesOf(after)).toEqual(seriesOf(before));
  expect(after).not.toMatch(/canary/i);
});
