/** Snapshots over HTTP: what changed since, and back to it without losing anything. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';
import { canonical, exportOf } from './transfer.ts';

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(() => app.close());

async function ask(path: string, body?: unknown, method?: string) {
  const { json, response } = await send(app, {
    path: `/v1/namespaces/ann/snapshots${path}`,
    ...(body !== undefined && { body }),
    ...(method && { method }),
  });
  return { status: response.status, ...json() };
}

async function store(body: Record<string, unknown>): Promise<string> {
  const request = { path: '/v1/memory-set', body: { namespace: 'ann', ...body } };
  return (await send(app, request)).json().id;
}

const erase = (id: string) => send(app, { method: 'DELETE', path: `/v1/memory/${id}` });
const valueUnder = async (key: string) =>
  (await send(app, { path: '/v1/memory-get', body: { namespace: 'ann', key } })).json().value;
const found = async (query: string) =>
  (await send(app, { path: '/v1/memory/search', body: { namespace: 'ann', query } }))
    .json()
    .results.map(({ value }: { value: string }) => value);

test('compare counts and names what became of each memory', async () => {
  const home = await store({ key: 'home', value: 'Porto' });
  const car = await store({ key: 'car', value: 'red', tags: ['a'] });
  const gone = await store({ value: 'to be erased' });
  const { snapshot } = await ask('', { name: 'monday' });
  expect(snapshot).toMatchObject({ name: 'monday', memories: 3, seq: 3, restoring: false });
  expect(await ask(`/${snapshot.id}/compare`)).toMatchObject({ count: 0, next_cursor: null });

  const lisbon = await store({ key: 'home', value: 'Lisbon' });
  await store({ key: 'car', value: 'red', tags: ['b'] });
  await erase(await store({ value: 'came and went' }));
  await erase(gone);
  const { counts, results } = await ask(`/${snapshot.id}/compare`);
  const nothing = { archived: 0, unknown: 0 };
  expect(counts).toEqual({ added: 1, changed: 1, superseded: 1, erased: 1, ...nothing });
  expect(results).toEqual([
    { id: lisbon, change: 'added', version: 2, version_then: null },
    { id: home, change: 'superseded', version: 2, version_then: 1 },
    { id: car, change: 'changed', version: 2, version_then: 1 },
  ]);
});

test('pages name everything once, and what is written meanwhile takes no part', async () => {
  await store({ value: 'first' });
  const { snapshot } = await ask('', { name: 'x' });
  const ids: string[] = [];
  for (let i = 0; i < 25; i++) ids.push(await store({ value: `later ${i}` }));
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let page = 0; cursor !== null; page++) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await ask(`/${snapshot.id}/compare?limit=10${more}`);
    expect(answer.counts === undefined).toBe(page > 0);
    seen.push(...answer.results.map(({ id }: { id: string }) => id));
    cursor = answer.next_cursor;
    await store({ value: `meanwhile ${page}` });
  }
  expect(seen).toEqual(ids);
});

test('a page of a comparison belongs to its snapshot', async () => {
  await store({ value: 'first' });
  const [one, two] = [await ask('', { name: 'one' }), await ask('', { name: 'two' })];
  for (const value of ['second', 'third']) await store({ value });
  const { next_cursor: cursor } = await ask(`/${one.snapshot.id}/compare?limit=1`);
  expect((await ask(`/${one.snapshot.id}/compare?cursor=${cursor}`)).count).toBe(1);
  const other = await ask(`/${two.snapshot.id}/compare?cursor=${cursor}`);
  expect([other.status, other.error.code]).toEqual([400, 'invalid_cursor']);
});

test('restore goes back, keeps what is erased erased, and can itself be undone', async () => {
  await store({ key: 'home', value: 'Porto' });
  const gone = await store({ value: 'a secret about cellos' });
  const { snapshot } = await ask('', { name: 'monday' });
  await store({ key: 'home', value: 'Lisbon' });
  await store({ key: 'chat', value: 'User: I play the harp\nAssistant: lovely' });
  await erase(gone);

  const restore = `/${snapshot.id}/restore`;
  const plan = await ask(restore, { dry_run: true });
  expect(plan).toMatchObject({ dry_run: true, archived: 2, restored: 1, erased: 1, before: null });
  expect(await valueUnder('home')).toBe('Lisbon');

  const done = await ask(restore, {});
  expect(done).toMatchObject({ archived: 2, restored: 1, erased: 1, kept: 0, resumed: false });
  expect(done.results).toEqual(plan.results);
  expect(await valueUnder('home')).toBe('Porto');
  expect(await valueUnder('chat')).toBe(null);
  expect(await found('harp')).toEqual([]);
  expect(await found('Porto')).toContain('Porto');
  expect(await found('cellos secret')).not.toContain('a secret about cellos');
  // Once more there is nothing to do.
  expect(await ask(restore, {})).toMatchObject({ archived: 0, restored: 0 });

  expect(await ask(`/${done.before}/restore`, {})).toMatchObject({ restored: 3, archived: 0 });
  expect(await valueUnder('home')).toBe('Lisbon');
  expect(await valueUnder('chat')).toContain('harp');
});

test('a later store goes on from what was restored', async () => {
  const porto = await store({ key: 'home', value: 'Porto' });
  const { snapshot } = await ask('', { name: 'x' });
  await store({ key: 'home', value: 'Lisbon' });
  await ask(`/${snapshot.id}/restore`, {});
  const body = { namespace: 'ann', key: 'home', value: 'Faro' };
  const { json } = await send(app, { path: '/v1/memory-set', body });
  expect(json()).toMatchObject({ status: 'replaced', replaced: porto });
});

type Step =
  | { readonly do: 'store'; readonly key?: string; readonly value: string; readonly tag: string }
  | { readonly do: 'erase' | 'archive' | 'restore'; readonly at: number }
  | { readonly do: 'patch'; readonly at: number; readonly patch: Record<string, unknown> };
const at = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record(
    {
      do: fc.constant('store' as const),
      key: fc.constantFrom('a', 'b'),
      value: fc.constantFrom('one', 'two', 'User: hi\nAssistant: ho'),
      tag: fc.constantFrom('x', 'y'),
    },
    { requiredKeys: ['do', 'value', 'tag'] },
  ),
  fc.record({ do: fc.constantFrom('erase' as const, 'archive' as const, 'restore' as const), at }),
  fc.record({
    do: fc.constant('patch' as const),
    at,
    patch: fc.constantFrom(
      { value: 'three' },
      { tags: ['z'] },
      { pinned: true },
      { occurred_at: '2020-01-01', speaker: 'ann' },
      { expires_at: '2020-01-01' },
      { metadata: { a: 1 }, valid_to: '2021-01-01' },
    ),
  }),
);

test('after any writes, restore brings back what is not erased, as it was', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 16 }),
      fc.array(step, { minLength: 1, maxLength: 16 }),
      async (before, after) => {
        const namespace = `run ${run++}`;
        const ids: string[] = [];
        const take = async (steps: readonly Step[]) => {
          for (const one of steps) {
            if (one.do !== 'store') {
              const id = ids[one.at];
              if (id === undefined) continue;
              expect([200, 404, 409]).toContain((await change(id, namespace, one)).response.status);
              continue;
            }
            const { key, value, tag } = one;
            const body = { namespace, value, tags: [tag], ...(key !== undefined && { key }) };
            ids.push((await send(app, { path: '/v1/memory-set', body })).json().id);
          }
        };
        await store({ namespace, value: 'so that it is there' });
        await take(before);
        const path = `/v1/namespaces/${encodeURIComponent(namespace)}/snapshots`;
        const { snapshot } = (await send(app, { path, body: { name: 'x' } })).json();
        const then = new Map(memoriesOf(await exportOf(app, namespace)));
        const keysThen = await underKeys(namespace);
        await take(after);
        const was = new Map(memoriesOf(await exportOf(app, namespace)));
        const restore = { path: `${path}/${snapshot.id}/restore`, body: {} };
        const { before: undo } = (await send(app, restore)).json();
        for (const [id, memory] of memoriesOf(await exportOf(app, namespace))) {
          if (then.has(id)) expect(memory).toEqual(then.get(id));
          else expect(memory.archived).toBe(true);
        }
        const isErased = after.some((one) => one.do === 'erase');
        if (!isErased) expect(await underKeys(namespace)).toEqual(keysThen);
        expect((await send(app, restore)).json()).toMatchObject({
          archived: 0,
          restored: 0,
          kept: 0,
        });
        await send(app, { path: `${path}/${undo}/restore`, body: {} });
        expect(new Map(memoriesOf(await exportOf(app, namespace)))).toEqual(was);
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);

async function change(id: string, namespace: string, one: Exclude<Step, { do: 'store' }>) {
  const path = `/v1/memory/${id}`;
  if (one.do === 'erase') return send(app, { method: 'DELETE', path });
  if (one.do === 'patch') return send(app, { method: 'PATCH', path, body: one.patch });
  return send(app, {
    path: `${path}/${one.do}?namespace=${encodeURIComponent(namespace)}`,
    body: {},
  });
}

/** What a reader gets: the current fact or the last turn of each key. */
async function underKeys(namespace: string) {
  const answers = ['a', 'b'].map((key) =>
    send(app, { path: '/v1/memory-get', body: { namespace, key } }),
  );
  return (await Promise.all(answers)).map((answer) => answer.json().memory?.id ?? null);
}

/** By id, without what every write raises; links are ids. */
function memoriesOf(text: string): [string, Record<string, unknown>][] {
  const lines = text.split('\n').filter((line) => line.includes('"value":'));
  expect(canonical(text)).toHaveLength(lines.length);
  return lines.map((line) => {
    const { id, version, updated_at, cursor, ...rest } = JSON.parse(line);
    return [id, rest];
  });
}

test('snapshots are listed, deleted, and of one namespace only', async () => {
  await store({ value: 'x' });
  await store({ namespace: 'bob', value: 'y' });
  const { snapshot } = await ask('', { name: 'one' });
  await store({ value: 'in between' });
  await ask('', { name: 'two' });
  const { results } = await ask('');
  expect(results.map(({ name }: { name: string }) => name)).toEqual(['one', 'two']);
  const path = `/v1/namespaces/bob/snapshots/${snapshot.id}/restore`;
  expect((await send(app, { path, body: {} })).json().error.code).toBe('snapshot_not_found');
  expect(await ask(`/${snapshot.id}`, undefined, 'DELETE')).toMatchObject({ deleted: true });
  for (const [path, method] of [
    [`/${snapshot.id}`, 'DELETE'],
    [`/${snapshot.id}/compare`, 'GET'],
  ]) {
    expect(await ask(path ?? '', undefined, method)).toMatchObject({ status: 404 });
  }
});

test.each([
  ['an empty name', '/v1/namespaces/ann/snapshots', { name: '' }, 400],
  ['a missing namespace', '/v1/namespaces/nobody/snapshots', { name: 'x' }, 404],
  ['an unknown field', '/v1/namespaces/ann/snapshots', { name: 'x', tags: [] }, 400],
])('%s is refused', async (_name, path, body, status) => {
  await store({ value: 'x' });
  expect((await send(app, { path, body })).response.status).toBe(status);
});
