/** Dreams by the clock in the words of other clients: schedules and cycles. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { parseNamespace } from '../../domain/names.ts';
import type { Schedule } from '../../engine/dream/schedules.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Scope } from '../../engine/scope.ts';
import { strategiesOf } from '../dream-input.ts';
import { presetNames, presets } from '../dream-presets.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { cycleBodyShape, dreamBodyShape, requestFrom } from './dream-body.ts';
import { cronEvery, intervalHours, intervalOf } from './interval-cron.ts';

const tag = 'Dreams';
const root = '/v1/memory/dream';
const ok = z.literal(true);
const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });
const idParams = z.strictObject({ id: z.string() });
const query = z.strictObject({ namespace: z.string().optional() });
const auto = z
  .boolean()
  .optional()
  .openapi({ description: 'False: every change waits for a review.' });

const sharedShape = {
  namespace: z.string(),
  strategies: z.array(z.string()),
  auto: z.boolean(),
  created_at: isoTime,
  next_run: isoTime.nullable(),
  last_run: isoTime.nullable(),
  last_dream_id: z.string().nullable(),
  stopped: z.string().nullable().openapi({ description: 'Why it does not fire any more.' }),
};

const scheduleShape = {
  schedule_id: z.string(),
  interval_hours: z.number().nullable().openapi({ description: 'Null where it is none.' }),
  ...sharedShape,
};

const cycleShape = {
  cycle_id: z.string(),
  preset: z.string(),
  run_hour: count.nullable().openapi({ description: 'Null where it runs more than once a day.' }),
  run_minute: count.nullable(),
  timezone: z.string(),
  ...sharedShape,
};

const schedule = defineRoute({
  method: 'post',
  path: `${root}/schedule`,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 413],
  summary: 'Start dreams every so many hours',
  description:
    'Counted from now, and by the clock of UTC. `auto: false` leaves every change to a review; ' +
    'else a dream adds what it finds, as `start` does. `POST /v1/dream-schedules` knows more.',
  body: z
    .strictObject({ ...dreamBodyShape, interval_hours: z.number().optional(), auto })
    .openapi('DreamEvery'),
  response: z.object({ ok, ...scheduleShape }),
  handle: async ({ body, scope }, { engine, clock }) => {
    const { interval_hours: wanted = 24, ...dream } = body;
    const hours = intervalHours.find((one) => one === wanted);
    if (hours === undefined) {
      const message = `"interval_hours" is one of ${intervalHours.join(', ')}.`;
      throw new MemoryError('invalid_request', message, { details: { field: 'interval_hours' } });
    }
    const times = { cron: cronEvery(hours, clock.now()), timeZone: 'UTC' };
    const made = await engine.schedules.create(scope, { ...scheduledOf(dream), times });
    return { ok: true, ...presentSchedule(made) };
  },
});

const schedules = defineRoute({
  method: 'get',
  path: `${root}/schedules`,
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'List schedules, oldest first',
  description: 'Of every namespace that the key may dream in, or of one.',
  query,
  response: z.object({ ok, schedules: z.array(z.object(scheduleShape)), count }),
  handle: async ({ query, scope }, { engine }) => {
    const found = await listed(engine, scope, query.namespace);
    return { ok: true, schedules: found.map(presentSchedule), count: found.length };
  },
});

const removeSchedule = defineRoute({
  method: 'delete',
  path: `${root}/schedule/{id}`,
  tag,
  needs: 'dream',
  summary: 'Delete a schedule; dreams that it started stay',
  params: idParams,
  response: z.object({ ok, deleted: z.literal(true), schedule_id: z.string() }),
  handle: async ({ params: { id }, scope }, { engine }) => {
    await remove(engine, scope, id);
    return { ok: true, deleted: true, schedule_id: id };
  },
});

const custom = 'custom';

const cycle = defineRoute({
  method: 'post',
  path: `${root}/cycle`,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 413],
  summary: 'Start dreams at an hour of the day, by a preset or a time of your own',
  body: z
    .strictObject({
      ...cycleBodyShape,
      preset: z.enum([...presetNames, custom]),
      run_hour: count.min(0).max(23).optional(),
      run_minute: count.min(0).max(59).optional(),
      timezone: z.string().max(64).optional(),
      auto,
    })
    .openapi('DreamCycle'),
  response: z.object({ ok, ...cycleShape }),
  handle: async ({ body, scope }, { engine }) => {
    const { preset, run_hour: hour, run_minute: minute, timezone = 'UTC', ...dream } = body;
    const named = preset === custom ? undefined : presets[preset];
    const cron = cronOf(named?.cron, { hour, minute });
    const request = {
      ...scheduledOf(dream, named && [...named.strategies]),
      ...{ preset, times: { cron, timeZone: timezone } },
    };
    return { ok: true, ...presentCycle(await engine.schedules.create(scope, request)) };
  },
});

const cycles = defineRoute({
  method: 'get',
  path: `${root}/cycle`,
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'List the cycles, oldest first',
  description: 'Of every namespace that the key may dream in, or of one.',
  query,
  response: z.object({ ok, cycles: z.array(z.object(cycleShape)), count }),
  handle: async ({ query, scope }, { engine }) => {
    const all = await listed(engine, scope, query.namespace);
    const found = all.filter(({ preset }) => preset !== undefined);
    return { ok: true, cycles: found.map(presentCycle), count: found.length };
  },
});

const removeCycle = defineRoute({
  method: 'delete',
  path: `${root}/cycle/{id}`,
  tag,
  needs: 'dream',
  summary: 'Delete a cycle; dreams that it started stay',
  params: idParams,
  response: z.object({ ok, deleted: z.literal(true), cycle_id: z.string() }),
  handle: async ({ params: { id }, scope }, { engine }) => {
    await remove(engine, scope, id);
    return { ok: true, deleted: true, cycle_id: id };
  },
});

const presetList = defineRoute({
  method: 'get',
  path: `${root}/cycle/presets`,
  tag,
  needs: 'dream',
  summary: 'What the presets of a cycle run, and when',
  response: z.object({
    ok,
    presets: z.array(
      z.object({
        ...{ preset: z.string(), cron: z.string().nullable(), timezone: z.string() },
        ...{ run_hour: count.nullable(), run_minute: count.nullable() },
        strategies: z.array(z.string()).nullable(),
      }),
    ),
    count,
  }),
  handle: async () => {
    const known = presetNames.map((preset) => {
      const { cron, strategies } = presets[preset];
      return {
        preset,
        cron,
        timezone: 'UTC',
        ...timeOf(cron),
        strategies: strategiesOf(strategies),
      };
    });
    const own = { cron: null, timezone: 'UTC', run_hour: null, run_minute: null, strategies: null };
    const all = [...known, { preset: custom, ...own }];
    return { ok: true, presets: all, count: all.length };
  },
});

function scheduledOf(body: Parameters<typeof requestFrom>[0], otherwise?: string[]) {
  const request = requestFrom(body, otherwise && { otherwise });
  const { namespace, strategies, budget, autoApply } = request;
  return { namespace, strategies, budget, ...(autoApply && { autoApply }) } as const;
}

/** Throws invalid_request where the hour is missing, or cannot be chosen. */
function cronOf(
  preset: string | undefined,
  at: { readonly hour: number | undefined; readonly minute: number | undefined },
): string {
  const usual = preset === undefined ? noTime : timeOf(preset);
  const isChosen = at.hour !== undefined || at.minute !== undefined;
  if (preset !== undefined && !isChosen) return preset;
  const hour = at.hour ?? usual.run_hour;
  const isFixed = preset !== undefined && usual.run_hour === null;
  if (hour === null || isFixed) {
    const message = isFixed
      ? 'This preset runs all day long; leave out "run_hour" and "run_minute".'
      : 'Say when: "run_hour" is missing.';
    throw new MemoryError('invalid_request', message, { details: { field: 'run_hour' } });
  }
  return `${at.minute ?? usual.run_minute ?? 0} ${hour} * * *`;
}

const noTime = { run_hour: null, run_minute: null };

/** The time of day of what runs once a day. */
function timeOf(cron: string): { run_hour: number | null; run_minute: number | null } {
  const found = /^(\d+) (\d+) \* \* \*$/.exec(cron);
  return found ? { run_hour: Number(found[2]), run_minute: Number(found[1]) } : noTime;
}

function listed(
  engine: Pick<Engine, 'schedules'>,
  scope: Scope,
  namespace: string | undefined,
): Promise<Schedule[]> {
  if (namespace === undefined) return engine.schedules.listAll(scope);
  return engine.schedules.list(scope, parseNamespace(namespace));
}

/** Their ids say nothing of the namespace. */
async function remove(engine: Pick<Engine, 'schedules'>, scope: Scope, id: string): Promise<void> {
  const found = (await engine.schedules.listAll(scope)).find((one) => one.id === id);
  if (!found) throw new MemoryError('schedule_not_found');
  await engine.schedules.delete(scope, found.namespace, id);
}

function presentShared(schedule: Schedule) {
  const { namespace, strategies, nextAt, lastAt, lastDream, stopped } = schedule;
  const timeOrNull = (ms: number | undefined) => (ms === undefined ? null : iso(ms));
  return {
    ...{ namespace, strategies, auto: schedule.autoApply !== undefined },
    created_at: iso(schedule.createdAt),
    ...{ next_run: timeOrNull(nextAt), last_run: timeOrNull(lastAt) },
    ...{ last_dream_id: lastDream ?? null, stopped: stopped ?? null },
  };
}

function presentSchedule(schedule: Schedule) {
  const { id, times } = schedule;
  const interval = times?.timeZone === 'UTC' ? intervalOf(times.cron) : null;
  return { schedule_id: id, interval_hours: interval, ...presentShared(schedule) };
}

function presentCycle(schedule: Schedule) {
  const { id, preset = custom, times } = schedule;
  const at = times ? timeOf(times.cron) : noTime;
  const timezone = times?.timeZone ?? 'UTC';
  return { cycle_id: id, preset, ...at, timezone, ...presentShared(schedule) };
}

export const compatScheduleRoutes: readonly Mountable[] = [
  ...[schedule, schedules, removeSchedule],
  ...[cycle, cycles, removeCycle, presetList],
];
