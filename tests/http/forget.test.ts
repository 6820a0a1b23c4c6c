/** Forgetting over HTTP: by filter and namespace, with counts, care and receipts. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';
import { exportOf, importInto, linesOf } from './transfer.ts';

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(() => app.close());

async function call(method: string, path: string, body?: unknown, headers = {}) {
  const request = { method, path, headers, ...(body !== undefined && { body }) };
  const { json, response } = await send(app, request);
  return { status: response.status, ...json() };
}
const forget = (body: unknown, headers = {}) => call('POST', '/v1/forget', body, headers);

const namespace = 'ann';
async function store(body: Record<string, unknown>): Promise<string> {
  return (await call('POST', '/v1/memory-set', { namespace, ...body })).id;
}
const values = async (space = namespace): Promise<string[]> => {
  const all: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await call('GET', `/v1/memory?namespace=${space}&limit=200&order=asc${more}`);
    all.push(...page.results.map(({ value }: { value: string }) => value));
    cursor = page.next_cursor;
  }
  return all;
};
const found = async (query: string): Promise<string[]> =>
  (await call('POST', '/v1/memory/search', { namespace, query })).results.map(
    ({ value }: { value: string }) => value,
  );

const herons = async () => (await found('heron')).filter((value) => value.includes('heron'));

const none = { derived: 0, versions: 0, vectors: expect.any(Number), attachments: 0 };

test('a filter is counted, confirmed by its count, and reaches into the past', async () => {
  const tags = ['work'];
  await store({ value: 'stays', tags: ['home'] });
  await store({ value: 'a plain turn about herons', tags });
  await store({ key: 'car', value: 'a red heron', tags });
  await store({ key: 'car', value: 'a blue heron', tags });
  const aside = await store({ value: 'an archived heron', tags });
  await call('POST', `/v1/memory/${aside}/archive?namespace=ann`);
  await store({ value: 'another heron of somebody else', tags, namespace: 'bob' });

  const filter = { tags: 'work' };
  const dry = await forget({ namespace, filter, dry_run: true });
  expect(dry).toMatchObject({ dry_run: true, forgotten: 0, deleted: false, receipt: null });
  expect(dry.counts).toMatchObject({ memories: 4, derived: 0, attachments: 0 });
  expect(dry.counts.versions).toBeGreaterThanOrEqual(1);
  expect(await herons()).toHaveLength(2);

  const wrong = await forget({ namespace, filter, expected_count: 5 });
  expect(wrong.status).toBe(409);
  expect(wrong.error).toMatchObject({ code: 'count_mismatch', details: { count: 4, expected: 5 } });
  expect(await herons()).toHaveLength(2);

  const done = await forget({ namespace, filter, expected_count: 4 });
  expect(done).toMatchObject({ status: 200, dry_run: false, forgotten: 4, counts: dry.counts });
  expect(done.receipt).toMatchObject({ state: 'hidden', selector: 'filter', namespace });
  expect(done.receipt.hidden.seq).toBeGreaterThan(0);
  expect(await values()).toEqual(['stays']);
  expect(await herons()).toEqual([]);
  expect(await values('bob')).toEqual(['another heron of somebody else']);
  expect((await call('GET', `/v1/memory/${aside}`)).status).toBe(404);

  const again = await forget({ namespace, filter, confirm: true });
  expect(again).toMatchObject({ forgotten: 0, receipt: null });
  const { receipt } = await call('GET', `/v1/forget/${done.receipt.id}`);
  expect(receipt).toEqual(done.receipt);
  expect(receipt.out_of_reach.map(({ what }: { what: string }) => what)).toContain('backups');
  expect(JSON.stringify(receipt)).not.toMatch(/heron|work|car/);
});

test('all conditions of a forget must hold', async () => {
  await store({ value: 'old turn', tags: ['a'], speaker: 'Ann', occurred_at: '2020-01-01' });
  await store({ value: 'new turn', tags: ['a'], speaker: 'Ann', occurred_at: '2026-01-01' });
  await store({ value: 'of Bob', tags: ['a'], speaker: 'Bob', occurred_at: '2020-01-01' });
  await store({
    value: 'to the model',
    tags: ['a'],
    audience: 'system',
    occurred_at: '2020-01-01',
  });
  const conditions = { tags: ['a'], occurred_before: '2021-01-01', audience: 'user' };
  const by = { namespace, confirm: true, ...conditions };
  expect(await forget({ ...by, speaker: 'Ann' })).toMatchObject({ forgotten: 1 });
  expect(await forget({ ...by, filter: { speaker: 'Bob' } })).toMatchObject({ forgotten: 1 });
  expect((await values()).sort()).toEqual(['new turn', 'to the model']);
});

test('a namespace goes with its name, snapshots and history, and can be made anew', async () => {
  await store({ key: 'home', value: 'Porto' });
  await store({ key: 'home', value: 'Lisbon' });
  await call('POST', '/v1/namespaces/ann/snapshots', { name: 'before the move' });
  expect(await found('Lisbon')).toHaveLength(1);
  const dry = await call('DELETE', '/v1/namespaces/ann?dry_run=true');
  expect(dry).toMatchObject({ forgotten: 0, counts: { memories: 2, versions: 1 } });
  const done = await call('DELETE', '/v1/namespaces/ann?confirm=true');
  expect(done).toMatchObject({ forgotten: 2, namespace });
  expect(done.receipt).toMatchObject({ namespace: null, namespace_gone: true, state: 'hidden' });
  expect((await call('GET', '/v1/namespaces')).results).toEqual([]);
  expect(await found('Lisbon')).toEqual([]);
  expect(await call('DELETE', '/v1/namespaces/ann?confirm=true')).toMatchObject({ forgotten: 0 });

  const id = await store({ key: 'home', value: 'Faro' });
  expect((await call('GET', `/v1/memory/${id}/history`)).versions).toHaveLength(1);
  expect((await call('GET', '/v1/namespaces/ann/snapshots')).results).toEqual([]);
  expect(await found('Lisbon')).toEqual(['Faro']);
  expect((await call('GET', '/v1/forget?namespace=ann')).results).toEqual([
    { ...done.receipt, namespace: null },
  ]);
});

test('what was made of a forgotten memory goes with it, and what was made of that', async () => {
  const source = await store({ value: 'Ann likes herons.' });
  const other = await store({ value: 'Ann likes terns.' });
  const [, line] = linesOf(await exportOf(app, namespace));
  const derive = (n: number, value: string, derived_from: string[]) =>
    JSON.stringify({ ...line, id: madeId(n), value, kind: 'derived', derived_from });
  const lines = [
    derive(1, 'Ann likes birds.', [source, other]),
    derive(2, 'Ann is a naturalist.', [madeId(1)]),
  ];
  const { response, text } = await importInto(app, namespace, lines.join('\n'));
  expect(response.status, text).toBe(200);
  expect(await values()).toHaveLength(4);
  const done = await forget({ memory_id: source });
  expect(done).toMatchObject({ forgotten: 3, counts: { ...none, memories: 3, derived: 2 } });
  expect(await values()).toEqual(['Ann likes terns.']);
});

const madeId = (n: number): string => `mem_018f0000-0000-7000-8000-00000000000${n}`;

test('many are forgotten in batches, counted once, and told again to a repetition', async () => {
  const items = Array.from({ length: 450 }, (_, i) => ({
    value: `turn ${i} of many`,
    tags: ['x'],
  }));
  await call('POST', '/v1/memory/bulk', { namespace, items });
  await store({ value: 'the one that stays' });
  const named = { 'Idempotency-Key': 'forget-once' };
  const body = { namespace, tags: ['x'], confirm: true };
  const first = await forget(body, named);
  expect(first).toMatchObject({ forgotten: 450, receipt: { state: 'hidden' } });
  await store({ value: 'stored later', tags: ['x'] });
  expect(await forget(body, named)).toEqual(first);
  expect(await values()).toEqual(['the one that stays', 'stored later']);
  const none = { namespace: 'nobody', tags: ['x'], confirm: true };
  const empty = await forget(none, { 'Idempotency-Key': 'none' });
  expect(empty).toMatchObject({ forgotten: 0, receipt: null });
  expect(await forget(none, { 'Idempotency-Key': 'none' })).toEqual(empty);
});

test('receipts are listed newest first, page by page', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    const id = await store({ value: `turn ${i}`, namespace: i % 2 === 0 ? 'even' : 'odd' });
    ids.unshift((await call('DELETE', `/v1/memory/${id}`)).receipt.id);
  }
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await call('GET', `/v1/forget?limit=2${more}`);
    seen.push(...page.results.map(({ id }: { id: string }) => id));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(ids);
  const { results } = await call('GET', '/v1/forget?namespace=odd');
  expect(results.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[3]]);
});

test('writers and forgets at once: what was there is gone, what came later stays', async () => {
  const items = Array.from({ length: 300 }, (_, i) => ({ value: `turn ${i}`, tags: ['x'] }));
  await call('POST', '/v1/memory/bulk', { namespace, items });
  const kept: string[] = [];
  const writing = (async () => {
    for (let i = 0; i < 40; i++) {
      await store({ value: `meanwhile ${i}` });
      kept.push(`meanwhile ${i}`);
    }
  })();
  const patching = (async () => {
    const { results } = await call('GET', '/v1/memory?namespace=ann&limit=40&tag=x&order=asc');
    for (const { id } of results) {
      const { status } = await call('PATCH', `/v1/memory/${id}`, { importance: 0.7 });
      // What an update did is told under the same name as the number of the answer.
      expect(['updated', 404, 409]).toContain(status);
    }
  })();
  const [one, two] = await Promise.all([
    forget({ namespace, tags: ['x'], confirm: true }),
    forget({ namespace, tags: ['x'], confirm: true }),
    writing,
    patching,
  ]);
  expect(one.forgotten + two.forgotten).toBe(300);
  expect(await values()).toEqual(kept);
});
