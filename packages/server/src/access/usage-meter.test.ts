import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import { freePlan, type Plan, Plans, unlimitedPlan } from '../domain/plans.ts';
import type { ControlPort } from '../ports/control.ts';
import type { OperationKind } from './operations.ts';
import { UsageMeter } from './usage-meter.ts';

const tenant = 'acme' as TenantId;
const november = Date.parse('2026-11-21T12:00:00Z');
const plans = new Plans([]);
const unlimited = plans.need(unlimitedPlan);

const planOf = (operationsPerMonth: number): Plan => {
  return { ...plans.need(freePlan), operationsPerMonth };
};

function setUp(now = november) {
  const clock = { time: now, now: () => clock.time, randomBytes };
  const { control } = openEphemeralStore({ clock });
  const writes = { count: 0 };
  const counting: ControlPort = {
    get: (key) => control.get(key),
    delete: (key) => control.delete(key),
    list: (prefix, page) => control.list(prefix, page),
    putIfVersion: async (key, value, expected) => {
      writes.count += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return control.putIfVersion(key, value, expected);
    },
  };
  const open = () => new UsageMeter({ control: counting, clock });
  return { clock, control, writes, open };
}

const charge = (meter: UsageMeter, plan: Plan, items = 1, kind: OperationKind = 'search') =>
  meter.charge({ tenant, plan, kind, items });

test('of 200 that ask at once at a quota of 100, exactly 100 pass', async () => {
  const { open } = setUp();
  const meter = open();
  const asked = Array.from({ length: 200 }, () => charge(meter, planOf(100)));
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
  expect((await meter.usage(tenant)).used).toBe(100);
});

test('the refusal names the plan, the limit, what is used and when it starts anew', async () => {
  const meter = setUp().open();
  await charge(meter, planOf(3), 2);
  const refused = await charge(meter, planOf(3), 2).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'quota_exceeded',
    status: 402,
    message: '2 operations are needed, and 1 of 3 are left this month.',
    details: {
      ...{ quota: 'operations', plan: 'free', limit: 3, used: 2, needed: 2 },
      resets_at: '2026-12-01T00:00:00.000Z',
    },
  });
  await charge(meter, planOf(3), 1);
});

test('what is given back can be used by others', async () => {
  const meter = setUp().open();
  const all = await charge(meter, planOf(10), 10);
  await expect(charge(meter, planOf(10))).rejects.toThrow('used up');
  all.giveBack(4);
  await charge(meter, planOf(10), 4);
  expect((await meter.usage(tenant)).counts).toEqual({ search: 10 });
});

test('what is always allowed is counted above the quota too', async () => {
  const meter = setUp().open();
  await charge(meter, planOf(2), 2);
  const forget = { tenant, plan: planOf(2), kind: 'forget', items: 1 } as const;
  await meter.charge({ ...forget, isAlwaysAllowed: true });
  expect(await meter.usage(tenant)).toMatchObject({ used: 3, counts: { search: 2, forget: 1 } });
});

test('after a clean stop the count is exact', async () => {
  const { open } = setUp();
  const first = open();
  for (let i = 0; i < 37; i++) await charge(first, unlimited);
  await first.close();
  const second = open();
  expect(await second.usage(tenant)).toMatchObject({ used: 37, counts: { search: 37 } });
});

test('after a kill what was acknowledged is counted, and at most a lease more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 29 }),
      async (amounts, killAt) => {
        const { open } = setUp();
        let meter = open();
        let acknowledged = 0;
        for (const [i, items] of amounts.entries()) {
          await charge(meter, planOf(1000), items).then(
            () => {
              acknowledged += items;
            },
            () => undefined,
          );
          if (i === killAt) meter = open();
        }
        const { used, counts } = await meter.usage(tenant);
        const { interrupted = 0, search = 0 } = counts;
        expect(used).toBe(interrupted + search);
        expect(used).toBeGreaterThanOrEqual(acknowledged);
        expect(used).toBeLessThanOrEqual(1000);
        // Two leases: the one in use, and the next one.
        expect(used - acknowledged).toBeLessThanOrEqual(2 * 20);
      },
    ),
    { numRuns: 200 },
  );
});

test('a month ends, and the next one starts with nothing', async () => {
  const { clock, open } = setUp(Date.parse('2026-12-31T23:59:59.999Z'));
  const meter = open();
  await charge(meter, planOf(5), 5);
  await expect(charge(meter, planOf(5))).rejects.toThrow('used up');
  clock.time += 1;
  const asked = Array.from({ length: 20 }, () => charge(meter, planOf(5)));
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  const usage = await meter.usage(tenant);
  expect(usage).toMatchObject({ month: '2027-01', used: 5 });
  expect(new Date(usage.resetsAt).toISOString()).toBe('2027-02-01T00:00:00.000Z');
});

test('ten thousand searches cost few writes', async () => {
  const { writes, open } = setUp();
  const meter = open();
  for (let i = 0; i < 10_000; i++) await charge(meter, unlimited);
  expect(writes.count).toBeLessThan(100);
});

test('a full disk keeps nobody from reading, and the quota holds', async () => {
  const { clock, control } = setUp();
  const faults: unknown[] = [];
  const full: ControlPort = {
    get: (key) => control.get(key),
    delete: (key) => control.delete(key),
    list: (prefix) => control.list(prefix),
    putIfVersion: () => Promise.reject(new MemoryError('disk_full')),
  };
  const meter = new UsageMeter({ control: full, clock, onFault: (error) => faults.push(error) });
  const asked = Array.from({ length: 30 }, () => charge(meter, planOf(20)));
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(faults.length).toBeGreaterThan(0);
  clock.time = Date.parse('2026-12-01T00:00:00Z');
  await charge(meter, planOf(20));
  await meter.close();
});

test('a stored count that cannot be read is not taken for nothing', async () => {
  const { control, open } = setUp();
  await control.putIfVersion('usage/acme/2026-11', '{"leased":"many"}', 0);
  await expect(charge(open(), unlimited)).rejects.toThrow('cannot be read');
});

test('past months are told, newest first, and go after thirteen', async () => {
  const { clock, control, open } = setUp(Date.parse('2025-09-30T23:59:00Z'));
  const meter = open();
  await charge(meter, unlimited, 2);
  for (const [at, items] of [
    ['2025-12-01', 3],
    ['2026-10-31', 5],
    ['2026-11-01', 7],
  ] as const) {
    clock.time = Date.parse(at);
    await charge(meter, unlimited, items, 'store');
  }
  expect(await meter.past(tenant, 13)).toEqual([
    { month: '2026-10', used: 5, counts: { store: 5 } },
    { month: '2025-12', used: 3, counts: { store: 3 } },
  ]);
  expect((await meter.past(tenant, 10)).map(({ month }) => month)).toEqual(['2026-10']);
  const kept = (await control.list('usage/')).map(({ key }) => key.slice(-7));
  expect(kept).toEqual(['2025-12', '2026-10', '2026-11']);
  await meter.close();
});
