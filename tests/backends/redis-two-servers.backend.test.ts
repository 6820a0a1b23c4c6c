/** Two servers over one store count in one Redis: exactly, and unreadable for others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '../../packages/server/src/backends/postgres/test-database.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import {
  answerOf,
  type FakeService,
  openFakeService,
  sendJson,
} from '../../packages/server/src/providers/remote/fake-service.test.helper.ts';
import { rootKey } from '../http/scenario.ts';
import { findRedis, type RedisServer, startRedis } from './redis-server.ts';
import { ask, makeSharedStore, type SharedStore } from './shared-apps.ts';

const redis = findRedis();
const absent = missing ?? ('reason' in redis ? redis.reason : undefined);
const dimension = 64;
const canary = 'zanzibarheron';

// The reason is in the title.
describe.skipIf(absent)(`two servers and one Redis${absent ? ` (${absent})` : ''}`, () => {
  let server: RedisServer;
  let service: FakeService;
  let store: SharedStore;
  let apps: RunningApp[];
  const secrets: string[] = [rootKey, canary];

  beforeAll(async () => {
    if ('reason' in redis) return;
    server = await startRedis(redis.program);
    service = await openFakeService((sent, response) =>
      sendJson(response, answerOf('openai-compatible', sent, dimension)),
    );
    store = await makeSharedStore({
      REVERIE_REDIS_URL: server.url,
      REVERIE_SIGNUP: 'open',
      REVERIE_SIGNUPS_PER_HOUR: '7',
      REVERIE_RATE_LIMIT: '100000',
      REVERIE_RATE_LIMIT_ADDRESS: '50',
      REVERIE_PLANS:
        '{"hundred": {"operations_per_month": 100}, "slow": {"requests_per_minute": 60}}',
      REVERIE_EMBEDDER: 'openai-compatible',
      REVERIE_EMBEDDER_MODEL: 'test-model',
      REVERIE_EMBEDDER_URL: service.url,
      REVERIE_EMBEDDER_DIMENSION: `${dimension}`,
      // However busy the machine is, nothing goes on without its vector.
      REVERIE_EMBED_WAIT_MS: '60000',
      REVERIE_EMBED_WAIT_QUERY_MS: '60000',
    });
    apps = [await store.open(), await store.open()];
  });
  afterAll(async () => {
    await store?.close();
    await service?.close();
    await server?.stop();
  });

  const root = (path: string, body?: object) =>
    ask(apps[0], path, { key: rootKey, ...(body && { body }) });
  /** Two servers that know a tenant of this plan. */
  const makeTenant = async (plan: string) => {
    const made = await root('/v1/admin/tenants', { name: 'Acme', plan });
    apps = [...apps.slice(0, 1), await store.open()];
    secrets.push(made.json.key, made.json.tenant.id);
    return { key: String(made.json.key), id: String(made.json.tenant.id) };
  };
  /** How many of so many that are asked of both at once pass. */
  const race = async (asked: number, one: (app: RunningApp | undefined, i: number) => object) => {
    const startedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: asked }, (_, i) => one(apps[i % 2], i) as ReturnType<typeof ask>),
    );
    const passed = answers.filter(({ status }) => status < 300).length;
    return { passed, answers, tookMs: performance.now() - startedAt };
  };

  test('of 300 searches on both at once exactly the 100 of the plan pass', async () => {
    const { key } = await makeTenant('hundred');
    const body = { query: 'Who waits for the tide?' };
    const { passed, answers } = await race(300, (app) =>
      ask(app, '/v1/memory/search', { key, body }),
    );
    expect(passed).toBe(100);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, json } of refused) {
      expect(status).toBe(402);
      expect(json.error).toMatchObject({ code: 'quota_exceeded', details: { used: 100 } });
    }
    for (const app of apps) {
      const { json } = await ask(app, '/v1/usage', { key });
      expect(json.operations.used).toBeLessThanOrEqual(100);
    }
  });

  test('a rate of a tenant and one of an address hold over both', async () => {
    const { key } = await makeTenant('slow');
    const ofTenant = await race(200, (app) => ask(app, '/v1/keys/self', { key }));
    expect(ofTenant.passed).toBeGreaterThanOrEqual(60);
    // One comes back each second.
    expect(ofTenant.passed).toBeLessThanOrEqual(60 + Math.ceil(ofTenant.tookMs / 1000));
    const late = ofTenant.answers.find(({ status }) => status === 429);
    expect(late?.headers.get('X-RateLimit-Remaining')).toBe('0');
    expect(Number(late?.headers.get('Retry-After'))).toBeGreaterThan(0);
    const address = '198.51.100.77';
    secrets.push(address);
    const strangers = await race(150, (app) => ask(app, '/v1/memory', { address }));
    const seen = strangers.answers.filter(({ status }) => status === 401).length;
    expect(seen).toBeGreaterThanOrEqual(50);
    expect(seen).toBeLessThanOrEqual(50 + Math.ceil((strangers.tookMs / 1000) * (50 / 60)));
  });

  test('one address signs up so often in an hour, on both together', async () => {
    const body = { label: 'Ann' };
    const { passed } = await race(30, (app) =>
      ask(app, '/v1/keys', { body, address: '198.51.100.78' }),
    );
    expect(passed).toBe(7);
  });

  test('what one has asked the embedder, the other knows', async () => {
    const namespace = 'birds';
    const value = `The ${canary} waits for the tide.`;
    await root('/v1/memory-set', { value, namespace });
    const body = { query: `Where does the ${canary} wait?`, namespace };
    const asked = () => service.sent.filter(({ body: sent }) => `${sent.input}`.includes('Where'));
    const first = await ask(apps[0], '/v1/memory/search', { key: rootKey, body });
    expect(asked()).toHaveLength(1);
    const second = await ask(apps[1], '/v1/memory/search', { key: rootKey, body });
    expect(asked()).toHaveLength(1);
    expect(second.json.results[0].value).toBe(value);
    expect(second.json.results[0].signals).toEqual(first.json.results[0].signals);
  });

  test('no text, key, tenant or address can be read in Redis, and everything goes', async () => {
    const keys = await server.ask(['KEYS', '*']);
    if (!Array.isArray(keys)) throw new Error('KEYS gives a list');
    const kinds = new Set(keys.map((key) => String(key).split(':')[1]));
    expect(kinds).toEqual(new Set(['rate', 'sum', 'vector']));
    const everything = [...keys.map(String)];
    for (const key of keys.map(String)) {
      expect(key).toMatch(/^reverie:(rate|sum|vector):[\w-]{5,22}$/);
      expect(Number(await server.ask(['PTTL', key]))).toBeGreaterThan(0);
      const isSum = key.startsWith('reverie:sum:');
      everything.push(String(await server.ask(isSum ? ['HGETALL', key] : ['GET', key])));
    }
    const text = everything.join('\n').toLowerCase();
    expect(text.length).toBeGreaterThan(500);
    for (const secret of secrets) expect(text).not.toContain(secret.toLowerCase());
  });
});
