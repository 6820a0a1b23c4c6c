/** Signs of life as a command sees them that has to be alone with a store. */

import { expect, test } from 'vitest';
import { FakeClock } from '../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { LifeSigns } from './life-signs.ts';
import { hasLivingServer } from './living-servers.ts';

const sign = { mark: 0, moved: [] };

function openSigns() {
  const { control } = openEphemeralStore({ clock: new FakeClock() });
  return { control, server: new LifeSigns(control, 'one', () => 0) };
}

test('a server that goes on giving signs is alive', async () => {
  const { control, server } = openSigns();
  await server.write(sign);
  expect(await hasLivingServer(control, () => server.write(sign))).toBe(true);
});

test('what a killed server has left, or one that ends, does not count', async () => {
  const { control, server } = openSigns();
  expect(await hasLivingServer(control, () => Promise.reject(new Error('No wait.')))).toBe(false);
  await server.write(sign);
  let waitedMs = 0;
  const pause = async (ms: number) => {
    waitedMs += ms;
  };
  expect(await hasLivingServer(control, pause)).toBe(false);
  expect(waitedMs).toBeGreaterThan(5_000);
  expect(await hasLivingServer(control, () => server.remove())).toBe(false);
});
