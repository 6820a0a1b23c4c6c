import { expect, test } from 'vitest';
import { limits } from '../domain/limits.ts';
import type { Keys } from './keys.ts';
import { SignUp } from './sign-up.ts';

/** Nobody looks at what is made. */
const made = {} as Awaited<ReturnType<Keys['signUp']>>;

test('all addresses together are bounded, and one address by itself', async () => {
  let now = Date.UTC(2026, 10, 21);
  let count = 0;
  const keys = {
    signUp: async () => {
      count += 1;
      return made;
    },
  };
  const signUp = new SignUp({ keys, clock: { now: () => now }, perHour: 2 });
  const from = (n: number) => signUp.run(`address ${n}`, 'Ann');
  for (let n = 0; n < limits.signupsPerHourMax; n += 1) await from(n);
  await expect(from(-1)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(count).toBe(limits.signupsPerHourMax);
  now += 3_600_000;
  await from(-2);
  await from(-2);
  await expect(from(-2)).rejects.toMatchObject({ code: 'rate_limited' });
  await expect(from(-3)).resolves.toBe(made);
});
