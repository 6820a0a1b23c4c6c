/** Store, recall, list, get and forget, as an application uses them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe.each(['ephemeral', 'sqlite'])('over %s records', (records) => {
  let app: RunningApp;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-http-'));
    folders.push(folder);
    app = await openTestApp(records === 'sqlite' ? { REVERIE_DATA_DIR: folder } : {});
  });
  afterAll(() => app.close());

  const post = async (path: string, body: unknown) => {
    const { response, text, json } = await send(app, { path, body });
    expect(response.status, text).toBe(200);
    return json();
  };
  const set = (body: object) => post('/v1/memory-set', body);
  const search = (body: object) => post('/v1/memory/search', body);
  const values = (answer: { results: { value: unknown }[] }) =>
    answer.results.map((result) => result.value);

  test('what was stored is found by the very next search, by words and by meaning', async () => {
    const namespace = 'ann';
    await set({ value: 'I am a product designer. I work primarily in Figma.', namespace });
    await set({ value: 'My daughter plays the violin in a youth orchestra.', namespace });
    await set({ value: 'The quarterly report is due next Tuesday.', namespace });
    expect(values(await search({ query: 'Figma', namespace }))[0]).toContain('Figma');
    expect(values(await search({ query: 'music instrument of my child', namespace }))[0]).toContain(
      'violin',
    );
  });

  test('a result says why it is there', async () => {
    const namespace = 'why';
    await set({ value: 'Paul moved to Lisbon with his dog.', namespace, speaker: 'Paul' });
    const { results, count, query_time_ms } = await search({
      query: 'Who lives in Lisbon?',
      namespace,
    });
    expect(count).toBe(1);
    expect(query_time_ms).toBeGreaterThan(0);
    expect(results[0].matched.terms).toContain('Lisbon');
    expect(results[0].matched.entities).toContain('lisbon');
    expect(results[0].score).toBeGreaterThan(0);
    expect(results[0].score).toBeLessThanOrEqual(1);
    expect(results[0].signals.text).toBeGreaterThan(0);
    expect(results[0].passage).toEqual({ start: 0, end: 34 });
  });

  test('what was said twice is shown once, and again when it is asked for', async () => {
    const namespace = 'twice';
    const says = (value: string, speaker: string) =>
      set({ value, speaker, namespace, key: 'chat', mode: 'append' });
    const first = await says('I moved to the coast of Portugal last year.', 'Ann');
    await says('Nice, and how is the weather there?', 'Bob');
    const second = await says('I moved to the coast of Portugal last year!', 'Ann');
    await says('I moved to the coast of Portugal last year.', 'Bob');
    const query = 'Who moved to the coast of Portugal?';
    const { results } = await search({ query, namespace });
    const moved = results.filter((result: { value: string }) => result.value.includes('coast'));
    expect(moved).toHaveLength(2);
    const own = moved.find((result: { speaker: string }) => result.speaker === 'Ann');
    expect([own.id, ...own.duplicates].sort()).toEqual([first.id, second.id].sort());
    const all = await search({ query, namespace, collapse: false });
    expect(values(all).filter((value) => String(value).includes('coast'))).toHaveLength(3);
    expect(all.results.every((result: { exchange: number }) => result.exchange === 1)).toBe(true);
  });

  test('a question that names a speaker is answered by what that one said', async () => {
    const namespace = 'speakers';
    const says = (value: string, speaker: string, key: string) =>
      set({ value, speaker, namespace, key, mode: 'append' });
    await says('I took up pottery to relax.', 'Bob Hale', 'monday');
    await says('I took up pottery to unwind.', 'Ann Smith', 'tuesday');
    const of = async (query: string) => (await search({ query, namespace })).results[0].speaker;
    expect(await of('Why did Ann take up pottery?')).toBe('Ann Smith');
    expect(await of('Why did Bob take up pottery?')).toBe('Bob Hale');
    expect(await of('why did hale take up pottery?')).toBe('Bob Hale');
  });

  test('turns under one constant key stay; the first is found after thirty others', async () => {
    const turn = (user: string) => ({
      key: 'chat',
      namespace: 'turns',
      value: `User: ${user}\nAssistant: Noted.`,
      tags: ['conversation'],
    });
    expect((await set(turn('My sister Clara restores old pianos.'))).status).toBe('appended');
    for (let i = 0; i < 30; i++) await set(turn(`Today I read page ${i} of the gardening book.`));
    const found = await search({ query: 'What does Clara restore?', namespace: 'turns', limit: 5 });
    expect(values(found)[0]).toContain('pianos');
    const answer = await post('/v1/memory-get', { key: 'chat', namespace: 'turns' });
    expect(answer.turns).toBe(31);
    expect(answer.value).toContain('page 29');
  });

  test('a fact is replaced, keeps its id in history and never comes back in a search', async () => {
    const fact = { key: 'favorite_color', namespace: 'facts' };
    const first = await set({ ...fact, value: 'blue' });
    expect(first.status).toBe('stored');
    const second = await set({ ...fact, value: 'green' });
    expect(second).toMatchObject({ status: 'replaced', replaced: first.id });
    expect(second.hint).toContain('append');
    expect(values(await search({ query: 'favorite color', namespace: 'facts' }))).toEqual([
      'green',
    ]);
    const old = (await send(app, { path: `/v1/memory/${first.id}` })).json().memory;
    expect(old).toMatchObject({ value: 'blue', superseded_by: second.id });
    expect((await set({ ...fact, value: ' green ' })).status).toBe('unchanged');
    const merged = await set({
      ...fact,
      value: 'green',
      tags: ['taste'],
      metadata: { sure: true },
    });
    expect(merged).toMatchObject({ status: 'merged', id: second.id, version: 3 });
    expect(merged.memory).toMatchObject({ tags: ['taste'], metadata: { sure: true } });
    expect((await set({ ...fact, value: 'green', tags: ['taste'] })).status).toBe('unchanged');
  });

  test('namespaces are walls', async () => {
    await set({ value: 'The secret word is xylophone.', namespace: 'one' });
    const other = await search({ query: 'secret word xylophone', namespace: 'two' });
    expect(other.results).toEqual([]);
    await set({ value: 'Nothing here.', namespace: 'two' });
    expect(
      JSON.stringify(await search({ query: 'secret word xylophone', namespace: 'two' })),
    ).not.toContain('secret word is');
    const names = (await send(app, { path: '/v1/namespaces?limit=200' })).json().results;
    expect(names.map((item: { name: string }) => item.name)).toEqual(
      expect.arrayContaining(['one', 'two']),
    );
  });

  test('tags, kind, type and speaker narrow a search', async () => {
    const namespace = 'narrow';
    await set({
      value: 'Tea with milk',
      namespace,
      tags: ['drink', 'hot'],
      type: 'note',
      speaker: 'Ann',
    });
    await set({ value: 'Tea with ice', namespace, tags: ['drink', 'cold'], speaker: 'Bob' });
    await set({ value: 'Tea is a plant', namespace, key: 'tea' });
    const found = async (filter: object) =>
      values(await search({ query: 'tea', namespace, ...filter })).sort();
    expect(await found({ tags: ['drink'] })).toEqual(['Tea with ice', 'Tea with milk']);
    expect(await found({ tags: { any: ['cold', 'warm'] } })).toEqual(['Tea with ice']);
    expect(await found({ tags: ['drink', 'warm'] })).toEqual([]);
    expect(await found({ kind: 'fact' })).toEqual(['Tea is a plant']);
    expect(await found({ type: 'note' })).toEqual(['Tea with milk']);
    expect(await found({ speaker: 'Bob' })).toEqual(['Tea with ice']);
    expect(await found({ key: 'tea' })).toEqual(['Tea is a plant']);
  });

  test('an empty query gives the newest', async () => {
    for (const value of ['one', 'two', 'three']) await set({ value, namespace: 'newest' });
    expect(values(await search({ query: ' ', namespace: 'newest', limit: 2 }))).toEqual([
      'three',
      'two',
    ]);
  });

  test('bulk reports each item and stores the good ones', async () => {
    const answer = await post('/v1/memory/bulk', {
      namespace: 'bulk',
      items: [
        { value: 'first' },
        { value: '' },
        { value: 'x', colour: 'red' },
        { value: 'v1', key: 'k' },
        { value: 'v2', key: 'k' },
        7,
      ],
    });
    expect(answer).toMatchObject({ ok: false, stored: 3, failed: 3 });
    expect(
      answer.results.map(
        (item: { status?: string; error?: { code: string } }) => item.status ?? item.error?.code,
      ),
    ).toEqual([
      'stored',
      'invalid_value',
      'unknown_field',
      'stored',
      'replaced',
      'invalid_request',
    ]);
    expect((await post('/v1/memory-get', { key: 'k', namespace: 'bulk' })).value).toBe('v2');
  });

  test('pages neither skip nor repeat while others write', async () => {
    const namespace = 'pages';
    await post('/v1/memory/bulk', {
      namespace,
      items: Array.from({ length: 25 }, (_, i) => ({
        value: `item ${i}`,
        tags: i % 2 ? ['odd'] : [],
      })),
    });
    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `namespace=${namespace}&limit=10&order=desc${cursor && `&cursor=${cursor}`}`;
      const path = `/v1/memory?${query}`;
      const page = (await send(app, { path })).json();
      seen.push(...values(page).map(String));
      cursor = page.next_cursor ?? '';
      await set({ value: 'written meanwhile', namespace });
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `item ${24 - i}`));
    const odd = (
      await send(app, { path: `/v1/memory?namespace=${namespace}&tag=odd&order=asc&limit=3` })
    ).json();
    expect(values(odd)).toEqual(['item 1', 'item 3', 'item 5']);
  });

  test('forgotten is gone from every answer', async () => {
    const namespace = 'forget';
    const { id } = await set({ value: 'The canary sings at dawn.', namespace });
    await set({ value: 'User: hello canary\nAssistant: hello', namespace, key: 'thread' });
    await set({ value: 'User: bye canary\nAssistant: bye', namespace, key: 'thread' });
    await set({ value: 'canary fact', namespace, key: 'thread' });
    await set({ value: 'Something else.', namespace });
    const receipt = (await send(app, { method: 'DELETE', path: `/v1/memory/${id}` })).json();
    expect(receipt).toMatchObject({ forgotten: 1, namespace });
    expect(await post('/v1/forget', { key: 'thread', namespace })).toMatchObject({ forgotten: 3 });
    expect((await send(app, { path: `/v1/memory/${id}` })).response.status).toBe(404);
    expect((await send(app, { method: 'DELETE', path: `/v1/memory/${id}` })).response.status).toBe(
      404,
    );
    const found = await search({ query: 'canary sings dawn', namespace });
    expect(JSON.stringify(found.results)).not.toContain('canary');
    expect(
      JSON.stringify((await send(app, { path: `/v1/memory?namespace=${namespace}` })).json()),
    ).not.toContain('canary');
  });

  test('JSON values, messages and other spellings', async () => {
    const namespace = 'spellings';
    await set({ content: { city: 'Oslo', years: [2020, 2021] }, user_id: namespace });
    await set({
      messages: [
        { role: 'user', content: 'I love fjords.' },
        { role: 'assistant', content: 'Nice.' },
      ],
      namespace,
    });
    const found = await search({ query: 'Oslo', user_id: namespace });
    expect(found.results[0].value).toEqual({ city: 'Oslo', years: [2020, 2021] });
    expect(found.results[0].content).toContain('"city":"Oslo"');
    const fjords = await search({ query: 'fjords', namespace });
    expect(fjords.results[0].value).toBe('User: I love fjords.\nAssistant: Nice.');
  });

  test('what expires is gone to the second', async () => {
    const namespace = 'expiry';
    const { id } = await set({ value: 'A short-lived note.', namespace, ttl_seconds: 0.3 });
    expect((await search({ query: 'note', namespace })).count).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await search({ query: 'note', namespace })).count).toBe(0);
    expect((await send(app, { path: `/v1/memory/${id}` })).response.status).toBe(404);
    expect((await send(app, { path: `/v1/memory?namespace=${namespace}` })).json().count).toBe(0);
  });

  test('if_version lets one of many writers win, and loses no update silently', async () => {
    const body = { key: 'counter', namespace: 'versions' };
    expect((await set({ ...body, value: 'zero' })).version).toBe(1);
    const racing = Array.from({ length: 20 }, (_, i) =>
      send(app, { path: '/v1/memory-set', body: { ...body, value: `n${i}`, if_version: 1 } }),
    );
    const statuses = (await Promise.all(racing)).map(({ response }) => response.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    const { memory } = await post('/v1/memory-get', body);
    expect(memory.version).toBe(2);
    expect((await set({ ...body, value: 'next', if_version: 2 })).version).toBe(3);
  });

  test('bulks and single writers of the same keys all get through', async () => {
    const item = (n: number) => ({ key: `k${n % 5}`, value: `value ${n} of a contended key` });
    const bulks = Array.from({ length: 8 }, (_, b) =>
      post('/v1/memory/bulk', {
        namespace: 'contended',
        items: Array.from({ length: 10 }, (_, i) => item(b * 10 + i)),
      }),
    );
    const singles = Array.from({ length: 10 }, (_, i) =>
      set({ ...item(1000 + i), namespace: 'contended' }),
    );
    const answers = await Promise.all(bulks);
    await Promise.all(singles);
    expect(answers.map((answer) => answer.failed)).toEqual(Array(8).fill(0));
    const page = (await send(app, { path: '/v1/memory?namespace=contended' })).json();
    expect(page.count).toBe(5);
  });

  test('racing writers of one key leave one current fact and every version', async () => {
    const body = { key: 'race', namespace: 'race' };
    const writes = Array.from({ length: 20 }, (_, i) =>
      set({ ...body, value: `value number ${i}` }),
    );
    const statuses = (await Promise.all(writes)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 'stored')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'replaced')).toHaveLength(19);
    expect((await search({ query: 'value number', namespace: 'race' })).count).toBe(1);
  });
});
