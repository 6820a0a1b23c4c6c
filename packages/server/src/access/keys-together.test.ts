/** Keys and tenants that several servers make at once: never more than there may be. */
import { expect, test } from 'vitest';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { SharedTurns } from '../peers/shared-turns.ts';
import { systemClock } from '../util/system-clock.ts';
import { type AccessParts, openAccess } from './open-access.ts';
import { rootKeyId } from './principal.ts';

const { control } = openEphemeralStore({ clock: systemClock });
const operator = { keyId: rootKeyId };

/** A server that hears of the others' changes in its turns only. */
async function open(id: string): Promise<AccessParts> {
  const turns = new SharedTurns({
    ...{ control, id, steadyNow: () => performance.now() },
    refresh: () => access.reload(),
  });
  const access = await openAccess(control, systemClock, 'a-root-key-of-enough-length', {
    isShared: true,
    inTurn: (...asked) => turns.run(...asked),
  });
  return access;
}

test('of keys that are made at once on two servers as many pass as the plan has', async () => {
  const one = await open('server_a');
  const { secret, tenant } = await one.keys.createTenant(operator, { name: 'a', plan: 'free' });
  const two = await open('server_b');
  const made = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) => {
      const { ring, keys } = i % 2 === 0 ? one : two;
      const principal = ring.authenticate(secret);
      return principal ? keys.create(principal, { label: `${i}` }) : Promise.reject();
    }),
  );
  // The first one came with the tenant.
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
  for (const each of made) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'too_many_keys' });
  }
  expect(await control.list(`api-keys/${tenant.id}/`)).toHaveLength(20);
});

test('a key that is brought to two servers at once gets one tenant', async () => {
  const [one, two] = [await open('server_a'), await open('server_b')];
  const before = (await control.list('tenants/')).length;
  const secret = 'sk-slop-of-another-system-0001';
  const made = await Promise.allSettled(
    [one, two, one, two].map(({ keys }) => keys.createTenant(operator, { name: 'b', secret })),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of made) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'invalid_request' });
  }
  expect(await control.list('tenants/')).toHaveLength(before + 1);
});
