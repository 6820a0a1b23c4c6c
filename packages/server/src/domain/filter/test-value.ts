/** What an operator means: one value against one operand. Missing values are the caller's. */
import type { FilterOperator, FilterScalar } from './filter.ts';

/** A value that is there, and whether it stands in a list. */
export type ScalarTest = (value: string | number | boolean, inList: boolean) => boolean;

/** An operator as a question that some value answers, and what its absence means. */
export interface CompiledTest {
  /** True for a value that answers the question. */
  readonly holds: ScalarTest;
  /** The test passes when no value answers the question, as with `ne`. */
  readonly negated: boolean;
  /** A missing field answers the question. */
  readonly missing: boolean;
  /** Anything that is there answers it, objects and lists too. */
  readonly present: boolean;
}

const nothing = { negated: false, missing: false, present: false };

/**
 * Types are never coerced: a text never equals a number. Texts are in order of their UTF-16, and
 * the same in every normal form: metadata is kept as it was sent.
 */
export function compileTest(
  operator: FilterOperator,
  operand: FilterScalar | readonly FilterScalar[],
): CompiledTest {
  const operands = [operand].flat();
  const test = compileNormal(operator, operands.map(toNfc));
  if (!operands.some((one) => typeof one === 'string')) return test;
  return { ...test, holds: (value, inList) => test.holds(toNfc(value), inList) };
}

/** Every text of characters below is its own normal form. */
const mayCompose = /[\u0300-\uffff]/;

function toNfc<T>(value: T): T | string {
  return typeof value === 'string' && mayCompose.test(value) ? value.normalize('NFC') : value;
}

function compileNormal(operator: FilterOperator, operands: readonly FilterScalar[]): CompiledTest {
  const [operand] = operands;
  switch (operator) {
    case 'eq':
    case 'ne':
      return { ...nothing, ...equals(operands), negated: operator === 'ne' };
    case 'in':
    case 'nin':
      return { ...nothing, ...equals(operands), negated: operator === 'nin' };
    case 'exists':
      return { ...nothing, holds: () => true, present: true, negated: operand === false };
    case 'contains':
    case 'icontains':
      return { ...nothing, holds: contains(operand, operator === 'icontains') };
    default:
      return { ...nothing, holds: ranged(operator, operand) };
  }
}

function equals(operands: readonly FilterScalar[]): Pick<CompiledTest, 'holds' | 'missing'> {
  const missing = operands.includes(null);
  const [only] = operands;
  if (operands.length === 1) return { holds: (value) => value === only, missing };
  const wanted = new Set(operands);
  return { holds: (value) => wanted.has(value), missing };
}

/** A part of a text, or one whole element of a list: the tag `work` is not in `homework`. */
function contains(operand: unknown, folds: boolean): ScalarTest {
  const fold = (value: unknown) =>
    folds && typeof value === 'string' ? value.toLowerCase() : value;
  const wanted = fold(operand);
  return (value, inList) => {
    const folded = fold(value);
    if (inList) return folded === wanted;
    return typeof folded === 'string' && typeof wanted === 'string' && folded.includes(wanted);
  };
}

function ranged(operator: FilterOperator, operand: unknown): ScalarTest {
  const isSet = typeof operand === 'string' || typeof operand === 'number';
  if (!isSet) return () => false;
  const order = (value: string | number) => Number(value > operand) - Number(value < operand);
  return (value) => {
    if (typeof value === 'boolean' || typeof value !== typeof operand) return false;
    if (operator === 'gt') return order(value) > 0;
    if (operator === 'gte') return order(value) >= 0;
    return operator === 'lt' ? order(value) < 0 : order(value) <= 0;
  };
}
