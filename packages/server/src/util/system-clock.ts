/** The real time and real randomness. */
import { randomBytes } from 'node:crypto';

export const systemClock = {
  now: () => Date.now(),
  randomBytes: (length: number): Uint8Array => randomBytes(length),
};
