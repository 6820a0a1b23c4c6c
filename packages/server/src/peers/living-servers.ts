/** Whether servers of a store are alive, for a command that has to be alone with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPort } from '../ports/control.ts';
import { peerSilentMs, signsPrefix } from './life-signs.ts';

const lookEveryMs = 500;

/**
 * Looks for as long as a server may be silent, where there are signs of one. `pause` waits so many
 * milliseconds.
 */
export async function hasLivingServer(
  control: ControlPort,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<boolean> {
  const signs = async () =>
    (await control.list(signsPrefix)).map(({ key, value }) => `${key} ${value}`);
  const first = new Set(await signs());
  if (first.size === 0) return false;
  for (let waitedMs = 0; waitedMs <= peerSilentMs; waitedMs += lookEveryMs) {
    await pause(lookEveryMs);
    // One that ends takes its sign away; one that lives writes another one.
    if ((await signs()).some((sign) => !first.has(sign))) return true;
  }
  return false;
}
