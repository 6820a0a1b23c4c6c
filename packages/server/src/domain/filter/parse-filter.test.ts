import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryError } from '../errors.ts';
import { filterJsonArb } from './filter-arbitraries.test.helper.ts';
import { parseFilter } from './parse-filter.ts';

function refusal(json: unknown): { code: string; message: string; details: object | undefined } {
  try {
    parseFilter(json);
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
  throw new Error('The filter was taken.');
}

test('plain values, siblings and groups become one tree', () => {
  expect(parseFilter({})).toBeUndefined();
  expect(parseFilter({ kind: 'fact' })).toEqual({
    op: 'test',
    field: 'kind',
    operator: 'eq',
    operand: 'fact',
  });
  expect(
    parseFilter({
      AND: [{ 'metadata.plan': { eq: 'pro' } }, { NOT: [{ tags: 'old' }] }],
      metadata: { 'age.years': { gte: 18, lt: 65 } },
      agent_id: 'a1',
      occurred_at: { gte: '2026-05-01' },
    }),
  ).toEqual({
    op: 'and',
    of: [
      {
        op: 'and',
        of: [
          { op: 'test', field: 'metadata.plan', operator: 'eq', operand: 'pro' },
          { op: 'not', of: { op: 'test', field: 'tags', operator: 'eq', operand: 'old' } },
        ],
      },
      { op: 'test', field: 'metadata.age.years', operator: 'gte', operand: 18 },
      { op: 'test', field: 'metadata.age.years', operator: 'lt', operand: 65 },
      { op: 'test', field: 'metadata.agent_id', operator: 'eq', operand: 'a1' },
      { op: 'test', field: 'occurred_at', operator: 'gte', operand: Date.UTC(2026, 4, 1) },
    ],
  });
});

test.each([
  [{ AND: [{ kind: { eqq: 'fact' } }] }, '/AND/0/kind/eqq', 'eq'],
  [{ OR: [{ kind: 'fact' }, { knd: 'fact' }] }, '/OR/1/knd', 'kind'],
  [{ and: [{ kind: 'fact' }] }, '/and', 'AND'],
  [{ kind: 'facts' }, '/kind', 'fact'],
  [{ 'metadata.a/b~c': { gte: true } }, '/metadata.a~1b~0c/gte', undefined],
  [{ metadata: { plan: { eqq: 1 } } }, '/metadata/plan/eqq', 'eq'],
  [{ importance: '0.5' }, '/importance', undefined],
  [{ importance: { contains: 0.5 } }, '/importance/contains', undefined],
  [{ importance: Number.POSITIVE_INFINITY }, '/importance', undefined],
  [{ pinned: 'true' }, '/pinned', undefined],
  [{ tags: { gt: 'a' } }, '/tags/gt', undefined],
  [{ tags: { in: 'work' } }, '/tags/in', undefined],
  [{ tags: ['work'] }, '/tags', undefined],
  [{ tags: { exists: 1 } }, '/tags/exists', undefined],
  [{ occurred_at: 'soon' }, '/occurred_at', undefined],
  [{ occurred_at: { gt: '2026-02-30' } }, '/occurred_at/gt', undefined],
  [{ 'metadata.a': { gt: null } }, '/metadata.a/gt', undefined],
  [{ 'metadata.a': {} }, '/metadata.a', undefined],
  [{ OR: [] }, '/OR', undefined],
  [{ AND: [{}] }, '/AND/0', undefined],
  [{ AND: { kind: 'fact' } }, '/AND', undefined],
  [{ user_id: 'ann' }, '/user_id', undefined],
  [{ metadata: 'pro' }, '/metadata', undefined],
  [[], '', undefined],
  ['kind', '', undefined],
])('%j is refused, with the path and the nearest name', (json, path, nearest) => {
  const { code, message, details } = refusal(json);
  expect(code).toBe('invalid_filter');
  expect(details).toEqual({ field: 'filter', path, ...(nearest !== undefined && { nearest }) });
  expect(message).toContain(`filter${path}`);
});

test('clauses, depth and lists are bounded', () => {
  const clause = { kind: 'fact' };
  const nested = (levels: number): object =>
    levels === 1 ? clause : { AND: [nested(levels - 1)] };
  expect(parseFilter({ AND: Array.from({ length: 64 }, () => clause) })).toBeDefined();
  expect(refusal({ AND: Array.from({ length: 65 }, () => clause) }).message).toContain('64');
  expect(parseFilter(nested(8))).toBeDefined();
  expect(refusal(nested(9)).message).toContain('8 levels');
  const values = Array.from({ length: 1001 }, (_, i) => i);
  expect(parseFilter({ 'metadata.n': { in: values.slice(1) } })).toBeDefined();
  expect(refusal({ 'metadata.n': { in: values } }).message).toContain('1000');
});

test('whatever the JSON is, it is a tree or a coded error, soon, and changes nothing', () => {
  const names = ['AND', 'OR', 'NOT', 'kind', 'eq', 'in', '__proto__', 'constructor', 'metadata.a'];
  const jsonArb = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 12, withCrossShrink: true },
      fc.constantFrom('fact', 1, null, true),
      fc.array(tie('json'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), tie('json')), {
          maxLength: 4,
        })
        .map((entries) => Object.fromEntries(entries)),
    ),
  })).json;
  fc.assert(
    fc.property(fc.oneof(jsonArb, fc.jsonValue({ maxDepth: 12 })), (json) => {
      try {
        parseFilter(json);
      } catch (error) {
        if (!MemoryError.isInstance(error)) throw error;
        expect(error.code).toBe('invalid_filter');
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  const polluting = JSON.parse('{"__proto__":{"polluted":1},"AND":[{"__proto__":"x"}]}');
  expect(refusal(polluting).code).toBe('invalid_filter');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('what the language allows is taken', () => {
  fc.assert(
    fc.property(filterJsonArb, (json) => {
      expect(parseFilter(json)).toBeDefined();
    }),
  );
});

test('a deep and a wide filter are refused without being walked to the end', () => {
  let deep: object = { kind: 'fact' };
  for (let i = 0; i < 20_000; i += 1) deep = { AND: [deep] };
  const wide = { OR: Array.from({ length: 100_000 }, () => ({ kind: 'fact' })) };
  const start = performance.now();
  expect(refusal(deep).code).toBe('invalid_filter');
  expect(refusal(wide).code).toBe('invalid_filter');
  expect(performance.now() - start).toBeLessThan(500);
});
