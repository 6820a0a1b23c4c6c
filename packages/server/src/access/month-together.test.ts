/** Where all servers ask one counter, exactly as many operations pass as the plan allows. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceCounters } from '../backends/contract/reference-counters.ts';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import type { TenantId } from '../domain/memory.ts';
import { freePlan, Plans } from '../domain/plans.ts';
import { UsageMeter } from './usage-meter.ts';

const tenant = 'acme' as TenantId;
const plan = { ...new Plans([]).need(freePlan), operationsPerMonth: 300 };

class SlowCounters extends ReferenceCounters {
  override async grant(...asked: Parameters<ReferenceCounters['grant']>) {
    await new Promise((resolve) => setImmediate(resolve));
    const answer = await super.grant(...asked);
    await new Promise((resolve) => setImmediate(resolve));
    return this.answers ? answer : undefined;
  }
}

function setUp() {
  const clock = { time: Date.parse('2026-11-21T12:00:00Z'), now: () => clock.time, randomBytes };
  const { control } = openEphemeralStore({ clock });
  const shared = new SlowCounters(clock.now);
  const open = () => new UsageMeter({ control, clock, isShared: true, shared });
  const charge = (meter: UsageMeter | undefined, items = 1, isAlwaysAllowed = false) => {
    if (!meter) throw new Error('there is a meter');
    return meter.charge({ tenant, plan, kind: 'search', items, isAlwaysAllowed });
  };
  const race = async (meters: readonly UsageMeter[], asked: number): Promise<number> => {
    const asking = Array.from({ length: asked }, (_, i) => charge(meters[i % meters.length]));
    const settled = await Promise.allSettled(asking);
    return settled.filter(({ status }) => status === 'fulfilled').length;
  };
  return { clock, control, shared, open, charge, race };
}

test('of 900 that ask three servers at once exactly 300 pass', async () => {
  const { open, race } = setUp();
  const meters = [open(), open(), open()];
  expect(await race(meters, 900)).toBe(300);
  for (const meter of meters) await meter.close();
  const after = open();
  expect(await after.usage(tenant)).toMatchObject({ used: 300, counts: { search: 300 } });
  await after.close();
});

test('what one server gives back another can use, and forgets always pass', async () => {
  const { open, charge, race } = setUp();
  const [one, two] = [open(), open()];
  const large = await charge(one, 300);
  await expect(charge(two)).rejects.toMatchObject({
    code: 'quota_exceeded',
    details: { used: 300 },
  });
  large.giveBack(7);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await race([two], 20)).toBe(7);
  await charge(two, 2, true);
  await expect(charge(one)).rejects.toMatchObject({ details: { used: 302 } });
  for (const meter of [one, two]) await meter.close();
});

test('it is exact again after the counters have lost everything, or were away', async () => {
  const { clock, shared, open, charge, race } = setUp();
  const meters = [open(), open(), open()];
  let passed = await race(meters, 100);
  expect(passed).toBe(100);
  shared.forget();
  passed += await race(meters, 60);
  expect(passed).toBe(160);
  shared.answers = false;
  passed += await race(meters, 40);
  expect(passed).toBe(200);
  shared.answers = true;
  shared.returns += 1;
  // Each says its own once; then the last one is let in, and no more.
  for (const meter of meters) await charge(meter);
  passed += 3 + (await race(meters, 300));
  expect(passed).toBe(300);
  clock.time += 1000;
  for (const meter of meters) await meter.close();
  const after = open();
  expect((await after.usage(tenant)).used).toBe(300);
  await after.close();
});

test('one that counted alone and ended while the counters were away is not forgotten', async () => {
  const { shared, open, race } = setUp();
  const [one, two] = [open(), open()];
  expect(await race([one, two], 100)).toBe(100);
  shared.answers = false;
  const alone = await race([two], 60);
  await two.close();
  shared.answers = true;
  shared.returns += 1;
  expect(await race([one], 300)).toBe(300 - 100 - alone);
  await one.close();
});

test('once the plan is used up, shares let nobody pass when the counters go', async () => {
  const { shared, open, race } = setUp();
  const meters = [open(), open(), open()];
  expect(await race(meters, 240)).toBe(240);
  expect(await race(meters, 150)).toBe(60);
  shared.answers = false;
  expect(await race(meters, 150)).toBe(0);
  for (const meter of meters) await meter.close();
});

test('whatever happens to the counters, no more than the plan pass', async () => {
  // Many at once, so that the plan is used up at some point, and few around it.
  const asked = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(1, 2, 3, 150, 200));
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ asked }) },
    { weight: 1, arbitrary: fc.constant({ event: 'forget' as const }) },
    { weight: 1, arbitrary: fc.constant({ event: 'away' as const }) },
    { weight: 2, arbitrary: fc.constant({ event: 'back' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { clock, shared, open, race } = setUp();
      const meters = [open(), open(), open()];
      let passed = 0;
      const backAgain = () => {
        shared.returns += shared.answers ? 0 : 1;
        shared.answers = true;
      };
      for (const each of steps) {
        clock.time += 100;
        if ('asked' in each) passed += await race(meters, each.asked);
        else if (each.event === 'forget') shared.forget();
        else if (each.event === 'away') shared.answers = false;
        else backAgain();
        expect(passed).toBeLessThanOrEqual(300);
      }
      backAgain();
      await race(meters, 3).then((more) => {
        passed += more;
      });
      passed += await race(meters, 400);
      passed += await race(meters, 3);
      expect(passed).toBe(300);
      for (const meter of meters) await meter.close();
      const after = open();
      expect((await after.usage(tenant)).used).toBe(300);
      await after.close();
    }),
    { numRuns: 60 },
  );
});
