/** A store in memory as a place of the transfer contract, which opens it again and again. */
import type { Clock } from '../../ports/clock.ts';
import { openEphemeralStore } from './ephemeral-store.ts';

export const ephemeralPlaces = {
  name: 'ephemeral',
  make: async () => {
    let current: Clock | undefined;
    const clock: Clock = {
      now: () => current?.now() ?? 0,
      randomBytes: (length) => current?.randomBytes(length) ?? new Uint8Array(length),
    };
    const { transfer, ...store } = openEphemeralStore({ clock });
    return {
      open: async (given: Clock) => {
        current = given;
        return { ...store, close: async () => {} };
      },
      transfer: async () => transfer,
      remove: async () => {},
    };
  },
};
