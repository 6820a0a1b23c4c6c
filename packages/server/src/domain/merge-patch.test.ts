import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatch } from './merge-patch.ts';

test.each([
  [{ a: 1, b: 2 }, { b: 3 }, { a: 1, b: 3 }],
  [{ a: 1, b: 2 }, { b: null }, { a: 1 }],
  [{ a: { b: 1, c: 2 } }, { a: { b: null, d: [1] } }, { a: { c: 2, d: [1] } }],
  [{ a: [1, 2] }, { a: { b: 1 } }, { a: { b: 1 } }],
  [{ a: 1 }, { b: { c: null } }, { a: 1, b: {} }],
  [{ a: 1 }, {}, { a: 1 }],
])('%j patched by %j is %j', (current, patch, expected) => {
  expect(mergePatch(current, patch)).toEqual(expected);
});

test('a name like __proto__ is data, and changes no prototype', () => {
  const patch = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}');
  const merged = mergePatch({ a: 1 }, patch);
  expect(JSON.stringify(merged)).toContain('"__proto__":{"isAdmin":true}');
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});

test('a patch of nulls removes what it names, and repeating a patch changes nothing', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })).map((value) => ({
    ...JSON.parse(JSON.stringify(value)),
  }));
  fc.assert(
    fc.property(json, json, (current, patch) => {
      const once = mergePatch(current, patch);
      expect(mergePatch(once, patch)).toEqual(once);
      const nulls = Object.fromEntries(Object.keys(current).map((name) => [name, null]));
      expect(mergePatch(current, nulls)).toEqual({});
    }),
  );
});
