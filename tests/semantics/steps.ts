/** Random sequences of what users do, small enough that keys and words meet again and again. */
import fc from 'fast-check';
import type { Key, PatchStep, StoreStep, Tag } from './model.ts';

export type Step =
  | { readonly do: 'store'; readonly step: StoreStep }
  | { readonly do: 'bulk'; readonly steps: readonly StoreStep[] }
  /** `pick` chooses among the memories ever made. */
  | { readonly do: 'forget'; readonly pick: number }
  | { readonly do: 'patch'; readonly pick: number; readonly patch: PatchStep }
  | { readonly do: 'archive' | 'restore'; readonly pick: number }
  | { readonly do: 'forget-key'; readonly key: Key }
  /** By filter: all with the tag. */
  | { readonly do: 'forget-tag'; readonly tag: Tag }
  | { readonly do: 'forget-namespace' }
  | { readonly do: 'wait'; readonly ms: number }
  /** Without memory for indexes, every one is saved and leaves after each use. */
  | { readonly do: 'restart'; readonly indexMemoryMb: number };

export const words = ['amber', 'birch', 'cobalt', 'delta'] as const;
export const keys: readonly Key[] = ['plan', 'chat'];
const tags: readonly Tag[] = ['red', 'blue'];

const text = fc
  .uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 2 })
  .map((some) => some.join(' '));

const store: fc.Arbitrary<StoreStep> = fc
  .record(
    {
      text,
      key: fc.constantFrom(...keys),
      mode: fc.constantFrom('append', 'replace'),
      tags: fc.subarray([...tags]),
      ttlMs: fc.constantFrom(5_000, 60_000),
    },
    { requiredKeys: ['text', 'tags'] },
  )
  .map(({ mode, ...rest }) =>
    // Replacing needs a key; what is refused is tested elsewhere.
    mode === undefined || (mode === 'replace' && rest.key === undefined) ? rest : { ...rest, mode },
  );

const patch: fc.Arbitrary<PatchStep> = fc.record(
  { text, tags: fc.subarray([...tags]), isKept: fc.constant(true) },
  { requiredKeys: [] },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 24, arbitrary: store.map((one): Step => ({ do: 'store', step: one })) },
  {
    weight: 6,
    arbitrary: fc
      .array(store, { minLength: 1, maxLength: 5 })
      .map((steps): Step => ({ do: 'bulk', steps })),
  },
  { weight: 6, arbitrary: fc.nat(30).map((pick): Step => ({ do: 'forget', pick })) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat(30), patch)
      .map(([pick, one]): Step => ({ do: 'patch', pick, patch: one })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.nat(30), fc.constantFrom('archive', 'restore'))
      .map(([pick, verb]): Step => ({ do: verb, pick })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...keys).map((key): Step => ({ do: 'forget-key', key })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...tags).map((tag): Step => ({ do: 'forget-tag', tag })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'forget-namespace' }) },
  { weight: 6, arbitrary: fc.constantFrom(1_000, 10_000).map((ms): Step => ({ do: 'wait', ms })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 512)
      .map((indexMemoryMb): Step => ({ do: 'restart', indexMemoryMb })),
  },
);

/** A step, and whether its sender sends it twice under one name. */
export type SentStep = readonly [step: Step, twice: boolean];

export const sequences: fc.Arbitrary<SentStep[]> = fc.array(fc.tuple(step, fc.boolean()), {
  minLength: 1,
  maxLength: 24,
});
