/** The client over a real HTTP server: what is sent, what comes back, in the wire's shapes. */
import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { clientOver } from './client-over.test.helper.ts';
import { ReverieError } from './errors.ts';
import { startServer, wireMemory } from './fixtures.ts';

const memory = {
  id: 'mem_0199-a',
  key: 'home',
  value: { city: 'Porto', since_when: 2021 },
  content: '{"city":"Porto","since_when":2021}',
  namespace: 'user-42',
  kind: 'fact',
  type: 'profile',
  audience: 'user',
  tags: ['place'],
  metadata: { source_url: 'x', Nested_Key: { snake_inside: 1 } },
  speaker: null,
  occurredAt: '2026-03-01T09:00:00.000Z',
  createdAt: '2026-03-01T09:00:01.000Z',
  updatedAt: '2026-03-01T09:00:02.000Z',
  version: 3,
  archived: false,
  pinned: true,
  importance: 0.5,
  confidence: 0.9,
  trust: 'normal',
  flags: [],
  echoOf: null,
  indexed: { text: true, vector: false },
  expiresAt: null,
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: null,
  supersededBy: null,
  supersedes: 'mem_0199-0',
  attachments: [{ url: 'https://example.org/a.png', mediaType: 'image/png' }],
  derivedFrom: ['mem_0199-c'],
  links: [{ type: 'about', id: 'mem_0199-b' }],
};

describe('store', () => {
  const stored = {
    ok: true,
    status: 'replaced',
    id: 'mem_0199-a',
    key: 'home',
    namespace: 'user-42',
    version: 3,
    created_at: '2026-03-01T09:00:01.000Z',
    replaced: 'mem_0199-0',
    hint: 'No word in common.',
    memory: wireMemory,
  };

  it('maps every field and leaves values and metadata alone', async () => {
    const { client, seen } = await clientOver({ body: stored });
    const result = await client.store({
      value: { some_key: 1, camelKey: [null] },
      key: 'home',
      tags: ['a'],
      metadata: { keep_me: { AsIs: true } },
      mode: 'replace',
      kind: 'fact',
      type: 'profile',
      audience: 'user',
      speaker: 'Ana',
      occurredAt: new Date('2026-03-01T09:00:00Z'),
      expiresAt: '2027-01-01',
      ttlSeconds: 5,
      validFrom: '2026-01-01',
      validTo: '2026-02-01',
      importance: 0.1,
      confidence: 0.2,
      pinned: true,
      attachments: [{ url: 'u', mediaType: 'text/plain' }],
      links: [{ type: 'about', id: 'mem_0' }],
      ifVersion: 2,
    });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/memory-set' });
    expect(seen[0]?.headers.authorization).toBe('Bearer k');
    expect(seen[0]?.body).toEqual({
      value: { some_key: 1, camelKey: [null] },
      key: 'home',
      namespace: 'user-42',
      tags: ['a'],
      metadata: { keep_me: { AsIs: true } },
      mode: 'replace',
      kind: 'fact',
      type: 'profile',
      audience: 'user',
      speaker: 'Ana',
      occurred_at: '2026-03-01T09:00:00.000Z',
      expires_at: '2027-01-01',
      ttl_seconds: 5,
      valid_from: '2026-01-01',
      valid_to: '2026-02-01',
      importance: 0.1,
      confidence: 0.2,
      pinned: true,
      attachments: [{ url: 'u', media_type: 'text/plain' }],
      links: [{ type: 'about', id: 'mem_0' }],
      if_version: 2,
    });
    expect(result).toEqual({
      status: 'replaced',
      id: 'mem_0199-a',
      key: 'home',
      namespace: 'user-42',
      version: 3,
      createdAt: '2026-03-01T09:00:01.000Z',
      indexed: { text: true, vector: true },
      replaced: 'mem_0199-0',
      hint: 'No word in common.',
      memory,
    });
  });

  it('takes a text alone', async () => {
    const { client, seen } = await clientOver({ body: stored });
    await client.store('hello');
    expect(seen[0]?.body).toEqual({ value: 'hello', namespace: 'user-42' });
  });

  it('refuses what cannot be sent, as the caller’s fault', async () => {
    const { client, seen } = await clientOver({ body: stored });
    const cyclic: { [name: string]: never } = {};
    Object.assign(cyclic, { self: cyclic });
    await expect(client.store({ value: cyclic })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    const never = new Date(Number.NaN);
    await expect(client.store({ value: 'x', occurredAt: never })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(seen).toEqual([]);
  });

  it('stores many, each with its own outcome', async () => {
    const results = [
      { index: 0, ok: true, status: 'stored', id: 'mem_1' },
      { index: 1, ok: false, error: { code: 'invalid_value', message: 'Empty.' } },
    ];
    const { client, seen } = await clientOver({
      body: { ok: true, results, stored: 1, failed: 1 },
    });
    const outcome = await client.storeMany([{ value: 'a' }, { value: '', namespace: 'b' }]);
    expect(seen[0]?.url).toBe('/v1/memory/bulk');
    expect(seen[0]?.body).toEqual({
      items: [{ value: 'a' }, { value: '', namespace: 'b' }],
      namespace: 'user-42',
    });
    expect(outcome).toEqual({ results, stored: 1, failed: 1 });
  });
});

describe('recall', () => {
  it('maps the question and the hits', async () => {
    const from = '2026-01-01T00:00:00.000Z';
    const time = { from, to: from, text: 'today', used: 'filter' as const };
    const hit = {
      ...wireMemory,
      score: 0.71,
      signals: { vector: 0.5, text: 0.9, entity: 0 },
      matched: { terms: ['porto'], entities: ['porto'] },
      passage: { start: 0, end: 12 },
      exchange: 1,
      duplicates: ['mem_0'],
    };
    const { client, seen } = await clientOver({
      body: { ok: true, results: [hit], count: 1, query: 'q', query_time_ms: 1.5, time },
    });
    const found = await client.recall({
      query: 'q',
      time: 'filter',
      referenceTime: new Date(0),
      recency: 0.5,
      asOf: '2026-01-01',
      namespace: 'other',
      tags: { any: ['a'], all: [] },
      signals: { thread: false },
      collapse: false,
    });
    expect(seen[0]?.url).toBe('/v1/memory/search');
    expect(seen[0]?.body).toEqual({
      query: 'q',
      time: 'filter',
      reference_time: '1970-01-01T00:00:00.000Z',
      recency: 0.5,
      as_of: '2026-01-01',
      namespace: 'other',
      tags: { any: ['a'], all: [] },
      signals: { thread: false },
      collapse: false,
    });
    expect(found).toEqual({
      results: [
        {
          ...memory,
          score: 0.71,
          signals: hit.signals,
          matched: hit.matched,
          passage: hit.passage,
          exchange: 1,
          duplicates: ['mem_0'],
          echoes: [],
        },
      ],
      count: 1,
      query: 'q',
      queryTimeMs: 1.5,
      time,
    });
  });
});

describe('context and why-not', () => {
  it('map the question and the answer', async () => {
    const citation = {
      n: 1,
      id: 'mem_1',
      key: null,
      namespace: 'a',
      occurred_at: 'x',
      score: null,
    };
    const { occurred_at: occurredAt, ...cited } = citation;
    const sections = [{ name: 'user', items: [{ id: 'mem_1', score: 0.5, tokens: 7 }] }];
    const omitted = { budget: 1, duplicate: 2, threshold: 3 };
    const time = { from: 'x', to: 'y', text: 'today', used: 'boost' as const };
    const { client, seen } = await clientOver(
      {
        body: {
          ...{ ok: true, context: '[1] x', tokens: 9, max_tokens: 64, tokenizer: 'o' },
          ...{ sections, citations: [citation], omitted, query_time_ms: 1, degraded: ['no x'] },
          time,
        },
      },
      { body: { ok: true } },
      {
        body: {
          ...{ ok: true, memory_id: 'mem_1', namespace: 'a', found: false, rank: null, score: 0 },
          reasons: [{ code: 'filtered', message: 'No.', details: { field: 'key' } }],
        },
      },
      { status: 404, body: { error: { code: 'memory_not_found', message: 'None.' } } },
    );
    const input = {
      query: 'q',
      systemNamespace: 'app',
      maxTokens: 64,
      sections: ['user'],
      time: 'filter',
      referenceTime: new Date(0),
      recency: 0.5,
    } as const;
    expect(await client.context(input)).toEqual({
      ...{ context: '[1] x', tokens: 9, maxTokens: 64, tokenizer: 'o', sections, omitted },
      ...{ citations: [{ ...cited, occurredAt }], queryTimeMs: 1, degraded: ['no x'] },
      time,
    });
    expect(seen[0]).toMatchObject({
      url: '/v1/memory/context',
      body: {
        ...{ query: 'q', namespace: 'user-42', system_namespace: 'app', max_tokens: 64 },
        ...{ time: 'filter', reference_time: '1970-01-01T00:00:00.000Z', recency: 0.5 },
        sections: ['user'],
      },
    });
    await expect(client.context('q')).rejects.toMatchObject({ code: 'invalid_response' });
    const asked = { query: 'q', memoryId: 'mem_1', limit: 3 };
    expect(await client.whyNot(asked)).toEqual({
      ...{ memoryId: 'mem_1', namespace: 'a', found: false, rank: null, score: 0 },
      reasons: [{ code: 'filtered', message: 'No.', details: { field: 'key' } }],
    });
    expect(seen[2]).toMatchObject({
      url: '/v1/memory/why-not',
      body: { query: 'q', memory_id: 'mem_1', limit: 3 },
    });
    expect(await client.whyNot(asked)).toBeUndefined();
  });
});

describe('changing a memory', () => {
  it('maps the patch, the versions and the chain', async () => {
    const changed = { ok: true, status: 'updated', id: 'mem_1', version: 4, memory: wireMemory };
    const versions = [wireMemory, { ...wireMemory, version: 2 }];
    const { client, seen } = await clientOver(
      { body: changed },
      { body: { ...changed, status: 'unchanged' } },
      {
        body: {
          ...{ ok: true, id: 'mem_1', versions, complete: false },
          chain: { before: [wireMemory], after: [] },
        },
      },
      { status: 404, body: { error: { code: 'memory_not_found', message: 'None.' } } },
    );
    const patch = { id: 'mem_1', metadata: { a: null }, type: null, expiresAt: null, ifVersion: 3 };
    expect(await client.update({ ...patch, validFrom: new Date(0) })).toMatchObject({
      ...{ status: 'updated', id: 'mem_1', version: 4 },
      memory: { validFrom: '2026-01-01T00:00:00.000Z' },
    });
    expect(seen[0]).toMatchObject({ method: 'PATCH', url: '/v1/memory/mem_1' });
    expect(seen[0]?.body).toEqual({
      ...{ metadata: { a: null }, type: null, expires_at: null, if_version: 3 },
      ...{ valid_from: '1970-01-01T00:00:00.000Z', namespace: 'user-42' },
    });
    expect((await client.restore('mem_1')).status).toBe('unchanged');
    expect(seen[1]).toMatchObject({
      method: 'POST',
      url: '/v1/memory/mem_1/restore?namespace=user-42',
    });
    const history = await client.history('mem_1', { limit: 2, cursor: 'c' });
    expect(seen[2]?.url).toBe('/v1/memory/mem_1/history?namespace=user-42&limit=2&cursor=c');
    expect(history?.versions.map(({ version }) => version)).toEqual([3, 2]);
    expect(history).toMatchObject({ complete: false, chain: { before: [{ key: 'home' }] } });
    expect(await client.history('mem_1')).toBeUndefined();
  });
});

describe('reranking', () => {
  it('is asked for by a field, and tells its score and time', async () => {
    const signals = { vector: 0.5, text: 0.9, entity: 0, rerank: -3.5 };
    const body = {
      ok: true,
      results: [{ ...wireMemory, score: 0.7, signals, matched: { terms: [], entities: [] } }],
      count: 1,
      query: 'q',
      query_time_ms: 90,
      rerank_time_ms: 80,
    };
    const { client, seen } = await clientOver({ body });
    const found = await client.recall({ query: 'q', rerank: true });
    expect(seen[0]?.body).toMatchObject({ query: 'q', rerank: true });
    expect(found.rerankTimeMs).toBe(80);
    expect(found.results[0]?.signals).toEqual(signals);
  });
});

describe('reading', () => {
  it('lists over pages and asks for the next one only when it is needed', async () => {
    const page = (id: string, cursor: string | null) => ({
      body: { results: [{ ...wireMemory, id }], next_cursor: cursor, count: 1 },
    });
    const { client, seen } = await clientOver(page('m1', 'c 1'), page('m2', null));
    const walk = client.list({ key: 'home', limit: 1, order: 'asc' })[Symbol.asyncIterator]();
    expect((await walk.next()).value).toMatchObject({ id: 'm1' });
    expect(seen.length).toBe(1);
    expect((await walk.next()).value).toMatchObject({ id: 'm2' });
    expect((await walk.next()).done).toBe(true);
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1/memory?namespace=user-42&key=home&order=asc&limit=1',
      '/v1/memory?namespace=user-42&key=home&order=asc&limit=1&cursor=c+1',
    ]);
  });

  it('gets by id, and undefined when there is none', async () => {
    const missing = { error: { code: 'memory_not_found', message: 'There is no such memory.' } };
    const { client, seen } = await clientOver(
      { body: wireMemory },
      { body: { ok: true, memory: wireMemory } },
      { status: 404, body: missing },
    );
    expect(await client.get('mem/../x')).toEqual(memory);
    expect(await client.get('mem_0199-a')).toEqual(memory);
    expect(await client.get('mem_0')).toBeUndefined();
    expect(seen[0]?.url).toBe('/v1/memory/mem%2F..%2Fx?namespace=user-42');
    await expect(client.get('..')).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('asks for other times and for archived memories', async () => {
    const { client, seen } = await clientOver(
      { body: wireMemory },
      { body: { found: false, value: null, turns: 0 } },
      { body: { results: [], next_cursor: null, count: 0 } },
    );
    const validAt = new Date('2024-01-01');
    await client.get('mem_1', { validAt, asOf: '2025-01-01' });
    await client.getByKey({ key: 'home', validAt, asOf: '2025-01-01' });
    await client.listPage({ archived: 'only', asOf: '2025-01-01' });
    await client.listPage({ archived: true });
    const times = { valid_at: '2024-01-01T00:00:00.000Z', as_of: '2025-01-01' };
    expect(Object.fromEntries(new URL(`http://x${seen[0]?.url}`).searchParams)).toEqual({
      namespace: 'user-42',
      ...times,
    });
    expect(seen[1]?.body).toEqual({ key: 'home', namespace: 'user-42', ...times });
    expect(seen[2]?.url).toContain('archived=only&as_of=2025-01-01');
    expect(seen[3]?.url).toContain('archived=true');
  });

  it('gets by key', async () => {
    const { client } = await clientOver(
      { body: { found: true, value: wireMemory.value, turns: 2, memory: wireMemory } },
      { body: { found: false, value: null, turns: 0 } },
    );
    expect(await client.getByKey('home')).toEqual({
      found: true,
      value: memory.value,
      turns: 2,
      memory,
    });
    expect(await client.getByKey({ key: 'x' })).toEqual({ found: false, value: null, turns: 0 });
  });

  it('forgets, walks namespaces and asks for health', async () => {
    const space = { name: 'a', memories: 3, created_at: 'x', changed_at: 'y' };
    const { client, seen } = await clientOver(
      { body: { ok: true, forgotten: 2, namespace: 'user-42', receipt: null } },
      { status: 404, body: { error: { code: 'memory_not_found', message: 'None.' } } },
      { body: { results: [space], next_cursor: null } },
      { body: { ok: false, status: 'degraded' } },
      { status: 503, body: {} },
    );
    expect(await client.forget({ id: 'mem_1' })).toMatchObject({
      forgotten: 2,
      namespace: 'user-42',
      receipt: null,
    });
    expect(seen[0]?.body).toEqual({ memory_id: 'mem_1', namespace: 'user-42' });
    expect(await client.forget({ id: 'mem_1' })).toMatchObject({ forgotten: 0 });
    const spaces = [];
    for await (const each of client.namespaces()) spaces.push(each);
    expect(spaces).toEqual([{ name: 'a', memories: 3, createdAt: 'x', changedAt: 'y' }]);
    expect(await client.health()).toEqual({
      ok: false,
      status: 200,
      report: { ok: false, status: 'degraded' },
    });
    expect(await client.health()).toMatchObject({ ok: false, status: 503 });
  });
});

describe('createClient', () => {
  it('reads the environment when an option is absent', async () => {
    const server = await startServer({ body: {} });
    const before = { ...process.env };
    Object.assign(process.env, { REVERIE_URL: server.url, REVERIE_API_KEY: 'from-env' });
    try {
      await createClient().health();
    } finally {
      process.env = before;
      await server.close();
    }
    expect(server.seen[0]?.headers.authorization).toBe('Bearer from-env');
  });

  it('sends further headers, and goes through a given fetch', async () => {
    const asked: Request[] = [];
    const client = createClient({
      headers: { 'x-tenant': 't' },
      fetch: (request) => {
        asked.push(request);
        return Response.json({ ok: true });
      },
    });
    expect(await client.health()).toEqual({ ok: true, status: 200, report: { ok: true } });
    expect(asked[0]?.url).toBe('http://127.0.0.1:7360/health');
    expect(asked[0]?.headers.get('x-tenant')).toBe('t');
  });

  it.each([{ baseUrl: 'nowhere' }, { baseUrl: 'ftp://x' }, { timeoutMs: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => createClient(options)).toThrow(ReverieError);
    },
  );
});
