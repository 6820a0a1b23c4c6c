/** Several servers over one store count the operations of a month: never more than the plan. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceCounters } from '../backends/contract/reference-counters.ts';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import { freePlan, type Plan, Plans } from '../domain/plans.ts';
import type { ControlPort } from '../ports/control.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { type Charge, UsageMeter } from './usage-meter.ts';

const tenant = 'acme' as TenantId;
const key = 'usage/acme/2026-11';
const plans = new Plans([]);

const planOf = (operationsPerMonth: number): Plan => {
  return { ...plans.need(freePlan), operationsPerMonth };
};

function setUp() {
  const clock = {
    time: Date.parse('2026-11-21T12:00:00Z'),
    now: () => clock.time,
    randomBytes,
  };
  const { control } = openEphemeralStore({ clock });
  /** Answers of writes that get lost although the write was done. */
  const lost = { writes: 0 };
  const counting: ControlPort = {
    delete: (name) => control.delete(name),
    list: (prefix, page) => control.list(prefix, page),
    get: async (name) => {
      await new Promise((resolve) => setImmediate(resolve));
      return control.get(name);
    },
    putIfVersion: async (name, value, expected) => {
      await new Promise((resolve) => setImmediate(resolve));
      const version = await control.putIfVersion(name, value, expected);
      if (lost.writes === 0) return version;
      lost.writes -= 1;
      throw new MemoryError('store_unavailable');
    },
  };
  const open = (shared?: SharedCounters) =>
    new UsageMeter({ control: counting, clock, isShared: true, shared });
  return { clock, control, lost, open };
}

const charge = (meter: UsageMeter, limit: number, items = 1): Promise<Charge> =>
  meter.charge({ tenant, plan: planOf(limit), kind: 'search', items });

/** How many of so many single operations pass, asked of all servers at once. */
async function race(meters: readonly UsageMeter[], asked: number, limit: number): Promise<number> {
  const asking = Array.from({ length: asked }, (_, i) => {
    const meter = meters[i % meters.length];
    if (!meter) throw new Error('there is a meter');
    return charge(meter, limit);
  });
  const settled = await Promise.allSettled(asking);
  for (const each of settled) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'quota_exceeded' });
  }
  return settled.filter(({ status }) => status === 'fulfilled').length;
}

test('of 3,000 that ask three servers at once at most 1,000 pass, and few less', async () => {
  const { open } = setUp();
  const meters = [open(), open(), open()];
  const passed = await race(meters, 3000, 1000);
  expect(passed).toBeLessThanOrEqual(1000);
  // Each of the two others may hold a share of 2%.
  expect(passed).toBeGreaterThanOrEqual(1000 - 2 * 20);
  for (const meter of meters) await meter.close();
  const after = open();
  expect(await after.usage(tenant)).toMatchObject({ used: passed, counts: { search: passed } });
  // What the others held is free again: now every last one.
  expect(await race([after], 100, 1000)).toBe(1000 - passed);
  await after.close();
});

test('who is refused for what others hold is told so, and let in when it is back', async () => {
  const { clock, open } = setUp();
  const [busy, idle] = [open(), open()];
  await charge(idle, 100);
  let passed = 1 + (await race([busy], 200, 100));
  expect(passed).toBe(92);
  await expect(charge(busy, 100)).rejects.toMatchObject({
    message: 'The last 9 of 100 operations of this month are set aside by other servers.',
    // That the idle one has used one of them is not known yet.
    details: { limit: 100, used: 91 },
  });
  await idle.settle();
  await idle.settle();
  clock.time += 1000;
  passed += await race([busy], 200, 100);
  expect(passed).toBe(100);
  clock.time += 1000;
  expect((await idle.usage(tenant)).used).toBeGreaterThanOrEqual(100 - 8);
  await busy.settle();
  await busy.settle();
  clock.time += 1000;
  expect(await idle.usage(tenant)).toMatchObject({ used: 100, counts: { search: 100 } });
  for (const meter of [busy, idle]) await meter.close();
});

test('what one server has stored, another tells, but for its last share', async () => {
  const { clock, open } = setUp();
  const [one, two] = [open(), open()];
  for (let i = 0; i < 50; i++) await charge(one, 1000);
  await charge(two, 1000);
  clock.time += 1000;
  const { used } = await two.usage(tenant);
  expect(used).toBeLessThanOrEqual(51);
  expect(used).toBeGreaterThanOrEqual(51 - 20);
  for (const meter of [one, two]) await meter.close();
});

test('a write whose answer was lost is not done twice', async () => {
  const { control, lost, open } = setUp();
  const [one, two] = [open(), open()];
  for (let i = 0; i < 20; i++) {
    if (i % 7 === 3) lost.writes = 1;
    await charge(one, 1000, 3);
    await charge(two, 1000, 2);
  }
  for (const meter of [one, two]) await meter.close();
  const { value } = (await control.get(key)) ?? { value: '' };
  expect(JSON.parse(value)).toEqual({ counts: { search: 100 }, shares: {} });
});

test('a share not heard of for an hour counts as used, until it is heard of', async () => {
  const { clock, control, open } = setUp();
  const sleeper = open();
  await charge(sleeper, 1000, 2);
  clock.time += 2 * 3_600_000;
  const other = open();
  expect(await other.usage(tenant)).toMatchObject({ used: 10, counts: { interrupted: 10 } });
  await charge(other, 1000);
  expect(JSON.parse((await control.get(key))?.value ?? '').counts).toEqual({ interrupted: 10 });
  for (let i = 0; i < 20; i++) await charge(sleeper, 1000);
  for (const meter of [sleeper, other]) await meter.close();
  const after = open();
  expect(await after.usage(tenant)).toMatchObject({
    used: 23,
    counts: { search: 23, interrupted: 0 },
  });
  await after.close();
});

test('usage that was written before servers had shares is read', async () => {
  const { control, open } = setUp();
  await control.putIfVersion(key, '{"leased":40,"counts":{"store":30}}', 0);
  const meter = open();
  await charge(meter, 1000);
  expect(await meter.usage(tenant)).toMatchObject({
    used: 41,
    counts: { store: 30, interrupted: 10, search: 1 },
  });
  await meter.close();
});

test('a tenant that was removed on one server leaves nothing behind on another', async () => {
  const { control, open } = setUp();
  const [one, two] = [open(), open()];
  for (const meter of [one, two]) await charge(meter, 1000);
  await one.removeAll(tenant);
  await two.settle();
  await two.settle();
  for (const meter of [one, two]) await meter.close();
  expect(await control.list('usage/')).toEqual([]);
});

type Step =
  | { readonly who: number; readonly items: number; readonly back: number }
  | { readonly killed: number }
  | { readonly closed: number }
  | { readonly settled: number }
  | { readonly lostAnswers: number };
const who = fc.nat(2);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ who, items: fc.integer({ min: 1, max: 12 }), back: fc.nat(3) }),
    },
    { weight: 1, arbitrary: fc.record({ killed: who }) },
    { weight: 1, arbitrary: fc.record({ closed: who }) },
    { weight: 2, arbitrary: fc.record({ settled: who }) },
    { weight: 1, arbitrary: fc.record({ lostAnswers: fc.constantFrom(1, 2) }) },
  ),
  { minLength: 25, maxLength: 50 },
);

test('whatever servers do, what was acknowledged is counted once, and the plan holds', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (done, isTogether) => {
      const { clock, lost, open } = setUp();
      const shared = isTogether ? new ReferenceCounters(clock.now) : undefined;
      const meters = [open(shared), open(shared), open(shared)];
      let acknowledged = 0;
      let granted = 0;
      let [kills, losses] = [0, 0];
      for (const step of done) {
        clock.time += 700;
        if ('lostAnswers' in step) {
          losses += 1;
          lost.writes = step.lostAnswers;
        } else if ('who' in step) {
          const meter = meters[step.who];
          const set = await meter
            ?.charge({
              ...{ tenant, plan: planOf(100), kind: 'store', items: step.items },
            })
            .catch(() => undefined);
          if (!set) continue;
          const back = Math.min(step.back, step.items);
          granted += step.items;
          if (back > 0) set.giveBack(back);
          acknowledged += step.items - back;
        } else if ('killed' in step) {
          kills += 1;
          meters[step.killed] = open(shared);
        } else if ('closed' in step) {
          await meters[step.closed]?.close();
          meters[step.closed] = open(shared);
        } else await meters[step.settled]?.settle();
        // Who cannot write counts alone for a while, and may not know of the others.
        if (losses === 0) expect(acknowledged).toBeLessThanOrEqual(100);
      }
      lost.writes = 0;
      for (const meter of meters) await meter.close();
      clock.time += 2 * 3_600_000;
      const { used, counts } = await open().usage(tenant);
      const { interrupted = 0, store = 0 } = counts;
      expect(used).toBe(store + interrupted);
      expect(store).toBeLessThanOrEqual(granted);
      // What was counted in memory alone goes with a kill.
      if (kills === 0 || losses === 0) expect(used).toBeGreaterThanOrEqual(acknowledged);
      if (kills > 0 || losses > 0) return;
      expect({ store, interrupted }).toEqual({ store: acknowledged, interrupted: 0 });
    }),
    { numRuns: 150 },
  );
});
