/** A store with something of everything in it, and all that it tells: what a migration keeps. */
import { expect } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import type { Served } from '../backup/world.ts';
import { send } from '../http/scenario.ts';

/** What was said before the move and is used after it. */
export interface Told {
  readonly answers: unknown;
  readonly cursor: string;
  readonly snapshot: string;
  readonly dream: string;
  readonly asOf: string;
  readonly key: string;
}

const talk = 'talk';
const dreamt = 'dreamt';

export async function live({ client, app }: Served): Promise<Told> {
  for (let n = 1; n <= 12; n++) {
    await client.store({
      key: 'chat',
      value: `User: turn ${n} of tulips\nAI: yes`,
      namespace: talk,
    });
  }
  await client.store({ key: 'home', value: 'Ann lives in Rome.', namespace: talk });
  const snapshot = await client.createSnapshot('before', { namespace: talk });
  const asOf = new Date().toISOString();
  await client.store({ key: 'home', value: 'Ann lives in Paris.', namespace: talk });
  await client.store(
    { key: 'note', value: 'Ann likes tea.', namespace: talk },
    { idempotencyKey: 'once-and-only-once' },
  );
  const { id } = await client.store({ value: 'Ann fears spiders.', namespace: talk });
  await client.update({ id, value: 'Ann fears wasps.' });
  const gone = await client.store({ value: 'Ann has a secret.', namespace: talk });
  await client.forget({ id: gone.id });
  await client.store({ value: 'a short life', namespace: 'short' });
  await client.forgetNamespace({ namespace: 'short', confirm: true });
  for (const value of ['I live in Bucharest.', 'I moved to Cluj.']) {
    await client.store({ value, namespace: dreamt });
  }
  const dream = await client.dream({ namespace: dreamt, strategies: ['validate'] });
  await client.applyDream(dream.id);
  const { key } = await json(app, '/v1/keys', {
    ...{ label: 'reader', grants: [{ permissions: ['read'], namespaces: [talk] }] },
  });
  const page = await json(app, `/v1/memory?namespace=${talk}&limit=5`);
  const answers = await tell(app, id);
  return { answers, cursor: page.next_cursor, snapshot: snapshot.id, dream: dream.id, asOf, key };
}

/** What another server says that has the same store: the same, and it goes on the same. */
export async function expectTheSame(served: Served, told: Told): Promise<void> {
  const { app, client } = served;
  const first = await json(app, '/v1/memory/search', { query: 'wasps', namespace: talk });
  expect(await tell(app, first.results[0].id)).toEqual(told.answers);
  const page = await json(app, `/v1/memory?namespace=${talk}&limit=5&cursor=${told.cursor}`);
  expect(page.results).toHaveLength(5);
  const asOf = { query: 'Where does Ann live?', namespace: talk, as_of: told.asOf };
  const then = await json(app, '/v1/memory/search', asOf);
  expect(JSON.stringify(then.results)).toContain('Rome');
  expect(JSON.stringify(then.results)).not.toContain('Paris');
  // The same request again is answered, and not done again.
  const again = await client.store(
    { key: 'note', value: 'Ann likes tea.', namespace: talk },
    { idempotencyKey: 'once-and-only-once' },
  );
  expect(again.status).toBe('stored');
  const read = await send(app, { key: told.key, path: `/v1/memory?namespace=${talk}` });
  expect(read.response.status).toBe(200);
  const write = await send(app, { key: told.key, path: '/v1/memory-set', body: { value: 'x' } });
  expect(write.response.status).toBe(403);
  expect(await client.undoDream(told.dream)).toMatchObject({ restored: 1, conflicts: [] });
  await client.restoreSnapshot(told.snapshot, { namespace: talk });
  expect(await client.getByKey({ key: 'home', namespace: talk })).toMatchObject({
    memory: { value: 'Ann lives in Rome.' },
  });
}

async function tell(app: RunningApp, id: string): Promise<unknown> {
  const answers: unknown[] = [];
  for (const path of [
    '/v1/namespaces',
    ...[talk, dreamt].map((name) => `/v1/memory?namespace=${name}&limit=100&all=true`),
    `/v1/memory/${id}/history`,
    `/v1/namespaces/${talk}/snapshots`,
    `/v1/forget`,
    '/v1/keys',
    `/v1/dreams?namespace=${dreamt}`,
    `/v1/memory-get?key=home&namespace=${talk}`,
  ]) {
    answers.push(await send(app, { path }).then(({ text }) => text));
  }
  for (const query of ['tulips', 'Where does Ann live?', 'spiders', 'secret']) {
    const found = await json(app, '/v1/memory/search', { query, namespace: talk, explain: true });
    answers.push({ ...found, query_time_ms: 0 });
  }
  return answers;
}

async function json(app: RunningApp, path: string, body?: object) {
  const { response, text, json: parse } = await send(app, { path, body });
  expect(response.status, `${path}: ${text}`).toBeLessThan(300);
  return parse();
}
