/** Servers over one store, on a clock that a test moves. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EphemeralControl } from '../backends/ephemeral/ephemeral-control.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import type { ControlPort } from '../ports/control.ts';
import { systemClock } from '../util/system-clock.ts';
import { type Moved, openPeers, type Peers, settleChange } from './peers.ts';
import { SharedControl } from './shared-control.test.helper.ts';

interface Server {
  readonly peers: Peers;
  readonly reloaded: string[];
  readonly moved: (readonly Moved[] | undefined)[];
  readonly warnings: string[];
  isOnDuty: boolean;
  lost: number;
}

let control: SharedControl;
const servers: Server[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  control = new SharedControl();
});
afterEach(async () => {
  control.isAway = false;
  for (const { peers } of servers.splice(0)) await peers.close();
  vi.useRealTimers();
});

async function join(over: ControlPort = control): Promise<Server> {
  const peers = await openPeers(over, systemClock, () => Date.now());
  const lists = { reloaded: [], moved: [], warnings: [] };
  const server: Server = { peers, ...lists, isOnDuty: false, lost: 0 };
  await peers.start({
    reload: async (keys) => {
      server.reloaded.push(...(keys ?? ['all']));
    },
    onMoved: (moved) => server.moved.push(moved),
    onDuty: async (isOnDuty) => {
      server.isOnDuty = isOnDuty;
    },
    onLost: () => {
      server.lost += 1;
    },
    warn: (message) => server.warnings.push(message),
  });
  servers.push(server);
  return server;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const beats = limits.peerBeatMs * 3;

test('what one changes, the other has before the change is settled', async () => {
  const [one, two] = [await join(), await join()];
  await control.putIfVersion('api-keys/a/1', 'x', 0);
  let isSettled = false;
  const settled = one.peers.settle().then(() => {
    isSettled = true;
    expect(two.reloaded).toEqual(['api-keys/a/1']);
  });
  await pass(10);
  expect(isSettled).toBe(false);
  await pass(beats);
  expect(isSettled).toBe(true);
  await settled;
  expect(one.reloaded).toEqual(['api-keys/a/1']);
});

test('what a command changes beside them, all have before it answers', async () => {
  const [one, two] = [await join(), await join()];
  await pass(beats);
  await control.putIfVersion('keys/root', 'x', 0);
  let isSettled = false;
  const settled = settleChange(control, systemClock).then(() => {
    isSettled = true;
    expect([one.reloaded, two.reloaded]).toEqual([['keys/root'], ['keys/root']]);
  });
  await pass(10);
  expect(isSettled).toBe(false);
  await pass(beats);
  expect(isSettled).toBe(true);
  await settled;
  expect(await control.list('peers/')).toHaveLength(2);
});

test('a server that asks has what was acknowledged before it asked', async () => {
  const [one, two] = [await join(), await join()];
  await control.putIfVersion('tenants/a', 'x', 0);
  await Promise.all([two.peers.refresh(), two.peers.refresh()]);
  expect(two.reloaded).toEqual(['tenants/a']);
  await control.putIfVersion('anything/else', 'x', 0);
  await one.peers.refresh();
  await one.peers.refresh();
  expect(one.reloaded).toEqual(['tenants/a']);
});

test('a server that stands still is waited for until it answers nobody from memory', async () => {
  const [one, two] = [await join(), await join()];
  // The store answers the first server only.
  let isCut = false;
  const cut = new Proxy(control, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) => {
        if (isCut) throw new Error('the store is away');
        return member.apply(target, values);
      };
    },
  });
  const three = await join(cut);
  isCut = true;
  await control.putIfVersion('api-keys/a/1', 'x', 0);
  const startedAt = Date.now();
  let settledAt = 0;
  const settled = one.peers.settle().then(() => {
    settledAt = Date.now();
    expect(three.peers.isFresh()).toBe(false);
    expect(two.peers.isFresh()).toBe(true);
  });
  await pass(limits.peerLeaseMs + beats);
  await settled;
  expect(settledAt - startedAt).toBeGreaterThanOrEqual(limits.peerLeaseMs - limits.peerBeatMs);
  await expect(three.peers.refresh()).rejects.toThrow('away');
  expect(three.warnings).toHaveLength(1);
  isCut = false;
  await three.peers.refresh();
  expect(three.peers.isFresh()).toBe(true);
  expect(three.reloaded).toEqual(['api-keys/a/1']);
});

test('one has the duty; another takes it when it is given', async () => {
  const [one, two, three] = [await join(), await join(), await join()];
  const onDuty = () => [one, two, three].map(({ isOnDuty }) => isOnDuty);
  await pass(beats);
  expect(onDuty()).toEqual([true, false, false]);
  await one.peers.close();
  expect(onDuty()).toEqual([false, false, false]);
  await pass(beats);
  const [next, last] = two.isOnDuty ? [two, three] : [three, two];
  expect([next.isOnDuty, last.isOnDuty]).toEqual([true, false]);
  expect(await next.peers.isGone(one.peers.id)).toBe(true);
});

test('without the store nobody is on duty, and with it one is again', async () => {
  const [one, two] = [await join(), await join()];
  await pass(beats);
  control.isAway = true;
  await pass(limits.peerLeaseMs + beats);
  expect([one.isOnDuty, two.isOnDuty]).toEqual([false, false]);
  expect(one.peers.isOnDuty()).toBe(false);
  expect(one.warnings).toEqual([
    'the store does not answer: what other servers change is not known here',
  ]);
  control.isAway = false;
  await pass(beats);
  expect([one.isOnDuty, two.isOnDuty].filter(Boolean)).toHaveLength(1);
  expect(one.warnings[1]).toBe('the store answers again');
});

test('the end of a silent server is noticed once, by the one on duty', async () => {
  const one = await join();
  await pass(beats);
  await control.putIfVersion('peers/server_gone', '{"beat":1,"mark":0,"moved":[]}', 0);
  await pass(beats);
  expect(await one.peers.isGone('server_gone')).toBe(false);
  expect(one.lost).toBe(0);
  await pass(limits.peerLeaseMs + beats);
  expect(await one.peers.isGone('server_gone')).toBe(true);
  expect(one.lost).toBe(1);
  await pass(60_000 + beats);
  expect(one.lost).toBe(1);
  expect(await control.get('peers/server_gone')).toBeUndefined();
});

test('who was silent while the store was away is not taken for gone', async () => {
  const [one, two] = [await join(), await join()];
  await pass(beats);
  control.isAway = true;
  await pass(limits.peerLeaseMs * 3);
  await expect(one.peers.isGone(two.peers.id)).rejects.toThrow('away');
  control.isAway = false;
  // Before they have told anything.
  expect(await one.peers.isGone(two.peers.id)).toBe(false);
  expect(await two.peers.isGone(one.peers.id)).toBe(false);
  await pass(limits.peerLeaseMs * 3);
  expect(await one.peers.isGone(two.peers.id)).toBe(false);
  expect([one.lost, two.lost]).toEqual([0, 0]);
});

test('one that has begun since the last look is not taken for gone', async () => {
  const one = await join();
  await pass(beats);
  const two = await join();
  expect(await one.peers.isGone(two.peers.id)).toBe(false);
  expect(await one.peers.isGone(one.peers.id)).toBe(false);
  expect(await one.peers.isGone('server_unheard')).toBe(true);
});

test('where one has written, the others hear of', async () => {
  const [one, two] = [await join(), await join()];
  const tenant = 'a' as TenantId;
  await pass(beats);
  one.moved.length = 0;
  two.moved.length = 0;
  one.peers.noteMoved({ tenant, namespaceNo: 7 });
  one.peers.noteMoved({ tenant, namespaceNo: 7 });
  one.peers.noteMoved({ tenant, namespaceNo: 9 });
  await pass(beats);
  const places = [7, 9].map((namespaceNo) => ({ tenant, namespaceNo }));
  expect(two.moved).toEqual([places]);
  expect(one.moved).toEqual([]);
  for (let no = 0; no < 500; no++) two.peers.noteMoved({ tenant, namespaceNo: no });
  await pass(beats);
  expect(one.moved).toEqual([undefined]);
});

test('a server that has its store for itself asks nobody', async () => {
  const alone = await join(new EphemeralControl());
  expect(alone.peers.isAlone).toBe(true);
  expect(alone.isOnDuty).toBe(true);
  await alone.peers.settle();
  expect(alone.peers.isFresh()).toBe(true);
  await alone.peers.close();
  expect(alone.isOnDuty).toBe(false);
});

test('one that ends makes the others look everywhere, and at what it had begun', async () => {
  const [one, two] = [await join(), await join()];
  await pass(beats);
  one.moved.length = 0;
  // Written after its last sign, of which nobody hears.
  two.peers.noteMoved({ tenant: 'a' as TenantId, namespaceNo: 7 });
  await two.peers.close();
  await pass(beats);
  expect(one.moved).toContain(undefined);
  expect(one.lost).toBe(1);
});

test('one that beats no more is waited for while it answers from memory', async () => {
  let hangs = false;
  const stuck = new Proxy(control, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) =>
        // Its beats wait for ever; its requests look for what others have changed.
        hangs && name === 'list' ? new Promise(() => {}) : member.apply(target, values);
    },
  });
  const [one, two] = [await join(), await join(stuck)];
  await pass(beats);
  hangs = true;
  const asking = setInterval(() => void two.peers.refresh(), 700);
  await pass(limits.peerLeaseMs * 2);
  expect(two.peers.isFresh()).toBe(true);
  clearInterval(asking);
  await control.putIfVersion('api-keys/a/1', 'x', 0);
  let isSettled = false;
  const settled = one.peers.settle().then(() => {
    isSettled = true;
    expect(two.reloaded.length > 0 || !two.peers.isFresh()).toBe(true);
  });
  await pass(limits.peerBeatMs);
  expect(isSettled).toBe(false);
  await pass(limits.peerLeaseMs * 2);
  await settled;
  servers.splice(servers.indexOf(two), 1);
});
