import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessOf, covers, type Grant, permissions } from './access.ts';
import type { NamespaceName } from './memory.ts';

const named = (name: string) => name as NamespaceName;
const allows = (pattern: string, name: string) =>
  accessOf([{ permissions: ['read'], namespaces: [pattern] }], 'read').allows(named(name));

describe('patterns of namespaces', () => {
  it.each([
    ['ann', 'ann', true],
    ['ann', 'anna', false],
    ['ann', 'Ann', false],
    ['*', '', true],
    ['user-*', 'user-', true],
    ['user-*', 'user', false],
    ['*-eu', 'user-eu', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['a**c', 'abc', true],
    ['a.c', 'abc', false],
    ['[a]*', 'a', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(allows(pattern, name)).toBe(expected);
  });

  it('mean what a regular expression means', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(part, text, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(allows(pattern, name)).toBe(expression.test(name));
      }),
    );
  });

  it('take no exponential time', () => {
    const start = performance.now();
    allows('a*'.repeat(120), `${'a'.repeat(255)}b`);
    expect(performance.now() - start).toBeLessThan(50);
  });
});

describe('grants', () => {
  const grants: Grant[] = [
    { permissions: ['read'], namespaces: ['shared-*', 'ann'] },
    { permissions: ['read', 'write'], namespaces: ['ann'] },
  ];

  it('give each permission where they name it', () => {
    expect(accessOf(grants, 'read').allows(named('shared-x'))).toBe(true);
    expect(accessOf(grants, 'write').allows(named('shared-x'))).toBe(false);
    expect(accessOf(grants, 'write').allows(named('ann'))).toBe(true);
    expect(accessOf(grants, 'write').allowsSystem(named('ann'))).toBe(false);
    expect(accessOf(grants, 'forget').allows(named('ann'))).toBe(false);
  });

  it.each<[boolean, Grant]>([
    [true, { permissions: ['read'], namespaces: ['shared-1', 'shared-*'] }],
    [true, { permissions: ['write'], namespaces: ['ann'] }],
    [false, { permissions: ['write'], namespaces: ['shared-1'] }],
    [false, { permissions: ['read'], namespaces: ['*'] }],
    [false, { permissions: ['read', 'forget'], namespaces: ['ann'] }],
    [false, { permissions: ['read'], namespaces: ['sh*'] }],
  ])('cover no more than they give: %s', (expected, wanted) => {
    expect(covers(grants, [wanted])).toBe(expected);
  });

  it('that cover others allow whatever the others allow', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 5 });
    const grant = fc.record({
      permissions: fc.subarray([...permissions]),
      namespaces: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    });
    const some = fc.array(grant, { maxLength: 3 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 }).map(named);
    fc.assert(
      fc.property(some, some, name, fc.constantFrom(...permissions), (own, wanted, at, what) => {
        fc.pre(covers(own, wanted));
        if (accessOf(wanted, what).allows(at)) expect(accessOf(own, what).allows(at)).toBe(true);
      }),
    );
  });
});
