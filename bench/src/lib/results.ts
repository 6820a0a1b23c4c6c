/** The form of a benchmark result: tables for people, kept as small dated JSON files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from './environment.ts';

export type Cell = string | number | null;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The title of the one-row table that every recall result has; the page gathers its rows. */
export const floorTitle = 'Against the floor';

/** One number per query, in the order of the file, so that two runs can be compared in pairs. */
export interface QueryScores {
  /** Stands for the queries and their order; only runs with equal ones can be compared. */
  readonly fingerprint: string;
  readonly categories: readonly string[];
  /** Per query its place in `categories`. */
  readonly category: readonly number[];
  /** Rounded to three digits, as are those below. */
  readonly recall10: readonly number[];
  readonly ndcg10: readonly number[];
}

export interface Result {
  readonly kind: 'recall' | 'dreams' | 'load' | 'soak';
  /** What was measured, for example the data set; newer results of one name replace older ones. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly command: string;
  readonly settings: Readonly<Record<string, Cell>>;
  readonly environment: Environment;
  readonly tables: readonly Table[];
  readonly queries?: QueryScores;
}

/** Writes a result as JSON, a table row or a list of scores per line: a diff shows what moved. */
export function writeResult(path: string, result: Result): void {
  const { tables, queries, ...head } = result;
  const start = JSON.stringify(head, null, 2).slice(0, -2);
  const body = tables.map((table) => {
    const rows = table.rows.map((row) => `        ${JSON.stringify(row)}`).join(',\n');
    const columns = JSON.stringify(table.columns);
    const names = `      "title": ${JSON.stringify(table.title)},\n      "columns": ${columns}`;
    return `    {\n${names},\n      "rows": [\n${rows}\n      ]\n    }`;
  });
  const scores = Object.entries(queries ?? {}).map(
    ([name, value]) => `    "${name}": ${JSON.stringify(value)}`,
  );
  const end = scores.length === 0 ? '' : `,\n  "queries": {\n${scores.join(',\n')}\n  }`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${start},\n  "tables": [\n${body.join(',\n')}\n  ]${end}\n}\n`);
}

/** A table in columns of equal width, for a terminal. */
export function formatTable(table: Table): string {
  const lines = [table.columns, ...table.rows.map((row) => row.map(formatCell))];
  const widths = table.columns.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [table.title, ...text].join('\n');
}

/** A cell as text; null, which is "not measured", as a dash. */
export function formatCell(cell: Cell): string {
  return cell === null ? '-' : String(cell);
}

/** Rounds to `digits` decimals; not a number becomes null. */
export function round(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}
