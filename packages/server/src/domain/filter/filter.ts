/** A filter as it is worked with: a checked tree of tests on the fields of a memory. */
import { audiences, kinds, trusts } from '../memory.ts';

export const filterOperators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'icontains',
  'exists',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** Null stands for a field that is missing. */
export type FilterScalar = string | number | boolean | null;

/** How a field's values are compared, and which operators it has. */
export type FieldType = 'text' | 'tags' | 'name' | 'flag' | 'number' | 'time' | 'metadata';

/** Fields by their wire names; a field under `metadata.` is a path and not in here. */
export const filterFields = {
  key: 'text',
  type: 'text',
  speaker: 'text',
  tags: 'tags',
  kind: 'name',
  audience: 'name',
  trust: 'name',
  pinned: 'flag',
  archived: 'flag',
  importance: 'number',
  confidence: 'number',
  occurred_at: 'time',
  created_at: 'time',
  updated_at: 'time',
  valid_from: 'time',
  valid_to: 'time',
  expires_at: 'time',
} as const satisfies Record<string, FieldType>;
export type FilterField = keyof typeof filterFields;

/** The values that a field of type `name` can have. */
export const fieldNames: Readonly<Record<string, readonly string[]>> = {
  kind: kinds,
  audience: audiences,
  trust: trusts,
};

/** Before the names of the path, which are joined by dots. */
export const metadataPrefix = 'metadata.';

/** One condition. Times are milliseconds since 1970 UTC. */
export interface FilterTest {
  readonly op: 'test';
  /** A name of {@link filterFields}, or `metadata.` and a path. */
  readonly field: string;
  readonly operator: FilterOperator;
  /** A list with `in` and `nin`, a boolean with `exists`. */
  readonly operand: FilterScalar | readonly FilterScalar[];
}

/** Plain data: it crosses threads, and its JSON names it. */
export type Filter =
  | FilterTest
  | { readonly op: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly op: 'not'; readonly of: Filter };

/** Whether any test of the filter is on the field. */
export function filterNames(filter: Filter, field: FilterField): boolean {
  if (filter.op === 'test') return filter.field === field;
  if (filter.op === 'not') return filterNames(filter.of, field);
  return filter.of.some((part) => filterNames(part, field));
}
