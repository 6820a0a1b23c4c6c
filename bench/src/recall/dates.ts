/** Reads the dates of public conversation data as UTC; the data name no time zone. */

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

// "1:56 pm on 8 May, 2023"
const spoken = /^(\d{1,2}):(\d{2})\s*([ap]m)\s+on\s+(\d{1,2})\s+([a-z]+),?\s+(\d{4})$/i;
// "2023/05/20 (Sat) 02:21", "2023-05-20", "2023-05-20T02:21:33"
const ordered =
  /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:\s*\([a-z]+\))?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/i;

/** ISO 8601 in UTC for any of the known spellings; undefined for others, never a guess. */
export function parseDate(text: string): string | undefined {
  const trimmed = text.trim();
  const inWords = spoken.exec(trimmed);
  if (inWords !== null) {
    const [, hour, minute, half, day, month, year] = inWords;
    const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
    const monthIndex = months.indexOf(month?.toLowerCase() ?? '');
    if (monthIndex < 0) return undefined;
    return iso([Number(year), monthIndex + 1, Number(day), hours, Number(minute), 0]);
  }
  const inOrder = ordered.exec(trimmed);
  if (inOrder !== null) return iso(inOrder.slice(1).map((part) => Number(part ?? 0)));
  const zoned = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(trimmed)
    ? Date.parse(trimmed)
    : Number.NaN;
  return Number.isNaN(zoned) ? undefined : new Date(zoned).toISOString();
}

function iso(parts: readonly number[]): string | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC carries over: 31 April would become 1 May.
  const same =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && time.getUTCHours() === hour;
  return same ? time.toISOString() : undefined;
}
