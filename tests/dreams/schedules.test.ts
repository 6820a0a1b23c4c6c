/** Schedules: each fires once when it is due, in the name of its key, and says why it stopped. */
import { expect, test } from 'vitest';
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import { nextRun } from '../../packages/server/src/engine/dream/cron.ts';
import type { DreamRequest } from '../../packages/server/src/engine/dream/dreams.ts';
import { Schedules } from '../../packages/server/src/engine/dream/schedules.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { scope } from '../full-scope.ts';
import { ann, type DreamBench, openDreams } from './open-dreams.ts';

const nightly = { times: { cron: '0 23 * * *', timeZone: 'Europe/Bucharest' } };
const wanted = {
  namespace: ann,
  strategies: ['reflect'],
  budget: { memories: 10, tokens: 0, seconds: 1 },
} as const;

interface Bench {
  readonly engine: DreamBench;
  readonly schedules: Schedules;
  readonly started: DreamRequest[];
  /** Moves the clock, and lets it look. */
  at(time: string): Promise<void>;
}

async function withSchedules(
  run: (bench: Bench) => Promise<void>,
  more: Partial<ConstructorParameters<typeof Schedules>[0]> = {},
): Promise<void> {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const clock = { ...systemClock, now: () => now };
  const store = ephemeral.openEphemeralStore({ clock });
  const engine = await openDreams([], store);
  const started: DreamRequest[] = [];
  const dreams = {
    start: async (_scope: unknown, request: DreamRequest) => {
      started.push(request);
      return { id: `dream_${started.length}` } as never;
    },
  };
  const deps = { control: store.control, records: store.records, clock };
  const onFault = (error: unknown) => expect.fail(String(error));
  const schedules = new Schedules({
    deps,
    dreams,
    scopeOf: () => scope,
    onFault,
    isOnDuty: () => true,
    ...more,
  });
  const at = async (time: string): Promise<void> => {
    now = Date.parse(time);
    await schedules.watch();
  };
  try {
    await run({ engine, schedules, started, at });
  } finally {
    await schedules.close();
    await engine.close();
  }
}

test('times are those of the time zone, in summer and in winter', () => {
  const next = (after: string) => nextRun(nightly.times, Date.parse(after));
  expect(next('2026-01-10T00:00:00Z')).toBe(Date.parse('2026-01-10T21:00:00Z'));
  expect(next('2026-07-10T00:00:00Z')).toBe(Date.parse('2026-07-10T20:00:00Z'));
  expect(nextRun({ cron: '0 0 30 2 *', timeZone: 'UTC' }, 0)).toBeUndefined();
  for (const [cron, timeZone, field] of [
    ['0 0 * * * *', 'UTC', 'cron'],
    ['often', 'UTC', 'cron'],
    ['0 0 * * *', 'Mars/Base', 'timezone'],
  ] as const) {
    expect(() => nextRun({ cron, timeZone }, 0)).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { field } }),
    );
  }
});

test('a schedule fires once when it is due, and once for all that it missed', async () => {
  await withSchedules(async ({ engine, schedules, started, at }) => {
    await engine.put('one');
    const { id, nextAt } = await schedules.create(scope, { ...wanted, ...nightly });
    expect(nextAt).toBe(Date.parse('2026-03-01T21:00:00Z'));
    await at('2026-03-01T20:59:00Z');
    expect(started).toHaveLength(0);
    await at('2026-03-01T21:00:10Z');
    await at('2026-03-01T21:05:00Z');
    expect(started).toMatchObject([{ namespace: ann, schedule: id, dryRun: false }]);
    // Nothing was written since: there is nothing new to find.
    await at('2026-03-02T21:00:10Z');
    expect(started).toHaveLength(1);
    await engine.put('two');
    await at('2026-03-09T12:00:00Z');
    await at('2026-03-09T12:01:00Z');
    expect(started).toHaveLength(2);
    const [schedule] = await schedules.list(scope, ann);
    expect(schedule).toMatchObject({ lastDream: 'dream_2' });
    expect(schedule?.nextAt).toBe(Date.parse('2026-03-09T21:00:00Z'));
  });
});

test('two processes over one store fire a schedule once', async () => {
  const others: DreamRequest[] = [];
  await withSchedules(async ({ engine, schedules, started, at }) => {
    await engine.put('one');
    await schedules.create(scope, { ...wanted, ...nightly });
    const dreams = {
      start: async (_scope: unknown, request: DreamRequest) => {
        others.push(request);
        return { id: 'dream_other' } as never;
      },
    };
    const clock = { ...systemClock, now: () => Date.parse('2026-03-01T21:00:10Z') };
    const deps = { control: engine.store.control, records: engine.store.records, clock };
    const onFault = () => undefined;
    const parts = { deps, dreams, scopeOf: () => scope, onFault, isOnDuty: () => true };
    const other = new Schedules(parts);
    await Promise.all([at('2026-03-01T21:00:10Z'), other.watch()]);
    await other.close();
    expect(started.length + others.length).toBe(1);
  });
});

test('so many changes start a dream', async () => {
  await withSchedules(async ({ engine, schedules, started, at }) => {
    await engine.put('one');
    await schedules.create(scope, { ...wanted, afterWrites: 3 });
    await engine.put('two', 'three');
    await at('2026-03-01T13:00:00Z');
    expect(started).toHaveLength(0);
    await engine.put('four');
    await at('2026-03-01T13:01:00Z');
    await at('2026-03-01T13:02:00Z');
    expect(started).toHaveLength(1);
  });
});

test('it stops with its key, and says so', async () => {
  await withSchedules(
    async ({ engine, schedules, started, at }) => {
      await engine.put('one');
      await schedules.create(scope, { ...wanted, ...nightly });
      await at('2026-03-01T21:00:10Z');
      expect(started).toHaveLength(0);
      const [schedule] = await schedules.list(scope, ann);
      expect(schedule?.stopped).toContain('revoked');
    },
    { scopeOf: () => undefined },
  );
});

test('it goes on when its tenant may again', async () => {
  let isSuspended = true;
  await withSchedules(
    async ({ engine, schedules, started, at }) => {
      await engine.put('one');
      await schedules.create(scope, { ...wanted, ...nightly });
      await at('2026-03-01T21:00:10Z');
      isSuspended = false;
      await at('2026-03-02T10:00:00Z');
      expect(started).toHaveLength(1);
      const [schedule] = await schedules.list(scope, ann);
      expect(schedule?.stopped).toBeUndefined();
    },
    { scopeOf: () => (isSuspended ? undefined : scope) },
  );
});

test('it waits for a dream that runs, and starts its own then', async () => {
  let isBusy = true;
  const started: DreamRequest[] = [];
  const dreams = {
    start: async (_scope: unknown, request: DreamRequest) => {
      if (isBusy) throw new MemoryError('dream_running');
      started.push(request);
      return { id: 'dream_1' } as never;
    },
  };
  await withSchedules(
    async ({ engine, schedules, at }) => {
      await engine.put('one');
      await schedules.create(scope, { ...wanted, ...nightly });
      await at('2026-03-01T21:00:10Z');
      isBusy = false;
      await at('2026-03-01T21:00:30Z');
      await at('2026-03-01T21:00:50Z');
      expect(started).toHaveLength(1);
    },
    { dreams },
  );
});

test('what its own dream has written does not start another one', async () => {
  await withSchedules(async ({ engine, schedules, started, at }) => {
    await engine.put('one');
    const { id } = await schedules.create(scope, { ...wanted, afterWrites: 2 });
    await engine.put('two', 'three');
    await at('2026-03-01T13:00:00Z');
    expect(started).toHaveLength(1);
    const info = await engine.store.records.open(scope.tenant).namespace(ann);
    const key = `dreams/${scope.tenant}/${info?.no}/dream_1`;
    const wrote = { state: 'applied', touched: [{}, {}], added: ['mem'] };
    await engine.store.control.putIfVersion(key, JSON.stringify(wrote), 0);
    await engine.put('three changes', 'of a', 'dream');
    await at('2026-03-01T13:01:00Z');
    expect([started.length, started[0]?.schedule]).toEqual([1, id]);
    await engine.put('four', 'five');
    await at('2026-03-01T13:02:00Z');
    expect(started).toHaveLength(2);
  });
});

test('a clock that is set back does not stop it', async () => {
  await withSchedules(async ({ engine, schedules, started, at }) => {
    await engine.put('one');
    await schedules.create(scope, { ...wanted, ...nightly });
    await at('2036-03-01T21:00:10Z');
    expect(started).toHaveLength(1);
    await engine.put('two');
    await at('2026-03-05T12:00:00Z');
    await at('2026-03-05T21:00:10Z');
    expect(started).toHaveLength(2);
  });
});

test('a namespace has so many schedules, and takes them along', async () => {
  await withSchedules(async ({ engine, schedules }) => {
    await engine.put('one');
    for (let i = 0; i < 20; i += 1) await schedules.create(scope, { ...wanted, ...nightly });
    await expect(schedules.create(scope, { ...wanted, ...nightly })).rejects.toMatchObject({
      code: 'too_many_items',
    });
    const [first] = await schedules.list(scope, ann);
    await schedules.delete(scope, ann, first?.id ?? '');
    await expect(schedules.delete(scope, ann, first?.id ?? '')).rejects.toMatchObject({
      code: 'schedule_not_found',
    });
    const { engine: verbs, store } = engine;
    await verbs.forget(scope, { everything: true, namespace: ann, isConfirmed: true });
    expect(await store.control.list('dream-schedules/')).toEqual([]);
  });
});
