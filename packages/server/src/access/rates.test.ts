import { expect, test } from 'vitest';
import { ReferenceCounters } from '../backends/contract/reference-counters.ts';
import { Rates } from './rates.ts';

const options = { kind: 'key', periodMs: 60_000, bucketsMax: 1000 };
const ofKey = { name: 'key', limit: 3 };
const ofTenant = { name: 'tenant', limit: 5 };

test('a server that counts alone answers at once, with what is tightest', () => {
  const rates = new Rates(options);
  expect(rates.take([ofKey, ofTenant], 0)).toMatchObject({ limit: 3, remaining: 2 });
  rates.take([{ ...ofKey, name: 'another' }, ofTenant], 0);
  rates.take([{ ...ofKey, name: 'another' }, ofTenant], 0);
  expect(rates.take([ofKey, ofTenant], 0)).toMatchObject({ limit: 5, remaining: 1 });
  rates.take([ofKey], 0);
  expect(rates.take([ofKey, ofTenant], 0)).toMatchObject({ isAllowed: false, limit: 3 });
  expect(rates.take([ofTenant], 0)).toMatchObject({ isAllowed: true, remaining: 0 });
});

test('two servers count together, and kinds apart', async () => {
  const shared = new ReferenceCounters(() => 0);
  const [one, two] = [new Rates({ ...options, shared }), new Rates({ ...options, shared })];
  const taken = await Promise.all(
    Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? one : two).take([ofKey, ofTenant], 0)),
  );
  expect(taken.filter(({ isAllowed }) => isAllowed)).toHaveLength(3);
  expect(await two.take([ofTenant], 0)).toMatchObject({ remaining: 1 });
  const others = new Rates({ ...options, kind: 'address', shared });
  expect(await others.take([ofKey], 0)).toMatchObject({ remaining: 2 });
});

test('while nobody answers each counts by itself, and together again after', async () => {
  const shared = new ReferenceCounters(() => 0);
  const rates = new Rates({ ...options, shared });
  for (let i = 0; i < 3; i++) await rates.take([ofKey], 0);
  shared.answers = false;
  expect(rates.take([ofKey], 0)).toMatchObject({ isAllowed: true, remaining: 2 });
  shared.answers = true;
  expect(await rates.take([ofKey], 0)).toMatchObject({ isAllowed: false });
  // It goes away while it is asked.
  const leaving = { ...options, shared: Object.assign(shared, { take: async () => undefined }) };
  expect(await new Rates(leaving).take([ofKey], 0)).toMatchObject({ remaining: 2 });
});
