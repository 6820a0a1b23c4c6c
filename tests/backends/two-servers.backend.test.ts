/** Two servers over one store: what both hold in memory, and what only one may do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@reverie/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp, resetRootKey } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { limits } from '../../packages/server/src/domain/limits.ts';
import { openReceiver, type Receiver, until } from '../receiver.ts';
import { type ServerProcess, serveProcess } from '../serve-process.ts';
import type { SharedStore } from './replica-rules.ts';
import { sharedStore } from './shared-store.ts';

const rootKey = 'test-root-key-of-enough-length';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One request to one server, as it comes back. */
async function ask(
  { url }: Pick<ServerProcess, 'url'>,
  route: string,
  { key = rootKey, body }: { readonly key?: string; readonly body?: object } = {},
): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const headers = { Authorization: `Bearer ${key}` };
  const sent = body && { body: JSON.stringify(body) };
  const response = await fetch(url + path, { method, headers, ...sent });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const field = (value: unknown, ...path: string[]): string =>
  String(path.reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], value));

const { name, missing, make } = sharedStore;

// The reason is in the title.
describe.skipIf(missing)(`${name}: two servers as one${missing ? ` (${missing})` : ''}`, () => {
  let store: SharedStore;
  let folder: string;
  let receiver: Receiver;
  const running = new Set<ServerProcess>();
  let one: ServerProcess;
  let two: ServerProcess;

  const start = async (): Promise<ServerProcess> => {
    const server = await serveProcess(folder, 'shared', {
      ...store.settings,
      REVERIE_OUTGOING_PRIVATE: '127.0.0.1',
    });
    running.add(server);
    return server;
  };
  const end = async (server: ServerProcess, signal: 'SIGTERM' | 'SIGKILL') => {
    running.delete(server);
    await server.stop(signal);
  };
  const search = (server: ServerProcess, key: string) =>
    ask(server, 'POST /v1/memory/search', { key, body: { query: 'anything', namespace: 'n' } });
  const makeKey = async (server: ServerProcess, more: object = {}) => {
    const { body } = await ask(server, 'POST /v1/keys', { body: { label: 'k', ...more } });
    return { key: field(body, 'key'), id: field(body, 'api_key', 'id') };
  };

  beforeAll(async () => {
    store = await make();
    folder = await mkdtemp(join(tmpdir(), 'reverie-two-'));
    receiver = await openReceiver();
    [one, two] = [await start(), await start()];
  });
  afterAll(async () => {
    for (const server of [...running]) await end(server, 'SIGTERM');
    await receiver.close();
    await store.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('a key of one opens the other at once, and opens neither once it is revoked', async () => {
    for (let i = 0; i < 5; i++) {
      const [maker, other] = i % 2 === 0 ? [one, two] : [two, one];
      const { key, id } = await makeKey(maker);
      expect((await search(other, key)).status).toBe(200);
      const listed = await ask(other, 'GET /v1/keys');
      expect(JSON.stringify(listed.body)).toContain(id);
      expect((await ask(other, `DELETE /v1/keys/${id}`)).status).toBe(200);
      expect((await search(maker, key)).status).toBe(401);
      expect((await search(other, key)).status).toBe(401);
    }
  });

  test('a secret that was rotated away on one opens nothing on the other', async () => {
    const { key, id } = await makeKey(one);
    expect((await search(two, key)).status).toBe(200);
    const rotated = await ask(one, `POST /v1/keys/${id}/rotate`);
    expect(rotated.status).toBe(200);
    expect((await search(two, key)).status).toBe(401);
    expect((await search(two, field(rotated.body, 'key'))).status).toBe(200);
  });

  test('keys that are made through both at once are as many as the plan has', async () => {
    const wanted = { name: 'free', plan: 'free' };
    const { body } = await ask(one, 'POST /v1/admin/tenants', { body: wanted });
    const key = field(body, 'key');
    const made = await Promise.all(
      Array.from({ length: 26 }, (_, i) =>
        ask(i % 2 === 0 ? one : two, 'POST /v1/keys', { key, body: { label: `${i}` } }),
      ),
    );
    const statuses = made.map(({ status }) => status);
    // The plan has 20, and the first one came with the tenant.
    expect(statuses.filter((status) => status < 300)).toHaveLength(19);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
    for (const server of [one, two]) {
      const listed = await ask(server, 'GET /v1/keys?limit=50', { key });
      expect((listed.body.results as unknown[]).length).toBe(20);
    }
  });

  test('a key that is brought to both at once gets one tenant', async () => {
    const body = { name: 'brought', key: 'sk-slop-of-another-system-0001' };
    const made = await Promise.all(
      [one, two].map((server) => ask(server, 'POST /v1/admin/tenants', { body })),
    );
    expect(made.map(({ status }) => status < 300).sort()).toEqual([false, true]);
    expect((await search(one, body.key)).status).toBe(200);
    expect((await search(two, body.key)).status).toBe(200);
  });

  test('a tenant that one has suspended is out on the other, and comes back', async () => {
    const made = await ask(one, 'POST /v1/admin/tenants', { body: { name: 'acme' } });
    const [id, key] = [field(made.body, 'tenant', 'id'), field(made.body, 'key')];
    expect((await search(two, key)).status).toBe(200);
    const change = `PATCH /v1/admin/tenants/${id}`;
    expect((await ask(one, change, { body: { suspended: true } })).status).toBe(200);
    expect((await search(two, key)).status).toBe(403);
    expect((await ask(two, change, { body: { suspended: false } })).status).toBe(200);
    expect((await search(one, key)).status).toBe(200);
  });

  test('of two who dream in one namespace at once, one does', async () => {
    await one.client.store({ value: 'Ann likes tea.', namespace: 'dreamt' });
    const body = { namespace: 'dreamt', strategies: ['associate'] };
    const starts = await Promise.all(
      [one, two, one, two].map((server) => ask(server, 'POST /v1/dreams', { body })),
    );
    const begun = starts.filter(({ status }) => status < 300);
    const refused = starts.filter(({ status }) => status === 409);
    // One that has ended already makes room for the next.
    expect(begun.length + refused.length).toBe(4);
    const ids = new Set(begun.map((answer) => field(answer.body, 'dream', 'id')));
    expect(ids.size).toBe(begun.length);
    for (const id of ids) {
      await until(async () => {
        const { body: told } = await ask(two, `GET /v1/dreams/${id}`);
        return ['planned', 'empty'].includes(field(told, 'dream', 'status'));
      });
    }
  });

  test('who listens to one hears what was stored through the other', async () => {
    const client = createClient({ baseUrl: two.url, apiKey: rootKey, namespace: 'heard' });
    await one.client.store({ value: 'before', namespace: 'heard' });
    const heard: string[] = [];
    const ended = new AbortController();
    const listening = (async () => {
      for await (const item of client.events({ after: '0' }, { signal: ended.signal })) {
        if (item.kind === 'event') heard.push(String(item.event.type));
      }
    })().catch(() => undefined);
    await until(() => heard.length === 1);
    const startedAt = performance.now();
    await one.client.store({ value: 'after', namespace: 'heard' });
    await until(() => heard.length === 2);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    ended.abort();
    await listening;
  });

  test('a webhook made, seen and changed through either is told of both, once', async () => {
    const body = { url: receiver.url, namespaces: ['told'] };
    const made = await ask(two, 'POST /v1/webhooks', { body });
    expect(made.status).toBe(201);
    const id = field(made.body, 'webhook', 'id');
    const stored = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).client.store({ value: `Told ${i}.`, namespace: 'told' }),
      ),
    );
    await receiver.atLeast(20);
    const told = receiver.received.map(({ body: sent }) => sent.data.memory_id);
    expect(new Set(told)).toEqual(new Set(stored.map((each) => each.id)));
    expect(told).toHaveLength(20);
    for (const server of [one, two]) {
      const ping = await ask(server, `POST /v1/webhooks/${id}/test`);
      expect(ping.body).toMatchObject({ delivered: true });
    }
    await until(async () => {
      const logs = await Promise.all(
        [one, two].map((server) => ask(server, `GET /v1/webhooks/${id}/deliveries?limit=50`)),
      );
      return logs.every(({ body: log }) => Number(log.count) >= 22);
    });
    for (const server of [one, two]) {
      const again = receiver.received.length;
      const log = await ask(server, `GET /v1/webhooks/${id}/deliveries?limit=50`);
      const delivery = (log.body.results as { event_id?: string; id?: string; event?: string }[])
        .map((each) => each.event_id ?? each.id)
        .find((each) => receiver.received.slice(0, 20).some((sent) => sent.body.id === each));
      const sent = await ask(server, `POST /v1/webhooks/${id}/deliveries/${delivery}/redeliver`);
      expect(sent.status).toBe(200);
      await receiver.atLeast(again + 1);
      expect(receiver.received.at(-1)?.body.id).toBe(delivery);
    }
    expect((await ask(one, `DELETE /v1/webhooks/${id}`)).status).toBe(200);
    expect((await ask(two, `GET /v1/webhooks/${id}`)).status).toBe(404);
  });

  test('a server that is killed leaves nothing untold', { timeout: 60_000 }, async () => {
    receiver.received.length = 0;
    const made = await ask(two, 'POST /v1/webhooks', {
      body: { url: receiver.url, namespaces: ['killed'] },
    });
    expect(made.status).toBe(201);
    const acknowledged: string[] = [];
    // Whoever is on duty: both are killed in turn, and the other one goes on.
    for (const victim of ['one', 'two'] as const) {
      const server = victim === 'one' ? one : two;
      for (let i = 0; i < 10; i++) {
        const value = `Before the end of ${victim}, ${i}.`;
        acknowledged.push((await server.client.store({ value, namespace: 'killed' })).id);
      }
      await end(server, 'SIGKILL');
      if (victim === 'one') one = await start();
      else two = await start();
      const all = acknowledged.length;
      await until(
        () => new Set(receiver.received.map(({ body }) => body.data.memory_id)).size === all,
        () => `${receiver.received.length} of ${all} were told`,
        20_000,
      );
    }
    const found = await two.client.recall({ query: 'Before the end', namespace: 'killed' });
    expect(found.results.length).toBeGreaterThan(0);
    await ask(one, `DELETE /v1/webhooks/${field(made.body, 'webhook', 'id')}`);
  });

  test('a forget whose server is killed is ended by another', { timeout: 120_000 }, async () => {
    const namespace = 'forgotten';
    const items = Array.from({ length: 1000 }, (_, i) => ({ value: `turn ${i}` }));
    for (let part = 0; part < 3; part++) await two.client.storeMany(items, { namespace });
    const forgetting = two.client.forgetNamespace({ namespace, confirm: true }).catch(() => {});
    const states = async (): Promise<string[]> => {
      const { body } = await ask(one, 'GET /v1/forget');
      return (body.results as { state: string }[]).map(({ state }) => state);
    };
    await until(async () => (await states()).includes('running'));
    await end(two, 'SIGKILL');
    await forgetting;
    await until(
      async () => (await ask(one, `GET /v1/namespaces/${namespace}`)).status === 404,
      () => 'it was not ended',
      // Of 3,000 memories it is a minute's work for DynamoDB Local on a busy machine.
      80_000,
    );
    await until(async () => !(await states()).includes('running'));
    two = await start();
  });

  test('a dream whose server is killed is ended by another', { timeout: 60_000 }, async () => {
    const namespace = 'left';
    const items = Array.from({ length: 500 }, (_, i) => ({ value: `Ann likes tea of box ${i}.` }));
    await two.client.storeMany(items, { namespace });
    const body = { namespace, strategies: ['compress', 'associate', 'pattern_extract'] };
    const begun = await ask(two, 'POST /v1/dreams', { body });
    const id = field(begun.body, 'dream', 'id');
    const startedAt = performance.now();
    await end(two, 'SIGKILL');
    const status = async () =>
      field((await ask(one, `GET /v1/dreams/${id}`)).body, 'dream', 'status');
    expect(await status()).toBe('running');
    await until(
      async () => (await status()) !== 'running',
      () => 'it was not ended',
      40_000,
    );
    expect(['planned', 'empty']).toContain(await status());
    // Whoever is alive may be silent for so long.
    expect(performance.now() - startedAt).toBeGreaterThan(limits.peerLeaseMs);
    two = await start();
  });

  test('a schedule fires once', { timeout: 60_000 }, async () => {
    const namespace = 'nightly';
    await one.client.store({ value: 'Ann likes tea.', namespace });
    const body = { namespace, strategies: ['associate'], after_writes: 5 };
    const made = await ask(two, 'POST /v1/dream-schedules', { body });
    expect(made.status).toBe(200);
    for (let i = 0; i < 6; i++) await two.client.store({ value: `Ann likes ${i}.`, namespace });
    const dreams = async () => {
      const { body: list } = await ask(one, `GET /v1/dreams?namespace=${namespace}`);
      return (list.results as unknown[]).length;
    };
    await until(
      async () => (await dreams()) > 0,
      () => 'it did not fire',
      30_000,
    );
    await sleep(2_000);
    expect(await dreams()).toBe(1);
  });

  test('a root key that was reset opens neither, and what it heard ends', async () => {
    const own = await make();
    const env = { ...own.settings, REVERIE_LOG_LEVEL: 'silent', REVERIE_DATA_DIR: folder };
    const settings = loadSettings(env);
    const apps = [await openApp(settings), await openApp(settings)];
    const key = apps[0]?.createdRootKey ?? '';
    const request = (path: string, presented = key) =>
      new Request(`http://reverie.test${path}`, {
        headers: { Authorization: `Bearer ${presented}` },
      });
    const statuses = (presented: string) =>
      Promise.all(
        apps.map(async (app) => (await app.fetch(request('/v1/namespaces', presented))).status),
      );
    const streams = await Promise.all(
      apps.map((app) => app.fetch(request('/v1/events?namespace=heard'))),
    );
    expect(await statuses(key)).toEqual([200, 200]);
    const startedAt = performance.now();
    const made = await resetRootKey(settings);
    expect(await statuses(key)).toEqual([401, 401]);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    const heard = await Promise.all(streams.map((stream) => stream.text()));
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    for (const told of heard) expect(told).toContain('invalid_api_key');
    expect(await statuses(made.key)).toEqual([200, 200]);
    for (const app of apps) await app.close();
    await own.remove();
  });

  test('who asks with a wrong key is refused, and the store is asked in vain', async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => search(i % 2 === 0 ? one : two, `sk-rev-wrong-${i}`)),
    );
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([401]));
  });
});
