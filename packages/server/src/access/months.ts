/** Calendar months, UTC: what quotas are counted by. */

/** `2026-11`. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** When the next month begins, in milliseconds since 1970 UTC. */
export function monthEndOf(timeMs: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The month so many months before, in the same form. */
export function monthBefore(timeMs: number, months: number): string {
  const date = new Date(timeMs);
  return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
}
