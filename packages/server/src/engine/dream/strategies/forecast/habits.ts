/** Habits that come round again, as long as they are kept. */
import { dateAt, dayMs, weekdayOf } from '../../../../text/time-range.ts';
import { isoDay } from '../../evidence.ts';
import type { Period, Recurrence } from '../../recurrences.ts';
import type { Forecast } from './prognosis.ts';

const daysOf: Readonly<Record<Period, number>> = { week: 7, month: 31, year: 366 };
/** A habit that was missed so often is none any more. */
const missedMax = 2;

export function forecastHabits(recurrences: readonly Recurrence[], now: number): Forecast[] {
  return recurrences.flatMap((one): Forecast[] => {
    const last = (one.days.at(-1) ?? 0) * dayMs;
    if (now - last > (missedMax + 1) * daysOf[one.period] * dayMs) return [];
    const [theme] = one.themes;
    const due = nextOf(one, Math.max(now, last + dayMs));
    const span = `between ${isoDay((one.days[0] ?? 0) * dayMs)} and ${isoDay(last)}`;
    const who = theme.speaker ? `${theme.speaker}: ` : '';
    const kept = new Set(one.days);
    const memories = theme.happenings
      .filter(({ day }) => kept.has(day))
      .map(({ memory }) => memory);
    const share = Math.min(1, one.days.length / one.periods);
    return [
      {
        subject: `habit:${one.period}:${theme.speaker?.toLowerCase() ?? ''}:${theme.term}`,
        due: { from: due, to: due + dayMs },
        value:
          `Due ${isoDay(due)}: ${who}${one.themes
            .map(({ word }) => word)
            .slice(0, 3)
            .join(', ')}, ` +
          `as on ${one.days.length} days in ${one.periods} ${one.period}s ${span}.`,
        reason:
          `Kept in ${one.days.length} of ${one.periods} ${one.period}s, ` +
          `last on ${isoDay(last)}.`,
        confidence: 0.4 + 0.45 * share,
        memories: [...new Set(memories)],
        kind: 'habit',
      },
    ];
  });
}

/** The first day of that rhythm from a moment on. */
function nextOf({ period, slot }: Recurrence, from: number): number {
  const today = Math.floor(from / dayMs) * dayMs;
  if (period === 'week') return today + ((slot - weekdayOf(today) + 7) % 7) * dayMs;
  const date = new Date(today);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const inLeapYear = new Date(dateAt(2024) + slot * dayMs);
  const candidates =
    period === 'month'
      ? [0, 1, 2].map((ahead) => dateAt(year, month + ahead, slot))
      : [0, 1].map((ahead) =>
          dateAt(year + ahead, inLeapYear.getUTCMonth(), inLeapYear.getUTCDate()),
        );
  return candidates.find((day) => day >= today) ?? today;
}
