import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filteredArb, filterJsonArb } from './filter-arbitraries.test.helper.ts';
import { type Filtered, matchesFilter } from './matches-filter.ts';
import { parseFilter } from './parse-filter.ts';

const memory: Filtered = {
  kind: 'fact',
  audience: 'user',
  trust: 'normal',
  pinned: false,
  archived: false,
  importance: 0.5,
  confidence: 1,
  occurredAt: Date.UTC(2026, 4, 8),
  createdAt: Date.UTC(2026, 4, 9),
  updatedAt: Date.UTC(2026, 4, 9),
  validFrom: null,
  validTo: null,
  expiresAt: null,
  body: {
    key: 'pet',
    tags: ['work', 'Home'],
    metadata: {
      plan: 'pro trial',
      seats: 5,
      ids: [1, 'x', null],
      open: true,
      gone: null,
      none: [],
      team: { lead: 'Ann', rooms: [{ floor: 3 }] },
      'a.b': 1,
      'sta\u0308dte': ['Mu\u0308nchen'],
    },
  },
};

test.each([
  [{ 'metadata.seats': 5 }, true],
  [{ 'metadata.seats': '5' }, false],
  [{ 'metadata.seats': { gt: 4, lt: 6 } }, true],
  [{ 'metadata.seats': { gt: '4' } }, false],
  [{ 'metadata.plan': { contains: 'trial' } }, true],
  [{ 'metadata.plan': { contains: 'TRIAL' } }, false],
  [{ 'metadata.plan': { icontains: 'TRIAL' } }, true],
  [{ 'metadata.plan': { gte: 'pro' } }, true],
  [{ 'metadata.ids': 1 }, true],
  [{ 'metadata.ids': { contains: 'x' } }, true],
  [{ 'metadata.ids': { ne: 1 } }, false],
  [{ 'metadata.ids': { in: [7, 'x'] } }, true],
  [{ 'metadata.open': true }, true],
  [{ 'metadata.team.lead': 'Ann' }, true],
  [{ 'metadata.team.rooms.floor': 3 }, true],
  [{ 'metadata.team': { exists: true } }, true],
  [{ 'metadata.none': { exists: true } }, true],
  [{ 'metadata.gone': { exists: false } }, true],
  [{ 'metadata.gone': null }, true],
  [{ 'metadata.seats': null }, false],
  [{ 'metadata.seats': { ne: null } }, true],
  [{ 'metadata.missing': { ne: 1 } }, true],
  [{ 'metadata.missing': { nin: [1] } }, true],
  [{ 'metadata.missing': { lt: 1 } }, false],
  [{ 'metadata.missing': { in: [] } }, false],
  [{ NOT: [{ 'metadata.missing': 1 }] }, true],
  [{ NOT: [{ kind: 'fact' }, { kind: 'episode' }] }, false],
  [{ 'metadata.a.b': 1 }, true],
  [{ 'metadata.st\u00e4dte': 'M\u00fcnchen' }, true],
  [{ 'metadata.sta\u0308dte': { in: ['Mu\u0308nchen', 1] } }, true],
  [{ 'metadata.st\u00e4dte': { icontains: 'M\u00dcNCHEN' } }, true],
  [{ 'metadata.st\u00e4dte': 'Munchen' }, false],
  [{ tags: 'work' }, true],
  [{ tags: { contains: 'wor' } }, false],
  [{ tags: { icontains: 'HOME' } }, true],
  [{ tags: { nin: ['work'] } }, false],
  [{ key: { contains: 'e' } }, true],
  [{ speaker: { exists: false } }, true],
  [{ valid_to: { exists: true } }, false],
  [{ valid_to: { gt: '2020-01-01' } }, false],
  [{ occurred_at: { gte: '2026-05-08', lt: '2026-05-09' } }, true],
  [{ occurred_at: Date.UTC(2026, 4, 8) }, true],
  [{ importance: { in: [0.5, 1] } }, true],
])('%j', (json, matches) => {
  const filter = parseFilter(json);
  expect(filter && matchesFilter(memory, filter)).toBe(matches);
});

test('NOT says the opposite, AND and OR what they say', () => {
  fc.assert(
    fc.property(filteredArb, filterJsonArb, filterJsonArb, (item, left, right) => {
      const check = (json: object): boolean => {
        const filter = parseFilter(json);
        return filter === undefined || matchesFilter(item, filter);
      };
      const [a, b] = [check(left), check(right)];
      expect(check({ NOT: [left] })).toBe(!a);
      expect(check({ NOT: [left, right] })).toBe(!a && !b);
      expect(check({ AND: [left, right] })).toBe(a && b);
      expect(check({ OR: [left, right] })).toBe(a || b);
    }),
  );
});
