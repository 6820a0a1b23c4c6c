import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { done, erase, FakeClock, idOf, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { fullAccess, fullGrants } from '../../domain/access.ts';
import { encodeBody } from '../../domain/body-codec.ts';
import { type ErrorCode, MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { TenantId } from '../../domain/memory.ts';
import { SharedTurns } from '../../peers/shared-turns.ts';
import type { OutgoingAnswer, OutgoingRequest } from '../../ports/outgoing.ts';
import { ChangeFeed } from '../events/change-feed.ts';
import { openRecords } from '../open-records.ts';
import { pauseAfter } from './delivery.ts';
import { webhookKeys } from './webhook-keys.ts';
import { Webhooks } from './webhooks.ts';

const tenant = 'tenant' as TenantId;
const hourMs = 3_600_000;
const body = new TextDecoder().decode(
  encodeBody({
    value: 'a',
    tags: [],
    metadata: {},
    attachments: [],
    entities: [],
    derivedFrom: [],
    origin: 'api',
  }),
);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.setSystemTime(1_800_000_000_000);
});
afterEach(() => void vi.useRealTimers());

interface Sent {
  readonly at: number;
  readonly url: string;
  readonly id: string;
  readonly attempt: number;
  readonly body: Uint8Array;
  readonly signature: string | undefined;
}

function openWorld(answer: (sent: Sent) => Promise<OutgoingAnswer> | OutgoingAnswer) {
  const clock = new FakeClock();
  let unique = 0;
  clock.now = () => Date.now();
  clock.randomBytes = (length) => {
    unique += 1;
    return new Uint8Array(length).fill(unique);
  };
  const { records, control } = openEphemeralStore({ clock });
  const feed = new ChangeFeed();
  const sent: Sent[] = [];
  const started = Date.now();
  /** What a key opens: anything, unless there is a fault; and how often all servers were told. */
  const access: { fault?: ErrorCode | undefined; settled: number } = { settled: 0 };
  const post = async ({ url, headers, body }: OutgoingRequest): Promise<OutgoingAnswer> => {
    const id = headers['X-Reverie-Event-Id'] ?? '';
    const attempt = Number(headers['X-Reverie-Attempt']);
    const signature = headers['X-REM-Signature'];
    const one = { at: Date.now() - started, url, id, attempt, body, signature };
    sent.push(one);
    return answer(one);
  };
  const open = async (id = 'server_a'): Promise<Webhooks> => {
    const turns = new SharedTurns({
      ...{ control, id, steadyNow: () => performance.now() },
      refresh: () => webhooks.reload(),
    });
    const webhooks = await Webhooks.open({
      ...{ records, control, clock, feed, userAgent: 'test', isSending: true },
      outgoing: { check: () => undefined, post },
      requireKey: () => {
        if (access.fault) throw new MemoryError(access.fault);
      },
      present: (event) => ({ id: event.id }),
      random: () => 1,
      turn: () => undefined,
      settle: async () => {
        access.settled += 1;
      },
      inTurn: (...asked) => turns.run(...asked),
      onAttempt: () => undefined,
      warn: () => undefined,
    });
    await webhooks.start();
    return webhooks;
  };
  const create = (webhooks: Webhooks, url = 'https://one.test') =>
    webhooks.create({
      ...{ tenant, keyId: 'root', grants: fullGrants, url, description: '' },
      ...{ namespaces: ['*'], events: ['*'], include: [] },
    });
  const store = async (n: number, namespace = 'home'): Promise<void> => {
    // Ids of events sort by their time.
    vi.setSystemTime(Date.now() + 1);
    const handle = openRecords({ records, feed }, { tenant, access: fullAccess });
    const result = await handle.commit(named(namespace), { ops: [put(n, { id: idOf(n) }, body)] });
    expect(result.ok).toBe(true);
  };
  const removeNamespace = async (name: string): Promise<void> => {
    const handle = records.open(tenant);
    const { namespace } = done(await handle.commit(named(name), { ops: [erase(1, 1)] }));
    await handle.remove(namespace.no);
  };
  return { open, create, store, removeNamespace, sent, control, access };
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test('pauses grow to a day, then it is over; jitter takes any part of them', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => pauseAfter(attempt, 1));
  expect(seconds.map((ms) => ms && ms / 1000)).toEqual([
    ...[5, 30, 120, 900, 3600, 21_600, 86_400],
    undefined,
  ]);
  expect(pauseAfter(7, 0.25)).toBe(6 * hourMs);
  expect(pauseAfter(1, 0)).toBe(500);
});

test('one that never arrives is tried eight times and given up; it can be sent again', async () => {
  let isUp = false;
  const { open, create, store, sent } = openWorld(() => ({ status: isUp ? 200 : 500 }));
  const webhooks = await open();
  const webhook = await create(webhooks);
  await store(1);
  await settle(1000);
  expect(sent).toHaveLength(1);
  await settle(40 * hourMs);
  const counted = [...new Set(sent.map(({ attempt }) => attempt))];
  expect(counted).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  // While nothing gets through it is asked every five minutes, which does not count.
  const gaps = sent.slice(4).map(({ at }, i) => at - (sent[i + 3]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(5 * 60_000 + 100);
  expect(await webhooks.status(webhook)).toMatchObject({ waiting: 0, dead: 1 });
  const before = sent.length;
  await settle(10 * hourMs);
  expect(sent).toHaveLength(before);
  isUp = true;
  await webhooks.redeliver(webhook, sent[0]?.id ?? '');
  await settle(1000);
  expect(await webhooks.status(webhook)).toMatchObject({
    waiting: 0,
    dead: 0,
    failingSince: undefined,
  });
  await webhooks.stop();
});

test('a receiver that comes back gets everything', async () => {
  let isUp = false;
  const { open, create, store, sent } = openWorld(() =>
    isUp ? { status: 204 } : { fault: 'connection_failed' },
  );
  const webhooks = await open();
  const webhook = await create(webhooks);
  for (let n = 1; n <= 50; n++) await store(n);
  await settle(8 * hourMs);
  // The rest waits in the log of changes and costs nothing.
  expect((await webhooks.status(webhook)).waiting).toBeLessThanOrEqual(4);
  isUp = true;
  const from = sent.length;
  await settle(6 * 60_000);
  const arrived = sent.slice(from).map(({ id }) => id);
  expect(arrived).toHaveLength(50);
  expect(new Set(arrived).size).toBe(50);
  // Those that had failed come beside the others, which are in their order.
  const failed = new Set(sent.slice(0, from).map(({ id }) => id));
  const others = arrived.filter((id) => !failed.has(id));
  expect(others.length).toBeGreaterThanOrEqual(46);
  expect(others).toEqual([...others].sort());
  await webhooks.stop();
});

test('nothing gets through for three days: it is switched off until somebody acts', async () => {
  let isUp = false;
  const { open, create, store, sent } = openWorld(() => ({ status: isUp ? 200 : 410 }));
  const webhooks = await open();
  const { id } = await create(webhooks);
  for (let n = 1; n <= 9; n++) await store(n);
  await settle(71 * hourMs);
  expect(webhooks.get(tenant, id).disabled).toBeUndefined();
  await settle(2 * hourMs);
  expect(webhooks.get(tenant, id).disabled).toMatchObject({ reason: 'failing' });
  const before = sent.length;
  await store(10);
  await settle(48 * hourMs);
  expect(sent).toHaveLength(before);
  isUp = true;
  await webhooks.setEnabled(webhooks.get(tenant, id), true);
  await settle(10 * 60_000);
  const arrived = new Set(sent.slice(before).map((one) => one.id));
  const { dead } = await webhooks.status(webhooks.get(tenant, id));
  expect(arrived.size + dead).toBe(10);
  await webhooks.stop();
});

test('a receiver that does not answer holds up no other webhook', async () => {
  const { open, create, store, sent } = openWorld(({ url }) =>
    url === 'https://slow.test' ? new Promise(() => undefined) : { status: 204 },
  );
  const webhooks = await open();
  await create(webhooks, 'https://slow.test');
  await create(webhooks, 'https://fast.test');
  for (let n = 1; n <= 30; n++) await store(n, `space ${n}`);
  await settle(1000);
  const of = (url: string) => sent.filter((one) => one.url === url);
  expect(of('https://fast.test')).toHaveLength(30);
  expect(of('https://slow.test')).toHaveLength(4);
});

test('a new process finds what the last one had not sent', async () => {
  let isUp = false;
  const { open, create, store, sent } = openWorld(() => ({ status: isUp ? 200 : 503 }));
  const first = await open();
  await create(first);
  await store(1, 'one');
  await settle(100);
  await first.stop();
  await store(2, 'one');
  await store(3, 'two');
  isUp = true;
  const second = await open();
  await settle(60_000);
  const arrived = sent.slice(1).map(({ id }) => id);
  expect(new Set(arrived).size).toBe(3);
  expect(arrived).toContain(sent[0]?.id);
  await second.stop();
});

test('a delete that was cut short leaves nothing for long', async () => {
  const { open, create, store, control } = openWorld(() => ({ status: 503 }));
  const first = await open();
  const { id } = await create(first);
  await store(1);
  await settle(2000);
  await first.stop();
  const left = async () => (await control.list('webhook-')).map(({ key }) => key.split('/')[0]);
  expect(await left()).toEqual(['webhook-cursors', 'webhook-deliveries', 'webhook-logs']);
  await control.delete(webhookKeys.webhook(tenant, id));
  const second = await open();
  await create(second, 'https://two.test');
  second.lookEverywhere();
  await settle(1000);
  expect(await left()).toEqual([]);
  await second.stop();
});

test.each([
  ['store_unavailable', 2_000],
  ['invalid_api_key', 61_000],
] as const)('%s: a webhook looks again within %i ms', async (fault, ms) => {
  const { open, create, store, sent, access } = openWorld(() => ({ status: 204 }));
  const webhooks = await open();
  const webhook = await create(webhooks);
  access.fault = fault;
  await store(1);
  await settle(500);
  expect(sent).toEqual([]);
  expect((await webhooks.status(webhook)).hasKey).toBe(fault === 'store_unavailable');
  access.fault = undefined;
  await settle(ms / 2);
  expect(sent).toHaveLength(fault === 'store_unavailable' ? 1 : 0);
  await settle(ms / 2);
  expect(sent).toHaveLength(1);
  await webhooks.stop();
});

test('a tenant goes with all its webhooks, and other servers are waited for once', async () => {
  const { open, create, control, access } = openWorld(() => ({ status: 204 }));
  const webhooks = await open();
  for (let i = 0; i < 5; i++) await create(webhooks, `https://host-${i}.test`);
  access.settled = 0;
  await webhooks.removeTenant(tenant);
  expect(access.settled).toBe(1);
  expect(await control.list('webhook')).toEqual([]);
  await webhooks.stop();
});

test('of webhooks that are made at once on two servers as many pass as there may be', async () => {
  const { open, create, control } = openWorld(() => ({ status: 204 }));
  const servers = [await open('server_a'), await open('server_b')];
  const most = limits.webhooksPerTenantMax;
  const making = Promise.allSettled(
    Array.from({ length: most + 10 }, (_, i) => {
      const server = servers[i % 2];
      return server ? create(server, `https://host-${i}.test`) : Promise.reject();
    }),
  );
  await settle(5_000);
  const made = await making;
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(most);
  for (const each of made) {
    if (each.status === 'rejected') {
      expect(each.reason).toMatchObject({ code: 'too_many_webhooks' });
    }
  }
  expect(await control.list('webhooks/')).toHaveLength(most);
  for (const server of servers) await server.stop();
});

test('what is kept holds no content, and goes with the tenant', async () => {
  const { open, create, store, control } = openWorld(() => ({ status: 503 }));
  const webhooks = await open();
  await create(webhooks);
  await store(1, 'name of a user');
  await settle(2000);
  const kept = async () => [
    ...(await control.list('webhook-deliveries/')),
    ...(await control.list('webhook-logs/')),
  ];
  const text = JSON.stringify(await kept());
  expect(text).toContain(idOf(1));
  expect(text).not.toContain('name of a user');
  expect(text).not.toContain('origin');
  await webhooks.removeTenant(tenant);
  expect(await control.list('webhook')).toEqual([]);
  await webhooks.stop();
  expect(await control.list('webhook')).toEqual([]);
});

test('what is kept of a namespace that is gone does not name it', async () => {
  const { open, create, store, control, sent, removeNamespace } = openWorld(() => ({
    status: 204,
  }));
  const webhooks = await open();
  const webhook = await create(webhooks);
  await store(1, 'name of a user');
  const at = Date.now();
  const namespace = named('name of a user');
  const dream = { id: 'evt_dream', type: 'dream.planned', namespaceNo: 1, dream: 'd', at } as const;
  await webhooks.dreamTold(tenant, { ...dream, namespace });
  await settle(100);
  await webhooks.beforeNamespace(tenant, 1, namespace);
  await removeNamespace('name of a user');
  await webhooks.afterNamespace(tenant, 1);
  await settle(3000);
  expect(sent).toHaveLength(3);
  const { attempts } = await webhooks.deliveries(webhook);
  expect(attempts.map(({ event }) => event.type)).toContain('namespace.deleted');
  expect(JSON.stringify(await control.list(''))).not.toContain('name of a user');
  // Its name cannot be told again, and what was in it is not there any more.
  const gone = sent[2]?.id ?? '';
  await expect(webhooks.redeliver(webhook, gone)).rejects.toMatchObject({
    code: 'delivery_not_found',
  });
  await webhooks.redeliver(webhook, 'evt_dream');
  await settle(1000);
  expect(sent).toHaveLength(3);
  expect((await webhooks.status(webhook)).waiting).toBe(0);
  await webhooks.stop();
});

test('four deliveries are under way, also when the receiver has just come back', async () => {
  let answer: OutgoingAnswer | undefined = { status: 500 };
  const { open, create, store, sent } = openWorld(
    () => answer ?? new Promise<OutgoingAnswer>(() => undefined),
  );
  const webhooks = await open();
  const webhook = await create(webhooks);
  await store(1, 'one');
  await store(2, 'two');
  await settle(100);
  answer = undefined;
  for (const n of [3, 4, 5, 6, 7]) await store(n, `space ${n}`);
  await settle(100);
  expect(sent).toHaveLength(2 + 4);
  // With the third failure in a row it is away, and with a ping that arrives it is back.
  for (const status of [500, 204]) {
    answer = { status };
    await webhooks.test(webhook);
  }
  answer = undefined;
  await settle(2000);
  expect(sent).toHaveLength(2 + 4 + 2);
});

test('a secret that was changed signs at once, though much is still to be sent', async () => {
  const told: boolean[] = [];
  const { open, create, store } = openWorld(async ({ body, signature }) => {
    const { secret } = webhooks.get(tenant, id);
    told.push(signature === createHmac('sha256', secret).update(body).digest('hex'));
    if (told.length === 1) await webhooks.rotate(webhooks.get(tenant, id), 0);
    return { status: 204 };
  });
  const webhooks = await open();
  const { id } = await create(webhooks);
  const stored = [1, 2, 3].map((n) => store(n));
  await Promise.all(stored);
  await settle(1000);
  expect(told).toEqual([true, true, true]);
  await webhooks.stop();
});

test('as many as a tenant may have, though they are asked for at one time', async () => {
  const { open, create } = openWorld(() => ({ status: 204 }));
  const webhooks = await open();
  const made = await Promise.allSettled(Array.from({ length: 60 }, () => create(webhooks)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
  await webhooks.stop();
});

test('a ping that failed is no delivery that failed for days', async () => {
  const { open, create, store } = openWorld(() => ({ status: 500 }));
  const webhooks = await open();
  const webhook = await create(webhooks);
  await webhooks.test(webhook);
  await settle(80 * hourMs);
  await store(1);
  await settle(1000);
  expect(webhooks.get(tenant, webhook.id).disabled).toBeUndefined();
  await webhooks.stop();
});
