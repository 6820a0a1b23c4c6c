/** The SDK against the real product in this process: every call, as an application uses it. */
import { createClient, type ReverieClient, ReverieError } from '@reverie/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningApp } from '../packages/server/src/compose.ts';
import { openTestApp } from './http/open-test-app.ts';
import { rootKey } from './http/scenario.ts';

let app: RunningApp;
let reverie: ReverieClient;
beforeAll(async () => {
  app = await openTestApp();
  reverie = clientWith(rootKey);
});
afterAll(() => app.close());

function clientWith(apiKey: string): ReverieClient {
  const fetch = (request: Request) => app.fetch(request);
  return createClient({ fetch, apiKey, namespace: 'ann', retries: 0 });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('the SDK over the product', () => {
  it('stores every field and gets it back', async () => {
    const stored = await reverie.store({
      value: { plan: 'pro', since_when: 2021 },
      key: 'plan',
      mode: 'replace',
      tags: ['billing'],
      metadata: { source_url: 'x', Nested: { snake_inside: [1] } },
      type: 'profile',
      speaker: 'Ann',
      occurredAt: new Date('2026-03-01T09:00:00Z'),
      validFrom: '2026-01-01T00:00:00Z',
      importance: 0.25,
      confidence: 0.75,
      pinned: true,
      attachments: [{ url: 'https://example.org/a.png', mediaType: 'image/png', caption: 'A' }],
    });
    expect(stored).toMatchObject({ status: 'stored', key: 'plan', namespace: 'ann', version: 1 });
    expect(stored.memory).toMatchObject({
      value: { plan: 'pro', since_when: 2021 },
      content: '{"plan":"pro","since_when":2021}',
      kind: 'fact',
      type: 'profile',
      audience: 'user',
      tags: ['billing'],
      metadata: { source_url: 'x', Nested: { snake_inside: [1] } },
      speaker: 'Ann',
      occurredAt: '2026-03-01T09:00:00.000Z',
      validFrom: '2026-01-01T00:00:00.000Z',
      validTo: null,
      importance: 0.25,
      confidence: 0.75,
      pinned: true,
      archived: false,
      attachments: [{ url: 'https://example.org/a.png', mediaType: 'image/png', caption: 'A' }],
    });
    expect(await reverie.get(stored.id)).toEqual(stored.memory);
    expect(await reverie.getByKey('plan')).toMatchObject({ found: true, memory: stored.memory });
  });

  it('replaces a fact and refuses an outdated version', async () => {
    const first = await reverie.store({ key: 'home', value: 'Lives in Porto.' });
    const second = await reverie.store({ key: 'home', value: 'Lives in Lisbon.', ifVersion: 1 });
    expect(second).toMatchObject({ status: 'replaced', replaced: first.id });
    const outdated = reverie.store({ key: 'home', value: 'Lives in Faro.', ifVersion: 9 });
    await expect(outdated).rejects.toMatchObject({ code: 'version_conflict', status: 409 });
  });

  it('recalls with its reasons', async () => {
    await reverie.store('Paul moved to Coimbra with his dog.');
    const found = await reverie.recall({ query: 'Who lives in Coimbra?', limit: 3 });
    expect(found.count).toBe(found.results.length);
    expect(found.queryTimeMs).toBeGreaterThan(0);
    const [hit] = found.results;
    expect(hit?.content).toContain('Coimbra');
    expect(hit?.matched.terms).toContain('Coimbra');
    expect(hit?.passage?.start).toBe(0);
    expect(hit?.signals.text).toBeGreaterThan(0);
    const words = await reverie.recall({ query: 'Coimbra', signals: { vector: false } });
    expect(words.results[0]?.signals.vector).toBe(0);
    expect((await reverie.recall({ query: 'Coimbra', tags: { any: ['none'] } })).count).toBe(0);
  });

  it('explains what it finds and what it does not', async () => {
    const { id } = await reverie.store('Paul walks his dog in Coimbra.');
    const query = 'Who has a dog in Coimbra?';
    const found = await reverie.recall({ query, explain: true });
    expect(found.explanation).toMatchObject({ limit: 10, vectorTrust: expect.any(Number) });
    for (const { explanation } of found.results) {
      const parts = explanation?.parts ?? [];
      const sum = parts.reduce((total, part) => total + part.contribution, 0);
      expect(sum).toBeCloseTo(explanation?.fused ?? 0, 10);
    }
    const why = await reverie.whyNot({ query, memoryId: id, speaker: 'Eve' });
    expect(why).toMatchObject({ found: false, reasons: [{ code: 'filtered' }] });
    const missing = 'mem_01a1fcff-bf96-727c-92f1-e1991923a52a';
    expect(await reverie.whyNot({ query, memoryId: missing })).toBeUndefined();
  });

  it('gives a context in the form that is asked for', async () => {
    const text = await reverie.context('Who has a dog in Coimbra?');
    expect(text.context.split('\n').length).toBeGreaterThan(4);
    expect(text).toMatchObject({ maxTokens: 1000, tokenizer: 'o200k_base' });
    expect(text.context).toContain(`[${text.citations.at(-1)?.n}] `);
    const question = { query: 'Who has a dog in Coimbra?', maxTokens: 100 } as const;
    const { context, tokens } = await reverie.context({ ...question, format: 'messages' });
    expect(context).toMatchObject([{ role: 'system', content: expect.any(String) }]);
    expect(tokens).toBeLessThanOrEqual(100);
  });

  it('stores many, lists them page by page and forgets by key', async () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ value: `Turn ${i}`, key: 'chat' }));
    const items = [...many.map((item) => ({ ...item, mode: 'append' as const })), { value: '' }];
    const outcome = await reverie.storeMany(items, { namespace: 'many' });
    expect({ stored: outcome.stored, failed: outcome.failed }).toEqual({ stored: 25, failed: 1 });
    expect(outcome.results[25]).toMatchObject({ ok: false, error: { code: 'invalid_value' } });
    const listed = await all(reverie.list({ namespace: 'many', limit: 10, order: 'asc' }));
    expect(listed.map((memory) => memory.value)).toEqual(many.map((item) => item.value));
    const page = await reverie.listPage({ namespace: 'many', limit: 10 });
    expect(page.results).toHaveLength(10);
    expect(page.nextCursor).not.toBeNull();
    expect(await reverie.getByKey({ key: 'chat', namespace: 'many' })).toMatchObject({ turns: 25 });
    const gone = await reverie.forget({ key: 'chat', namespace: 'many' });
    expect(gone).toMatchObject({ forgotten: 25, namespace: 'many' });
    expect(await all(reverie.list({ namespace: 'many' }))).toEqual([]);
  });

  it('forgets by id, and then finds nothing', async () => {
    const { id } = await reverie.store({ value: 'A secret about marzipan.', namespace: 'gone' });
    expect(await reverie.forget({ id, namespace: 'gone' })).toMatchObject({ forgotten: 1 });
    expect(await reverie.forget({ id, namespace: 'gone' })).toMatchObject({ forgotten: 0 });
    expect(await reverie.get(id)).toBeUndefined();
    expect((await reverie.recall({ query: 'marzipan', namespace: 'gone' })).count).toBe(0);
  });

  it('makes, reads, rotates and revokes keys, and looks after tenants', async () => {
    const grants = [{ permissions: ['read' as const], namespaces: ['ann'] }];
    const { key, apiKey } = await reverie.createKey({
      ...{ label: 'reader', grants },
      expiresAt: '2100-01-01T00:00:00Z',
    });
    expect(key).toMatch(/^sk-rev-/);
    expect(apiKey).toMatchObject({ label: 'reader', grants, admin: false, createdBy: 'root' });
    expect(apiKey.expiresAt).toBe('2100-01-01T00:00:00.000Z');
    expect(await all(reverie.keys())).toEqual([apiKey]);
    const own = { id: apiKey.id, tenant: 'root', grants, admin: false, operator: false };
    const reader = clientWith(key);
    expect(await reader.ownKey()).toEqual(own);
    const stored = reader.store({ value: 'No.', namespace: 'ann' });
    await expect(stored).rejects.toMatchObject({ code: 'permission_denied', status: 403 });
    const rotated = await reverie.rotateKey(apiKey.id, { graceSeconds: 60 });
    expect(rotated.apiKey.rotatedAt).not.toBeNull();
    expect(await reader.ownKey()).toEqual(own);
    expect(await clientWith(rotated.key).ownKey()).toEqual(own);
    await reverie.revokeKey(apiKey.id);
    await expect(reader.ownKey()).rejects.toMatchObject({ code: 'invalid_api_key' });

    const made = await reverie.createTenant({ name: 'Acme' });
    expect(await all(reverie.tenants())).toEqual([made.tenant]);
    const theirs = clientWith(made.key ?? '');
    await theirs.store('Of Acme.');
    const events = await all(theirs.auditLog());
    expect(events.map(({ action }) => action)).toEqual(['key.created', 'tenant.created']);
    const { id } = made.tenant;
    expect((await reverie.setTenantPlan(id, 'free')).plan).toBe('free');
    const usage = await theirs.usage();
    expect(usage).toMatchObject({
      ...{ tenant: id, plan: 'free', requestsPerMinute: 200 },
      operations: { used: 1, limit: 1000, remaining: 999, byKind: { store: 1, search: 0 } },
    });
    expect(usage.storedBytes.used).toBeGreaterThan(0);
    expect(await all(reverie.tenantUsages({ tenant: id }))).toEqual([usage]);
    expect((await all(reverie.tenantUsages())).map(({ tenant }) => tenant)).toEqual(['root', id]);
    await expect(theirs.signUp()).rejects.toMatchObject({ code: 'invalid_argument' });
    const suspended = await reverie.suspendTenant(made.tenant.id, true);
    expect(suspended.suspendedAt).not.toBeNull();
    expect(await reverie.deleteTenant(made.tenant.id)).toBe(1);
    expect(await all(reverie.tenants())).toEqual([]);
  });

  it('walks the namespaces and asks for health', async () => {
    const names = (await all(reverie.namespaces())).map((info) => info.name);
    expect(names).toEqual(expect.arrayContaining(['ann', 'many']));
    expect(await reverie.health()).toMatchObject({ ok: true, status: 200 });
  });

  it('is refused without a valid key, with a code and a hint', async () => {
    const stranger = createClient({ fetch: (request) => app.fetch(request), apiKey: 'wrong' });
    const error = await stranger.recall('x').catch((thrown: unknown) => thrown);
    expect(ReverieError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: 'invalid_api_key', status: 401, hint: expect.any(String) });
  });
});
