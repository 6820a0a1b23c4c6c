/** Checks one condition of a filter: whether the field has the operator, and the operand fits. */
import { nearestName } from '../../util/nearest-name.ts';
import { limits } from '../limits.ts';
import { parseTime } from '../time.ts';
import {
  type FieldType,
  type FilterOperator,
  type FilterScalar,
  type FilterTest,
  fieldNames,
  filterFields,
  filterOperators,
} from './filter.ts';

export const operatorNames: readonly string[] = filterOperators;

export type Fail = (problem: string, nearest?: string) => never;

const ranges = ['gt', 'gte', 'lt', 'lte'];
const parts = ['contains', 'icontains'];
const withoutRanges = operatorNames.filter((name) => !ranges.includes(name));
const withoutParts = operatorNames.filter((name) => !parts.includes(name));

/** Operators of each type of field. */
export const operatorsOf: Readonly<Record<FieldType, readonly string[]>> = {
  text: withoutRanges,
  tags: withoutRanges,
  name: withoutRanges.filter((name) => !parts.includes(name)),
  flag: withoutRanges.filter((name) => !parts.includes(name)),
  number: withoutParts,
  time: withoutParts,
  metadata: operatorNames,
};

export function parseTest(field: string, name: string, operand: unknown, fail: Fail): FilterTest {
  const type = typeOf(field);
  const operator = operatorOf(type, field, name, fail);
  return { op: 'test', field, operator, operand: operandOf(type, field, operator, operand, fail) };
}

function typeOf(field: string): FieldType {
  return new Map<string, FieldType>(Object.entries(filterFields)).get(field) ?? 'metadata';
}

function operatorOf(type: FieldType, field: string, name: string, fail: Fail): FilterOperator {
  const operator = filterOperators.find((known) => known === name);
  if (operator === undefined) {
    const nearest = nearestName(name, operatorNames);
    return fail(`is no operator; known are ${operatorNames.join(', ')}`, nearest);
  }
  const allowed = operatorsOf[type];
  if (allowed.includes(operator)) return operator;
  return fail(`cannot be asked of ${field}, which has ${allowed.join(', ')}`);
}

function operandOf(
  type: FieldType,
  field: string,
  operator: FilterOperator,
  operand: unknown,
  fail: Fail,
): FilterTest['operand'] {
  if (operator === 'exists') {
    return typeof operand === 'boolean' ? operand : fail('must be true or false');
  }
  if (operator === 'in' || operator === 'nin') {
    if (!Array.isArray(operand)) return fail('must be a list of values');
    if (operand.length > limits.filterListMax) {
      return fail(`has more than ${limits.filterListMax} values`);
    }
    return operand.map((value: unknown) => scalarOf(type, field, value, fail));
  }
  const value = scalarOf(type, field, operand, fail);
  if (value === null && operator !== 'eq' && operator !== 'ne') {
    return fail('must not be null; "exists" asks whether something is there');
  }
  if (ranges.includes(operator) && typeof value === 'boolean') {
    return fail('must be a number or a text: true and false have no order');
  }
  return value;
}

function scalarOf(type: FieldType, field: string, value: unknown, fail: Fail): FilterScalar {
  if (value === null) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return fail('must be a finite number');
  const isLong = typeof value === 'string' && value.length > limits.filterTextCharsMax;
  if (isLong) return fail(`is longer than ${limits.filterTextCharsMax} characters`);
  switch (type) {
    case 'time':
      return timeOf(value, fail);
    case 'number':
      return typeof value === 'number' ? value : fail('must be a number');
    case 'flag':
      return typeof value === 'boolean' ? value : fail('must be true or false');
    case 'name':
      return nameOf(field, value, fail);
    case 'metadata':
      if (typeof value === 'number' || typeof value === 'boolean') return value;
      return typeof value === 'string' ? value : fail('must be a text, a number, true or false');
    default:
      // Stored names are in this form too.
      if (typeof value !== 'string') return fail('must be a text');
      return type === 'tags' ? value.normalize('NFC').trim() : value.normalize('NFC');
  }
}

function timeOf(value: unknown, fail: Fail): number {
  const isTime = typeof value === 'string' || typeof value === 'number';
  const ms = isTime ? parseTime(value) : undefined;
  return ms ?? fail('must be an ISO 8601 time or a Unix time');
}

function nameOf(field: string, value: unknown, fail: Fail): string {
  const known = fieldNames[field] ?? [];
  if (typeof value === 'string' && known.includes(value)) return value;
  const nearest = typeof value === 'string' ? nearestName(value, known) : undefined;
  return fail(`must be one of ${known.join(', ')}`, nearest);
}
