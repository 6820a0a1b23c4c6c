/** What a server does with what servers leave that end, on a clock that a test moves. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEphemeralStore } from './backends/ephemeral/ephemeral-store.ts';
import { joinPeers } from './compose-peers.ts';
import { limits } from './domain/limits.ts';
import { createLog } from './observe/log.ts';
import { openPeers, type Peers } from './peers/peers.ts';
import { SharedControl } from './peers/shared-control.test.helper.ts';
import { systemClock } from './util/system-clock.ts';

let control: SharedControl;
const servers: Peers[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  control = new SharedControl();
});
afterEach(async () => {
  for (const peers of servers.splice(0)) await peers.close();
  vi.useRealTimers();
});

async function join(finishForgets = async (): Promise<void> => {}) {
  const peers = await openPeers(control, systemClock, () => Date.now());
  const watch = vi.fn(async () => {});
  const nothing = async (): Promise<void> => {};
  await joinPeers({
    ...{ peers, log: createLog('silent'), access: { reload: nothing } },
    records: openEphemeralStore({ clock: systemClock }).records,
    opened: { finishForgets, reloadGenerations: nothing, engine: { dreams: { watch } } },
    following: {
      feed: { isFollowed: () => false, tellAll: () => {}, tellOf: () => {} },
      webhooks: { reload: nothing, start: nothing, stop: nothing },
    },
  });
  servers.push(peers);
  return { peers, watch };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const beats = limits.peerBeatMs * 3;

test('forgets that servers left are ended beside the beats, all of them', async () => {
  const ends: (() => void)[] = [];
  const one = await join(() => new Promise((resolve) => ends.push(resolve)));
  await pass(beats);
  const [two, three] = [await join(), await join()];
  await pass(beats);
  // It looks once when it takes the duty; that goes on while others are lost.
  expect(ends).toHaveLength(1);
  await two.peers.close();
  await pass(limits.peerLeaseMs * 3);
  expect(one.peers.isFresh()).toBe(true);
  expect(one.peers.isOnDuty()).toBe(true);
  expect(await three.peers.isGone(one.peers.id)).toBe(false);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await pass(1);
  // What was lost meanwhile is looked for too.
  expect(ends).toHaveLength(2);
  ends[1]?.();
});

test('dreams that a server left are looked for when it is lost', async () => {
  const one = await join();
  const two = await join();
  await pass(beats);
  expect(one.watch).not.toHaveBeenCalled();
  await two.peers.close();
  await pass(beats);
  expect(one.watch).toHaveBeenCalledTimes(1);
});
