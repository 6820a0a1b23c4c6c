/** Schedules: dreams by the clock, or after so many changes. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import type { DreamSchedule, ScheduleInput, SchedulePreset, Strategy } from './dream-types.ts';
import { autoApplyToWire } from './dreams.ts';
import type { JsonObject } from './json-types.ts';
import { search, segment } from './path.ts';
import { countOrNull, objectFrom, results, text, textOrNull, texts } from './read-wire.ts';

export interface ScheduleCalls {
  /** It runs in the name of this client's key, and stops with it. */
  createSchedule(input: ScheduleInput, options?: CallOptions): Promise<DreamSchedule>;
  /** Oldest first. */
  schedules(
    input?: { namespace?: string | undefined },
    options?: CallOptions,
  ): Promise<DreamSchedule[]>;
  /** Dreams that it started stay. */
  deleteSchedule(
    id: string,
    input?: { namespace?: string | undefined },
    options?: CallOptions,
  ): Promise<void>;
}

const path = '/v1/dream-schedules';

export function scheduleCalls(
  { call, post, get }: Calls,
  shared: string | undefined,
): ScheduleCalls {
  return {
    async createSchedule({ autoApply, afterWrites, ...input }, each) {
      const { namespace = shared, ...rest } = input;
      const auto_apply = autoApplyToWire(autoApply);
      const body = { ...rest, namespace, auto_apply, after_writes: afterWrites };
      const raw = await post(path, body, each, true);
      return scheduleFrom(objectFrom(raw.schedule, 'schedule'));
    },
    schedules: async ({ namespace = shared } = {}, each) =>
      results(await get(`${path}${search({ namespace })}`, each)).map(scheduleFrom),
    async deleteSchedule(id, { namespace = shared } = {}, each) {
      const place = `${path}/${segment(id)}${search({ namespace })}`;
      await call({ method: 'DELETE', path: place }, each);
    },
  };
}

function scheduleFrom(raw: JsonObject): DreamSchedule {
  return {
    id: text(raw, 'id'),
    namespace: text(raw, 'namespace'),
    preset: textOrNull(raw.preset) as SchedulePreset | null,
    cron: textOrNull(raw.cron),
    timezone: textOrNull(raw.timezone),
    afterWrites: countOrNull(raw.after_writes),
    strategies: texts(raw.strategies) as Strategy[],
    createdAt: text(raw, 'created_at'),
    nextAt: textOrNull(raw.next_at),
    lastAt: textOrNull(raw.last_at),
    lastDream: textOrNull(raw.last_dream),
    stopped: textOrNull(raw.stopped),
  };
}
