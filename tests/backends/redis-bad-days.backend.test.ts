/** Redis on bad days: refused at the start with what to do; later requests go on without it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '../../packages/server/src/backends/postgres/test-database.ts';
import { loadRedisClient } from '../../packages/server/src/backends/redis/load-client.ts';
import { takeRates } from '../../packages/server/src/backends/redis/rate-script.ts';
import { RedisLink } from '../../packages/server/src/backends/redis/redis-link.ts';
import { doctor, openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey } from '../http/scenario.ts';
import { serveProcess } from '../serve-process.ts';
import { freePort } from './free-port.ts';
import { findRedis, type RedisServer, startRedis } from './redis-server.ts';
import { ask, makeSharedStore, type SharedStore } from './shared-apps.ts';

const redis = findRedis();
const absent = missing ?? ('reason' in redis ? redis.reason : undefined);
const limit = 40;
const planned = 1_200;
/** Longer than in the product: on a busy machine an answer may take as long as it does there. */
const timeoutMs = 1_000;
/** A busy machine may stand still for a moment by itself. */
const slackMs = 2_500;

// The reason is in the title.
describe.skipIf(absent)(`bad days of Redis${absent ? ` (${absent})` : ''}`, () => {
  let server: RedisServer;
  const started: RedisServer[] = [];
  const start = async (more: readonly string[] = []): Promise<RedisServer> => {
    if ('reason' in redis) throw new Error(redis.reason);
    const one = await startRedis(redis.program, more);
    started.push(one);
    return one;
  };
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    for (const one of started) await one.stop();
  });

  const settingsFor = (url: string) =>
    loadSettings({
      REVERIE_RECORDS: 'ephemeral',
      REVERIE_REDIS_URL: url,
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_LOG_LEVEL: 'silent',
    });
  const refusal = async (url: string): Promise<unknown> => {
    try {
      await (await openApp(settingsFor(url))).close();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(server.url);
    change(url);
    return url.href;
  };

  test('what is said wrongly is refused at the start, with what to do', async () => {
    const replica = await start(['--replicaof', '127.0.0.1', '1']);
    const cluster = await start(['--cluster-enabled', 'yes']);
    const cases: readonly (readonly [string, RegExp])[] = [
      [changed((url) => (url.password = 'wrong-word')), /refuses the user or the password/],
      [changed((url) => (url.username = 'nobody')), /refuses the user or the password/],
      [changed((url) => (url.password = '')), /wants a password: redis:\/\/:password@/],
      [changed((url) => (url.pathname = '/99')), /no database of that number/],
      [replica.url, /is a replica.*name its primary/],
      [cluster.url, /Redis Cluster, which is not supported/],
    ];
    for (const [url, reason] of cases) {
      const error = await refusal(url);
      expect(error, url).toMatchObject({ code: 'setting_invalid' });
      expect(String(error)).toMatch(/REVERIE_REDIS_URL: /);
      expect(String(error)).toMatch(reason);
      expect(String(error)).not.toContain('wrong-word');
    }
    const said = await doctor(settingsFor(changed((url) => (url.password = 'wrong-word'))));
    expect(said.checks).toContainEqual(expect.objectContaining({ name: 'redis', ok: false }));
    const well = await doctor(settingsFor(server.url));
    expect(well.checks.find(({ name }) => name === 'redis')).toMatchObject({ ok: true });
  });

  test('what is no Redis, or an old one, is refused, and a missing package named', async () => {
    const old = await speaks((words) =>
      words.startsWith('*1\r\n$4\r\nINFO') ? bulk('redis_version:5.0.14\r\n') : '+OK\r\n',
    );
    expect(String(await refusal(old.url))).toMatch(/Redis 5\.0\.14 is too old; 6\.2 is needed/);
    const web = await speaks(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(String(await refusal(web.url))).toMatch(/what answers there is no Redis/);
    for (const one of [old, web]) one.close();
    const none = loadRedisClient(() => Promise.reject(new Error('Cannot find package')));
    await expect(none).rejects.toMatchObject({
      code: 'setting_invalid',
      message: expect.stringContaining('npm install @redis/client@'),
    });
  });

  test('over TLS it is trusted where its certificate is, and refused elsewhere', async () => {
    const [cert = '', certKey = ''] = ['cert', 'key'].map((part) =>
      fileURLToPath(
        new URL(`../../packages/server/src/http/fixtures/first-${part}.pem`, import.meta.url),
      ),
    );
    const port = await freePort();
    await start([
      ...['--tls-port', `${port}`, '--tls-cert-file', cert, '--tls-key-file', certKey],
      ...['--tls-auth-clients', 'no'],
    ]);
    const url = changed((to) => (to.port = `${port}`)).replace('redis:', 'rediss:');
    expect(String(await refusal(url))).toMatch(/certificate is not trusted; NODE_EXTRA_CA_CERTS/);
    const folder = mkdtempSync(join(tmpdir(), 'reverie-redis-tls-'));
    const trusting = { NODE_EXTRA_CA_CERTS: cert, REVERIE_REDIS_URL: url };
    const { url: at, stop } = await serveProcess(folder, 'tls', trusting);
    const ready = await (await fetch(`${at}/health/ready`)).text();
    expect(JSON.parse(ready).checks.shared_counters).toBe('ok');
    await stop('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  test('the ACL of the guide is enough, and one that lacks something is told', async () => {
    const acl = (name: string, ...rules: string[]) =>
      server.ask(['ACL', 'SETUSER', name, 'on', '>test', ...rules]);
    const needed = [
      '~reverie:*',
      '+@read',
      '+@write',
      '+@scripting',
      '+@connection',
      '+info',
      '+time',
    ];
    await acl('reverie', ...needed);
    await acl('reader', '~reverie:*', '+@read', '+@scripting', '+@connection', '+info', '+time');
    await acl('other', ...needed.with(0, '~other:*'));
    const as = (name: string) =>
      changed((url) => {
        url.username = name;
        url.password = 'test';
      });
    expect(await refusal(as('reverie'))).toBeUndefined();
    for (const name of ['reader', 'other']) {
      const error = await refusal(as(name));
      expect(error).toMatchObject({ code: 'setting_invalid' });
      expect(String(error)).toContain('docs/guides/redis.md shows an ACL');
    }
  });

  test('one that is only down is waited for: told once when it goes, once when back', async () => {
    const port = await freePort();
    const one = await start();
    const told: string[] = [];
    const onAway = (reason: string) => told.push(`away: ${reason}`);
    const down = `redis://127.0.0.1:${port}`;
    const never = await RedisLink.open({ url: down, prefix: 'a:', timeoutMs, onAway });
    expect(never.answers).toBe(false);
    expect(told).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(await never.run((to) => to.sendCommand(['PING']))).toBeUndefined();
    never.close();
    told.length = 0;
    const link = await RedisLink.open({
      ...{ url: one.url, prefix: 'a:', timeoutMs, onAway },
      onBack: () => told.push('back'),
    });
    for (let round = 0; round < 2; round++) {
      await one.kill();
      while (link.answers) await sleep(5);
      await sleep(500);
      await one.start();
      while (!link.answers) await sleep(5);
    }
    expect(told.map((line) => line.split(':')[0])).toEqual(['away', 'back', 'away', 'back']);
    expect(link.returns).toBe(2);
    link.close();
  });

  test('one that takes no writes is left alone until it does', async () => {
    const one = await start();
    const told: string[] = [];
    const onAway = (reason: string) => told.push(reason);
    const link = await RedisLink.open({ url: one.url, prefix: 'a:', timeoutMs, onAway });
    for (const [full, free, reason] of [
      [['maxmemory', '1'], ['maxmemory', '0'], /^OOM/],
      [['min-replicas-to-write', '1'], ['min-replicas-to-write', '0'], /^NOREPLICAS/],
    ] as const) {
      await one.ask(['CONFIG', 'SET', ...full]);
      const bucket = { key: 'a:b', limit: 1, periodMs: 60_000 };
      expect(await link.run((to) => takeRates(to, [bucket]))).toBeUndefined();
      expect(told.pop()).toMatch(reason);
      await sleep(700);
      expect(link.answers).toBe(false);
      await one.ask(['CONFIG', 'SET', ...free]);
      while (!link.answers) await sleep(5);
    }
    expect(told).toEqual([]);
    link.close();
  });

  describe('under load', () => {
    let own: RedisServer;
    let store: SharedStore;
    let apps: RunningApp[];
    let key: string;
    beforeAll(async () => {
      own = await start();
      store = await makeSharedStore({
        REVERIE_REDIS_URL: own.url,
        REVERIE_REDIS_TIMEOUT_MS: `${timeoutMs}`,
        REVERIE_PLANS: JSON.stringify({
          counted: { operations_per_month: 1_000_000 },
          planned: { operations_per_month: planned },
          slow: { requests_per_minute: limit },
        }),
      });
      const first = await store.open();
      const made = await ask(first, '/v1/admin/tenants', {
        ...{ key: rootKey, body: { name: 'Acme', plan: 'counted' } },
      });
      key = made.json.key;
      apps = [first, await store.open()];
    });
    afterAll(() => store?.close());

    /** Asks both for searches until `until` is done; every answer with how long it took. */
    const load = async (until: Promise<unknown>) => {
      const answers: { status: number; tookMs: number }[] = [];
      let isOver = false;
      const askers = Array.from({ length: 6 }, async (_, i) => {
        while (!isOver) {
          const startedAt = performance.now();
          const body = { query: 'Who waits for the tide?' };
          const { status } = await ask(apps[i % 2], '/v1/memory/search', { key, body });
          answers.push({ status, tookMs: performance.now() - startedAt });
        }
      });
      await until;
      isOver = true;
      await Promise.all(askers);
      return answers;
    };
    const checks = async (app: RunningApp | undefined) =>
      (await ask(app, '/health/ready')).json.checks.shared_counters;
    const isBack = async (servers: readonly RunningApp[] = apps): Promise<void> => {
      for (const app of servers) while ((await checks(app)) !== 'ok') await sleep(20);
    };
    /** A tenant that nobody knows yet, asked on both at once: how many pass of its rate. */
    const exactly = async (): Promise<void> => {
      const made = await ask(apps[0], '/v1/admin/tenants', {
        ...{ key: rootKey, body: { name: 'New', plan: 'slow' } },
      });
      const other = await store.open();
      await isBack([...apps, other]);
      const startedAt = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 3 * limit }, (_, i) =>
          ask(i % 2 === 0 ? apps[0] : other, '/v1/keys/self', { key: made.json.key }),
        ),
      );
      const refilled = Math.ceil(((performance.now() - startedAt) / 60_000) * limit);
      const passed = answers.filter(({ status }) => status === 200).length;
      expect(passed).toBeGreaterThanOrEqual(limit);
      expect(passed).toBeLessThanOrEqual(limit + refilled);
    };

    test('killed and started empty: no request fails or waits, and counts hold', async () => {
      await exactly();
      const day = async () => {
        await sleep(700);
        await own.kill();
        await sleep(700);
        expect([await checks(apps[0]), await checks(apps[1])]).toEqual(
          Array.from({ length: 2 }, () => 'not answering'),
        );
        const { json, status } = await ask(apps[0], '/health/ready');
        expect({ status, told: json.status }).toEqual({ status: 200, told: 'degraded' });
        await own.start();
        await isBack();
        await sleep(700);
      };
      const answers = await load(day());
      expect(answers.length).toBeGreaterThan(100);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(timeoutMs + slackMs);
      await exactly();
      await used(answers.length);
    });

    test('standing still: few requests wait for it, and then none', async () => {
      const waited: number[] = [];
      const day = async () => {
        await sleep(500);
        own.pause();
        while ((await checks(apps[0])) === 'ok' || (await checks(apps[1])) === 'ok') await sleep(5);
        const alone = await load(sleep(1_000));
        waited.push(...alone.map(({ tookMs }) => tookMs));
        expect(alone.filter(({ status }) => status !== 200)).toEqual([]);
        own.resume();
        await isBack();
        await sleep(500);
      };
      const answers = await load(day());
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(timeoutMs + slackMs);
      // Who asks while it is left alone does not wait for it at all.
      const sorted = waited.sort((a, b) => a - b);
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(timeoutMs);
      await exactly();
      await used(answers.length + waited.length);
    });

    test('of a plan hardly more passes though one server may have Redis and one not', async () => {
      const made = await ask(apps[0], '/v1/admin/tenants', {
        ...{ key: rootKey, body: { name: 'Plan', plan: 'planned' } },
      });
      const servers = [apps[0], await store.open()];
      const body = { query: 'Who waits for the tide?' };
      let passed = 0;
      const asker = async (i: number): Promise<void> => {
        while (passed < planned) {
          const { status } = await ask(servers[i % 2], '/v1/memory/search', {
            ...{ key: made.json.key, body },
          });
          if (status === 200) passed += 1;
          // What the other has set aside is refused while nobody can be asked.
          else expect(status).toBe(402);
        }
      };
      const asking = Promise.all([0, 1, 2, 3, 4, 5].map(asker));
      const until = async (count: number): Promise<void> => {
        while (passed < count) await sleep(2);
      };
      await until(planned / 6);
      await own.kill();
      await until(planned / 3);
      await own.start();
      await until(planned / 2);
      own.pause();
      await until((planned * 2) / 3);
      own.resume();
      await asking;
      // What is left of a share passes still, and then nothing does.
      for (const server of servers) {
        for (let status = 200; status === 200; ) {
          status = (await ask(server, '/v1/memory/search', { key: made.json.key, body })).status;
          if (status === 200) passed += 1;
          else expect(status).toBe(402);
        }
      }
      // What one counts alone the other learns from the store: two shares of 2% late at most.
      expect(passed).toBeLessThanOrEqual(planned * 1.04);
    });

    let acknowledged = 0;
    /** What was acknowledged, now so many more, was counted, all of it and nothing twice. */
    const used = async (more: number): Promise<void> => {
      acknowledged += more;
      const expected = acknowledged;
      await sleep(1_000);
      const told = await ask(apps[1], '/v1/usage', { key });
      // What the other server has not written yet is at most its share.
      expect(told.json.operations.used).toBeGreaterThanOrEqual(expected - 1024);
      expect(told.json.operations.used).toBeLessThanOrEqual(expected);
    };
  });
});

/** Something that answers every piece it is sent by a rule. */
async function speaks(answer: (words: string) => string) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (piece) => socket.write(answer(String(piece))));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `redis://127.0.0.1:${port}`, close };
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
