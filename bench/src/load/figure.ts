/** One speed figure: what was measured, its goal, and whether it was met. */
import { type Cell, round, type Table } from '../lib/results.ts';
import type { Summary } from '../lib/stats.ts';

export interface Figure {
  readonly what: string;
  /** In `unit`; null: measured without a goal. */
  readonly goal: number | null;
  /** True when more is better; otherwise the goal is an upper limit. */
  readonly atLeast?: boolean;
  /** The number held against the goal; null: not measured, see the note. */
  readonly value: number | null;
  /** 'ms', 'x' (a ratio), 'MB' or a counted thing. */
  readonly unit: string;
  /** The series behind the value, where there is one. */
  readonly series?: Summary;
  readonly note?: string;
}

/** A figure for something that could not be measured here, with the reason. */
export function skipped(what: string, goal: number | null, unit: string, reason: string): Figure {
  return { what, goal, unit, value: null, note: `skipped: ${reason}` };
}

/** met, missed, skipped, or a dash where there is no goal. */
export function verdict(figure: Figure): string {
  if (figure.value === null || !Number.isFinite(figure.value)) return 'skipped';
  if (figure.goal === null) return '-';
  const met = figure.atLeast ? figure.value >= figure.goal : figure.value <= figure.goal;
  return met ? 'met' : 'missed';
}

/** All figures of one run as a table. */
export function figureTable(figures: readonly Figure[]): Table {
  return {
    title: 'Figures',
    columns: ['what', 'goal', 'measured', 'verdict', 'p50', 'p95', 'n', 'note'],
    rows: figures.map((figure): Cell[] => [
      figure.what,
      figure.goal === null
        ? null
        : `${figure.atLeast ? 'at least' : 'at most'} ${figure.goal} ${figure.unit}`,
      figure.value === null ? null : `${round(figure.value, 2)} ${figure.unit}`,
      verdict(figure),
      figure.series === undefined ? null : round(figure.series.p50, 2),
      figure.series === undefined ? null : round(figure.series.p95, 2),
      figure.series?.n ?? null,
      figure.note ?? null,
    ]),
  };
}
