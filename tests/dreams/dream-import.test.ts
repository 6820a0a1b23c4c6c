/** What a dream made elsewhere comes in with a file, and its sources come back when it goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { send } from '../http/scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const idOf = (n: number) => `mem_01990000-0000-7000-8000-00000000000${n}`;
const line = (n: number, more: object) => ({
  ...{ id: idOf(n), kind: 'episode', version: 2, occurred_at: '2026-01-01T00:00:00.000Z' },
  ...{ created_at: '2026-01-01T00:00:00.000Z', value: `Turn ${n} about the sea.` },
  ...more,
});

async function shown(): Promise<{ id: string; kind: string; value: string }[]> {
  const { json } = await send(app, { path: '/v1/memory?namespace=copy' });
  return json().results;
}

test('a summary of a file that is forgotten brings back what it was made of', async () => {
  const summary = {
    kind: 'derived',
    version: 1,
    derived_from: [idOf(1), idOf(2)],
    type: 'summary',
  };
  const lines = [
    line(1, { archived: true }),
    line(2, { archived: true }),
    line(3, { ...summary, value: 'All about the coast.' }),
  ];
  const raw = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
  const headers = { 'Content-Type': 'application/x-ndjson' };
  const path = '/v1/namespaces/copy/import';
  const { json } = await send(app, { method: 'POST', path, raw, headers });
  expect(json()).toMatchObject({ imported: 3, failed: 0 });
  const [made, ...rest] = await shown();
  expect([made?.kind, rest]).toEqual(['derived', []]);
  await send(app, { method: 'DELETE', path: `/v1/memory/${made?.id}` });
  expect((await shown()).map(({ value }) => value).sort()).toEqual([
    'Turn 1 about the sea.',
    'Turn 2 about the sea.',
  ]);
});
