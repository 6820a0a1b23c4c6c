/** The audit over HTTP: counts and ids, never a text. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@reverie/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, send } from './scenario.ts';

let app: RunningApp;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-audit-'));
  app = await openTestApp({ REVERIE_DATA_DIR: folder });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const path = '/v1/namespaces/ann%20b/audit';

test('an audit counts, names ids, and shows no text', async () => {
  const fetch = (request: Request) => app.fetch(request);
  const client = createClient({ fetch, apiKey: rootKey, namespace: 'ann b' });
  const first = await client.store('My card is 4012 8888 8888 1881.');
  const second = await client.store('Clara restores old pianos in Ghent.');
  const third = await client.store('clara restores old pianos in Ghent');
  await client.recall({ query: 'card', limit: 1 });
  const { response, text, json } = await send(app, { path });
  expect(response.status).toBe(200);
  expect(text).not.toMatch(/4012|Clara|clara/);
  const report = json();
  expect(report).toMatchObject({ ok: true, memories: 3, looked_at: 3, complete: true });
  expect(report.classes.duplicates).toEqual({
    count: 1,
    rate: 0.3333,
    reasons: {},
    examples: [{ id: second.id, of: third.id }],
  });
  expect(report.classes.secrets).toEqual({
    count: 1,
    rate: 0.3333,
    reasons: { card_number: 1 },
    examples: [{ id: first.id, reason: 'card_number' }],
  });
  expect(report.classes.never_recalled.count).toBe(2);

  const audit = await client.audit();
  expect(audit).toMatchObject({ namespace: 'ann b', memories: 3, lookedAt: 3, complete: true });
  expect(audit.classes.duplicates).toEqual(report.classes.duplicates);
  expect(audit.classes.neverRecalled).toEqual(report.classes.never_recalled);
  expect(audit.countingSince).toBe(report.counting_since);
});

test('recall counts are kept over a restart', async () => {
  await app.close();
  app = await openTestApp({ REVERIE_DATA_DIR: folder });
  const report = (await send(app, { path })).json();
  expect(report.classes.never_recalled.count).toBe(2);
});

test('a namespace that is not there is a 404, and nobody audits without a key', async () => {
  const missing = await send(app, { path: '/v1/namespaces/nobody/audit' });
  expect(missing.response.status).toBe(404);
  expect(missing.json().error.code).toBe('namespace_not_found');
  expect((await send(app, { path, key: null })).response.status).toBe(401);
});
