/** When a schedule fires: five fields of cron in a time zone. */
import { Cron } from 'croner';
import { MemoryError } from '../../domain/errors.ts';

export interface CronTimes {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** A name of the IANA database. */
  readonly timeZone: string;
}

/**
 * The first moment after `after`, in milliseconds since 1970 UTC; undefined when there is none.
 * An hour that is left out in spring is made up for at its end. Throws invalid_request.
 */
export function nextRun({ cron, timeZone }: CronTimes, after: number): number | undefined {
  try {
    const options = { mode: '5-part', timezone: timeZone, paused: true } as const;
    return new Cron(cron, options).nextRun(new Date(after))?.getTime();
  } catch (cause) {
    const isZone = !isTimeZone(timeZone);
    const field = isZone ? 'timezone' : 'cron';
    const wanted = isZone
      ? 'timezone is a name of the IANA database, such as "Europe/Paris"'
      : 'cron has five fields: minute, hour, day of the month, month, day of the week';
    throw new MemoryError('invalid_request', `${wanted}.`, { details: { field }, cause });
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
