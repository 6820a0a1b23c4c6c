/** Times as people and programs write them, read into milliseconds since 1970 UTC. */

/** The years 1 to 9999, which ISO 8601 writes with four digits. */
const timeMsMin = Date.parse('0001-01-01');
const timeMsMax = Date.parse('9999-12-31');

/** Numbers below are seconds, larger ones milliseconds: 10^11 ms is in 1973. */
const secondsMax = 1e11;

/** ISO 8601 or a Unix time in milliseconds since 1970 UTC; undefined when it is neither. */
export function parseTime(time: string | number): number | undefined {
  const ms = typeof time === 'number' ? unixMs(time) : isoMs(time);
  return ms >= timeMsMin && ms <= timeMsMax ? ms : undefined;
}

function unixMs(time: number): number {
  return Math.round(Math.abs(time) < secondsMax ? time * 1000 : time);
}

/** A time without a zone is UTC, so that it does not depend on where the server stands. */
function isoMs(time: string): number {
  const pattern =
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/;
  const match = pattern.exec(time);
  if (!match) return Number.NaN;
  // Date.parse takes 30 February for 2 March; a calendar does not.
  const day = time.slice(0, 10);
  const midnight = Date.parse(day);
  const isDay = Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(day);
  if (!isDay) return Number.NaN;
  const zoned = match[1] !== undefined || time.length === 10;
  return Date.parse(zoned ? time : `${time}Z`);
}
