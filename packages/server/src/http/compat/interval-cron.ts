/** Every so many hours, as the five fields of cron: the intervals that divide a day, and a week. */

export const intervalHours = [0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24, 168] as const;
export type IntervalHours = (typeof intervalHours)[number];

/** Of a week, in UTC. */
interface Moment {
  readonly minute: number;
  readonly hour: number;
  readonly weekday: number;
}

/** Fires first a whole interval after `nowMs`, in milliseconds since 1970 UTC; in UTC. */
export function cronEvery(hours: IntervalHours, nowMs: number): string {
  const now = new Date(nowMs);
  const [minute, hour, weekday] = [now.getUTCMinutes(), now.getUTCHours(), now.getUTCDay()];
  return fieldsOf(hours, { minute, hour, weekday });
}

/** Null for times that do not come back every so many hours. */
export function intervalOf(cron: string): IntervalHours | null {
  const [minute, hour, , , weekday] = cron.split(' ').map((field) => Number.parseInt(field, 10));
  const first = { minute: minute || 0, hour: hour || 0, weekday: weekday || 0 };
  return intervalHours.find((hours) => fieldsOf(hours, first) === cron) ?? null;
}

function fieldsOf(hours: IntervalHours, { minute, hour, weekday }: Moment): string {
  if (hours < 1) return `${every(hours * 60, minute, 60)} * * * *`;
  if (hours > 24) return `${minute} ${hour} * * ${weekday}`;
  return `${minute} ${hours === 1 ? '*' : every(hours, hour, 24)} * * *`;
}

function every(step: number, start: number, end: number): string {
  return Array.from({ length: end / step }, (_, i) => (start % step) + i * step).join(',');
}
