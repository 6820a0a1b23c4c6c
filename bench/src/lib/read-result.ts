/** Reads a result file back, checking its shape. */
import { field, listField, numberField, textField } from './json.ts';
import type { Cell, QueryScores, Result, Table } from './results.ts';

const kinds = ['recall', 'dreams', 'load', 'soak'] as const;

/** Parses one result; throws with the name of the field that is missing. */
export function parseResult(text: string): Result {
  const value: unknown = JSON.parse(text);
  const environment = field(value, 'environment');
  const kind = kinds.find((known) => known === field(value, 'kind'));
  if (kind === undefined) throw new Error('kind is none of recall, dreams, load, soak');
  const queries = field(value, 'queries');
  return {
    kind,
    name: need(value, 'name'),
    date: need(value, 'date'),
    command: need(value, 'command'),
    settings: cells(field(value, 'settings')),
    environment: {
      node: need(environment, 'node'),
      system: need(environment, 'system'),
      cpu: need(environment, 'cpu'),
      cores: numberField(environment, 'cores') ?? 0,
      memoryGb: numberField(environment, 'memoryGb') ?? 0,
    },
    tables: listField(value, 'tables').map(
      (table): Table => ({
        title: need(table, 'title'),
        columns: listField(table, 'columns').map(String),
        rows: rowsOf(table),
      }),
    ),
    ...(queries === undefined ? {} : { queries: queryScores(queries) }),
  };
}

function queryScores(value: unknown): QueryScores {
  const numbers = (name: string): number[] =>
    listField(value, name).map((one) => {
      if (typeof one !== 'number') throw new Error(`queries.${name} holds something else`);
      return one;
    });
  const scores = {
    fingerprint: need(value, 'fingerprint'),
    categories: listField(value, 'categories').map(String),
    category: numbers('category'),
    recall10: numbers('recall10'),
    ndcg10: numbers('ndcg10'),
  };
  const counts = [scores.category, scores.recall10, scores.ndcg10].map((list) => list.length);
  if (new Set(counts).size > 1) throw new Error('queries has lists of different lengths');
  return scores;
}

function rowsOf(table: unknown): Cell[][] {
  return listField(table, 'rows').map((row) => (Array.isArray(row) ? row.map(cell) : []));
}

function need(value: unknown, name: string): string {
  const found = textField(value, name);
  if (found === undefined) throw new Error(`${name} is missing`);
  return found;
}

function cells(value: unknown): Record<string, Cell> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cell(one)]));
}

function cell(value: unknown): Cell {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
