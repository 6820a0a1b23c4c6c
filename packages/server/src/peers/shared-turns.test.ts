/** Turns of several servers over one store. */
import { expect, test } from 'vitest';
import { EphemeralControl } from '../backends/ephemeral/ephemeral-control.ts';
import { peerSilentMs } from './life-signs.ts';
import { SharedTurns } from './shared-turns.ts';

function openServers() {
  const control = new EphemeralControl();
  let skippedMs = 0;
  const refreshed: string[] = [];
  const open = (id: string, given: Pick<EphemeralControl, 'get' | 'putIfVersion'> = control) =>
    new SharedTurns({
      ...{ control: given, id },
      steadyNow: () => performance.now() + skippedMs,
      refresh: async () => void refreshed.push(id),
    });
  return { control, open, refreshed, skip: (ms: number) => (skippedMs += ms) };
}

const never = async (): Promise<void> => expect.unreachable('nothing is undone');

test('of those that come together one runs at a time, and knows what was before', async () => {
  const { open, refreshed } = openServers();
  const servers = [open('server_a'), open('server_b'), open('server_c')];
  let running = 0;
  let count = 0;
  const task = async (): Promise<number> => {
    running += 1;
    expect(running).toBe(1);
    const seen = count;
    await new Promise((resolve) => setTimeout(resolve, 1));
    count = seen + 1;
    running -= 1;
    return count;
  };
  const all = Array.from({ length: 30 }, (_, i) => servers[i % 3]?.run('keys', task, never));
  expect(new Set(await Promise.all(all)).size).toBe(30);
  expect(refreshed).toHaveLength(30);
});

test('a task that fails gives its turn back', async () => {
  const { open } = openServers();
  const fault = new Error('too many');
  await expect(open('server_a').run('keys', () => Promise.reject(fault), never)).rejects.toBe(
    fault,
  );
  expect(await open('server_b').run('keys', async () => 'done', never)).toBe('done');
});

test('a turn whose server stands still is taken, and what it made too late is undone', async () => {
  const { open, skip } = openServers();
  let go = (): void => undefined;
  const held = new Promise<string>((resolve) => {
    go = () => resolve('late');
  });
  const undone: string[] = [];
  const late = open('server_a').run(
    'keys',
    () => held,
    async (made) => void undone.push(made),
  );
  const other = open('server_b').run('keys', async () => 'in time', never);
  let isThrough = false;
  void other.then(() => {
    isThrough = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isThrough).toBe(false);
  skip(peerSilentMs + 1);
  expect(await other).toBe('in time');
  go();
  await expect(late).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(undone).toEqual(['late']);
});

test('a turn that could not be given back is free again before long', async () => {
  const { control, open, skip } = openServers();
  let puts = 0;
  const broken = {
    get: (key: string) => control.get(key),
    putIfVersion: async (key: string, value: string, expected: number) => {
      puts += 1;
      if (puts === 2) throw new Error('the store is away');
      return control.putIfVersion(key, value, expected);
    },
  };
  const one = open('server_a', broken);
  await expect(one.run('keys', async () => 'made', never)).rejects.toThrow('away');
  expect(await one.run('keys', async () => 'again', never)).toBe('again');
  puts = 0;
  await expect(one.run('keys', async () => 'made', never)).rejects.toThrow('away');
  const other = open('server_b').run('keys', async () => 'other', never);
  await new Promise((resolve) => setTimeout(resolve, 50));
  skip(peerSilentMs + 1);
  expect(await other).toBe('other');
});
