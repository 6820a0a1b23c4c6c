/** /v1/dream-schedules: dreams by the clock, or after so many changes. */
import { z } from '@hono/zod-openapi';
import { strategyIds } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { Schedule, ScheduleRequest } from '../../engine/dream/schedules.ts';
import {
  autoApplyOf,
  budgetOf,
  dreamFields,
  fullCycle,
  shownAutoApplySchema,
  strategiesOf,
} from '../dream-input.ts';
import { presetNames, presets } from '../dream-presets.ts';
import { iso } from '../present.ts';
import { presentAutoApply } from '../present-dream.ts';
import { defineRoute, type Mountable } from '../route.ts';

const path = '/v1/dream-schedules';
const tag = 'Dreams';
const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });

const bodySchema = z
  .strictObject({
    ...dreamFields,
    preset: z.enum(presetNames).optional(),
    cron: z.string().max(100).optional().openapi({ example: '30 3 * * 1' }),
    timezone: z.string().max(64).optional().openapi({ example: 'Europe/Bucharest' }),
    after_writes: z.number().int().min(1).max(1_000_000).optional(),
  })
  .openapi('NewDreamSchedule');

const scheduleSchema = z
  .object({
    id: z.string(),
    namespace: z.string(),
    preset: z.string().nullable(),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    after_writes: count.nullable(),
    strategies: z.array(z.enum(strategyIds)),
    auto_apply: shownAutoApplySchema.nullable(),
    created_at: isoTime,
    next_at: isoTime.nullable(),
    last_at: isoTime.nullable(),
    last_dream: z.string().nullable(),
    stopped: z.string().nullable().openapi({ description: 'Why it does not fire.' }),
  })
  .openapi('DreamSchedule');

const create = defineRoute({
  method: 'post',
  path,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 413],
  summary: 'Start dreams by the clock, or after so many changes',
  description:
    'By a `preset`, by `cron` (five fields, in `timezone`, UTC when absent), or `after_writes`. ' +
    'It runs in the name of the key that made it, and stops with it. Nothing is applied without ' +
    'a review but what `auto_apply` allows.',
  body: bodySchema,
  response: z.object({ ok: z.literal(true), schedule: scheduleSchema }),
  handle: async ({ body, scope }, { engine }) => {
    const schedule = await engine.schedules.create(scope, requestOf(body));
    return { ok: true, schedule: present(schedule) };
  },
});

const list = defineRoute({
  method: 'get',
  path,
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'List the schedules of a namespace, oldest first',
  query: z.strictObject({ namespace: z.string().optional() }),
  response: z.object({ ok: z.literal(true), results: z.array(scheduleSchema), count }),
  handle: async ({ query, scope }, { engine }) => {
    const namespace = parseNamespace(query.namespace ?? defaultNamespace);
    const results = (await engine.schedules.list(scope, namespace)).map(present);
    return { ok: true, results, count: results.length };
  },
});

const remove = defineRoute({
  method: 'delete',
  path: `${path}/{id}`,
  tag,
  needs: 'dream',
  summary: 'Delete a schedule; dreams that it started stay',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ namespace: z.string().optional() }),
  response: z.object({ ok: z.literal(true), deleted: z.literal(true) }),
  handle: async ({ params, query, scope }, { engine }) => {
    const namespace = parseNamespace(query.namespace ?? defaultNamespace);
    await engine.schedules.delete(scope, namespace, params.id);
    return { ok: true, deleted: true };
  },
});

function requestOf(body: z.infer<typeof bodySchema>): ScheduleRequest {
  const { preset, timezone: timeZone = 'UTC', after_writes: afterWrites } = body;
  const named = preset && presets[preset];
  if (preset && body.cron !== undefined) {
    throw invalid('Name a preset or cron, not both.', 'cron');
  }
  const cron = body.cron ?? named?.cron;
  if (cron === undefined && afterWrites === undefined) {
    throw invalid('Say when: preset, cron or after_writes.', 'cron');
  }
  const autoApply = autoApplyOf(body.auto_apply);
  return {
    namespace: parseNamespace(body.namespace ?? defaultNamespace),
    strategies: strategiesOf(body.strategies ?? named?.strategies ?? [fullCycle]),
    budget: budgetOf(body.budget),
    ...(autoApply && { autoApply }),
    ...(preset && { preset }),
    ...(cron !== undefined && { times: { cron, timeZone } }),
    ...(afterWrites !== undefined && { afterWrites }),
  };
}

function invalid(message: string, field: string): MemoryError {
  return new MemoryError('invalid_request', message, { details: { field } });
}

function present(schedule: Schedule) {
  const { id, namespace, strategies, times, nextAt, lastAt } = schedule;
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : iso(ms));
  return {
    ...{ id, namespace, strategies, preset: schedule.preset ?? null },
    ...{ cron: times?.cron ?? null, timezone: times?.timeZone ?? null },
    after_writes: schedule.afterWrites ?? null,
    auto_apply: presentAutoApply(schedule.autoApply),
    created_at: iso(schedule.createdAt),
    ...{ next_at: timeOf(nextAt), last_at: timeOf(lastAt) },
    ...{ last_dream: schedule.lastDream ?? null, stopped: schedule.stopped ?? null },
  };
}

export const dreamScheduleRoutes: readonly Mountable[] = [create, list, remove];
