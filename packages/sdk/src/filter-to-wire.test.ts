import { expect, it } from 'vitest';
import { filterToWire } from './filter-to-wire.ts';
import type { Filter } from './filter-types.ts';

it('sends a filter as it is, with dates as texts', () => {
  const filter: Filter = {
    AND: [{ 'metadata.plan': { in: ['pro', null] } }, { NOT: [{ tags: 'old' }] }],
    occurred_at: { gte: new Date(0) },
    metadata: { seats: { gt: 4 } },
  };
  expect(filterToWire(filter)).toEqual({ ...filter, occurred_at: { gte: new Date(0).toJSON() } });
});

it.each([{ key: new Date(Number.NaN) }, { key: Number.NaN }, JSON.parse('{"OR":[{}]}')])(
  'refuses what JSON would leave out: %j',
  (filter: Filter) => {
    const [first] = filter.OR ?? [];
    if (first) Object.assign(first, { key: undefined });
    expect(() => filterToWire(filter)).toThrow('no usable value');
  },
);
