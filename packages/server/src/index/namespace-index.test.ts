import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kinds } from '../domain/memory.ts';
import { bm25Default } from './bm25.ts';
import { analysisOf, wordQuery } from './index-fixtures.test.helper.ts';
import type { IndexSettings, NamespaceSource } from './index-settings.ts';
import { keyHash, MemoryIndexRecords } from './memory-records.test.helper.ts';
import { type IndexShared, NamespaceIndex } from './namespace-index.ts';
import { isEligible, referenceSearch, threadShare } from './reference.test.helper.ts';
import { SearchScratch } from './search-scratch.ts';
import { createSlabPool } from './slab-pool.ts';
import type { IndexFilter, IndexQuery, MemoryAnalysis, PassageAnalysis } from './types.ts';
import { encodeVectors } from './vectors-codec.ts';

const dimension = 8;
const warnings: string[] = [];

function shared(patch: Partial<IndexSettings> = {}): IndexShared {
  const settings = {
    analyzer: 'a1',
    model: 'm1',
    dimension,
    partCapacity: 8,
    // Small corpora have few rare words: with the default nothing would be said of threads.
    bm25: { ...bm25Default, threadShare },
    saveEvery: 12,
    log: (level: string, message: string, details?: object) => {
      if (level !== 'info') warnings.push(message + JSON.stringify(details ?? {}));
    },
    ...patch,
  };
  const scratch = new SearchScratch();
  return { settings, pool: createSlabPool(), scratch };
}

const source = (records: MemoryIndexRecords): NamespaceSource => ({
  records,
  tenant: 'tenant',
  generation: 1,
  dimension,
  reanalyze: async () => new Map(),
});

const words = ['tea', 'coffee', 'paris', 'bike', 'rain', 'müsli', '猫'];
const names = ['ann', 'bob'];
const tags = ['tag:work', 'tag:home', 'type:note'];
const keys = ['k1', 'k2'];

const passageArb: fc.Arbitrary<PassageAnalysis> = fc
  .record({
    terms: fc.uniqueArray(
      fc.record({ term: fc.constantFrom(...words), count: fc.integer({ min: 1, max: 70 }) }),
      { selector: (entry) => entry.term, maxLength: 4 },
    ),
    entities: fc.uniqueArray(fc.constantFrom(...names)),
    questionShare: fc.constantFrom(0, 51 / 255, 1),
    vector: fc.option(
      fc.record({
        scale: fc.constantFrom(0.0078125, 0.00390625),
        values: fc
          .array(fc.integer({ min: -127, max: 127 }), {
            minLength: dimension,
            maxLength: dimension,
          })
          .map((values) => Int8Array.from(values)),
      }),
      { nil: null },
    ),
  })
  .map(({ terms, entities, questionShare, vector }) => ({
    start: 0,
    end: 9,
    length: terms.reduce((sum, { count }) => sum + count, 0),
    terms,
    entities,
    questionShare,
    vector,
  }));

const analysisArb: fc.Arbitrary<MemoryAnalysis> = fc.record({
  analyzer: fc.constant('a1'),
  languages: fc.constant(['en']),
  fields: fc.uniqueArray(fc.constantFrom(...tags)),
  passages: fc.array(passageArb, { minLength: 0, maxLength: 3 }),
});

const rowArb = fc.record({
  kind: fc.constantFrom('episode', 'episode', 'fact', 'derived'),
  audience: fc.constantFrom('user', 'user', 'system'),
  trust: fc.constantFrom('normal', 'normal', 'normal', 'quarantined', 'flagged'),
  keyHash: fc.constantFrom(null, ...keys.map(keyHash)),
  pinned: fc.constantFrom(false, false, true),
  importance: fc.constantFrom(0.5, 0.8),
  expiresAt: fc.constantFrom(null, null, 50, 150),
  occurredAt: fc.constantFrom(1, 4, 9),
  validFrom: fc.constantFrom(null, null, 3),
  validTo: fc.constantFrom(null, null, 6),
});

const stepArb = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      analysis: analysisArb,
      row: rowArb,
      waits: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('patch' as const),
      pick: fc.nat(),
      analysis: analysisArb,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('columns' as const), pick: fc.nat(), row: rowArb }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom(
        'supersede' as const,
        'archive' as const,
        'expire' as const,
        'restore' as const,
      ),
      pick: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('erase' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('arrive' as const), pick: fc.nat() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constantFrom('reload' as const, 'flush' as const, 'search' as const, 'crash' as const),
    }),
  },
);
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

const filterArb: fc.Arbitrary<IndexFilter> = fc.record(
  {
    kinds: fc.uniqueArray(fc.constantFrom('episode' as const, 'fact' as const, 'derived' as const)),
    audience: fc.constantFrom('user' as const, 'system' as const),
    keyHash: fc.constantFrom(...keys.map(keyHash), keyHash('unknown')),
    fieldsAll: fc.uniqueArray(fc.constantFrom(...tags)),
    fieldsAny: fc.uniqueArray(fc.constantFrom(...tags), { minLength: 1 }),
    occurredFrom: fc.constantFrom(1, 4, 5),
    occurredTo: fc.constantFrom(4, 9, 10),
    validAt: fc.constantFrom(2, 3, 6),
    asOf: fc.constantFrom(2, 4, 5, 20),
    trusted: fc.boolean(),
    standing: fc.boolean(),
  },
  { requiredKeys: [] },
);

const requiredQueryArb: fc.Arbitrary<IndexQuery> = fc.record({
  terms: fc.array(
    fc.record({
      surface: fc.constant('x'),
      variants: fc.array(
        fc.record({ term: fc.constantFrom(...words, 'none'), weight: fc.constantFrom(1, 0.5) }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { maxLength: 4 },
  ),
  entities: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names, 'eve'),
      words: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 2 }),
    }),
    { selector: ({ name }) => name },
  ),
  speakers: fc.uniqueArray(fc.constantFrom(...tags, 'said:nobody')),
  vector: fc.option(
    fc
      .array(fc.integer({ min: -100, max: 100 }), { minLength: dimension, maxLength: dimension })
      .map((values) => {
        const size = Math.hypot(...values) || 1;
        return Float32Array.from(values, (value) => value / size);
      }),
    { nil: null },
  ),
  filter: fc.oneof(fc.constant({}), filterArb),
  now: fc.constantFrom(0, 100, 200),
  windowWeights: fc.constantFrom([], [1], [0.5, 0.25]),
  candidates: fc.constantFrom(2, 1000),
});

const queryArb: fc.Arbitrary<IndexQuery> = fc.oneof(
  requiredQueryArb,
  fc
    .tuple(requiredQueryArb, fc.nat({ max: 20 }))
    .map(([query, include]) => ({ ...query, include })),
);

function change(records: MemoryIndexRecords, step: Step): void {
  if (step.op === 'put') {
    const ordinal = records.put(step.analysis, step.row);
    if (step.waits) records.await(ordinal, encodeVectors(step.analysis.passages));
    return;
  }
  if (!('pick' in step)) return;
  const ordinals = [...records.rows.keys()];
  const ordinal = ordinals[step.pick % Math.max(1, ordinals.length)];
  if (ordinal === undefined) return;
  if (step.op === 'erase') records.erase(ordinal);
  else if (step.op === 'arrive') records.arrive(ordinal);
  else if (step.op === 'patch') records.update(ordinal, 'patch', {}, step.analysis);
  else if (step.op === 'columns') records.update(ordinal, 'patch', step.row);
  else if (step.op === 'supersede') records.update(ordinal, 'supersede', { supersededAt: 5 });
  else if (step.op === 'archive') records.update(ordinal, 'archive', { archived: true });
  else if (step.op === 'expire') records.update(ordinal, 'expire', { expiresAt: 100 });
  else records.update(ordinal, 'restore', { archived: false, supersededAt: null, expiresAt: null });
}

async function expectAnswer(
  index: NamespaceIndex,
  records: MemoryIndexRecords,
  query: IndexQuery,
): Promise<void> {
  const rows = [...records.rows.values()];
  const expected = referenceSearch(rows, query);
  const actual = await index.search(query);
  expect(actual.seq).toBe(records.log.length);
  expect(actual.eligible).toBe(expected.scores.length);
  expect([...actual.termFrequencies]).toEqual(expected.termFrequencies);
  expect([...actual.entityFrequencies]).toEqual(expected.entityFrequencies);
  const byPlace = new Map(
    expected.scores.map((score) => [`${score.ordinal}.${score.passage}`, score]),
  );
  const found = new Set<string>();
  for (let i = 0; i < actual.count; i += 1) {
    const place = `${actual.ordinals[i]}.${actual.passages[i]}`;
    const score = byPlace.get(place);
    expect(score, `passage ${place} is eligible`).toBeDefined();
    if (!score) continue;
    found.add(place);
    expect(actual.text[i]).toBeCloseTo(score.text, 4);
    expect(actual.textWindow[i]).toBeCloseTo(score.textWindow, 4);
    expect(actual.vector[i]).toBeCloseTo(score.vector, 3);
    expect(actual.threadText[i]).toBeCloseTo(score.threadText, 4);
    expect(actual.entity[i]).toBeCloseTo(score.entity, 4);
    expect(actual.matchedTerms[i]).toBe(score.terms);
    expect(actual.matchedEntities[i]).toBe(score.entities);
    expect(actual.spokenBy[i]).toBe(score.speakers);
    const row = records.rows.get(score.ordinal);
    expect(kinds[actual.kinds[i] ?? 9]).toBe(row?.kind);
    expect(actual.occurredAt[i]).toBe(row?.occurredAt);
    expect(actual.questionShare[i]).toBeCloseTo(score.questionShare, 6);
  }
  expect(found.size).toBe(actual.count);
  for (const { ordinal, passage } of expected.scores) {
    if (ordinal === query.include) expect(found).toContain(`${ordinal}.${passage}`);
  }
  const best = (value: (score: (typeof expected.scores)[number]) => number) => {
    const scores = expected.scores.filter((score) => value(score) > 0);
    const kth = scores.map(value).sort((x, y) => y - x)[query.candidates - 1] ?? 0;
    for (const score of scores) {
      if (value(score) > kth + 1e-3) expect(found).toContain(`${score.ordinal}.${score.passage}`);
    }
  };
  best((score) => score.text);
  best((score) => score.entity);
  best((score) => score.vector);
}

test('any history gives the answers of the definition, through storage and back', async () => {
  const base = shared();
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArb, { maxLength: 60, size: 'max' }),
      fc.array(queryArb, { minLength: 1, maxLength: 3 }),
      async (steps, queries) => {
        warnings.length = 0;
        const records = new MemoryIndexRecords();
        let index = new NamespaceIndex(base, source(records));
        for (const step of steps) {
          change(records, step);
          if (step.op === 'search' || step.op === 'flush' || step.op === 'reload') {
            await index.catchUp();
          }
          if (step.op === 'search') {
            // What is kept from one search to the next must follow every change in between.
            for (const query of queries) await expectAnswer(index, records, query);
          }
          if (step.op === 'flush') await index.flush();
          if (step.op === 'reload' || step.op === 'crash') {
            if (step.op === 'reload') await index.flush();
            index.dispose();
            index = new NamespaceIndex(base, source(records));
          }
        }
        for (const query of queries) await expectAnswer(index, records, query);
        for (const order of ['asc', 'desc'] as const) {
          const filter = queries[0]?.filter ?? {};
          const all = [...records.rows.values()]
            .filter((row) => isEligible(row, filter, 100))
            .map((row) => row.ordinal)
            .sort((x, y) => (order === 'asc' ? x - y : y - x));
          const first = await index.list({ filter, now: 100, order, limit: 3 });
          expect(first).toEqual(all.slice(0, 3));
          const after = first.at(-1);
          if (after === undefined) continue;
          const next = await index.list({ filter, now: 100, order, after, limit: 100 });
          expect(next).toEqual(all.slice(3));
        }
        await index.flush();
        index.dispose();
        expect(warnings.join()).toBe('');
      },
    ),
    { numRuns: 150 },
  );
  expect(base.pool.takenBytes()).toBe(0);
});

test('a turn that was erased and rewritten out leaves no length in its thread', async () => {
  const records = new MemoryIndexRecords();
  const index = new NamespaceIndex(shared(), source(records));
  const row = { keyHash: keyHash('k1') };
  records.put(analysisOf('tea with a lot of words'), row);
  records.put(analysisOf('bike'), row);
  const query = wordQuery('bike');
  await index.search(query);
  records.erase(1);
  // The flush rewrites the part without the erased turn, before the search counts again.
  await index.flush();
  await expectAnswer(index, records, query);
  index.dispose();
});

test('many blocks pass over terms that none has, and find every term that one has', async () => {
  const records = new MemoryIndexRecords();
  const index = new NamespaceIndex(shared(), source(records));
  const put = (i: number) => records.put(analysisOf(`turn${i} shared even${i % 2}`), {});
  for (let i = 0; i < 400; i += 1) put(i);
  await index.catchUp();
  await index.flush();
  // What comes after the packed blocks is found as well.
  put(400);
  for (const word of ['turn0', 'turn199', 'turn399', 'turn400', 'even1', 'shared', 'nowhere']) {
    await expectAnswer(index, records, { ...wordQuery(word), candidates: 1000 });
  }
});

test('what was seen to be in already is not asked for again, and what is new is', async () => {
  const records = new MemoryIndexRecords();
  const index = new NamespaceIndex(shared(), source(records));
  let asked = 0;
  const state = records.state.bind(records);
  records.state = () => {
    asked += 1;
    return state();
  };
  records.put(analysisOf('tea'), {});
  const first = await state();
  const found = async (seen = first) =>
    (await index.search({ ...wordQuery('tea'), seen })).ordinals.length;
  expect([await found(), asked]).toEqual([1, 1]);
  expect([await found(), await index.languages(first), asked]).toEqual([1, ['en'], 1]);
  records.put(analysisOf('tea again'), {});
  // A question that came before it may go without; one that came after it has it.
  expect([await found(), asked]).toEqual([1, 1]);
  expect([await found(await state()), asked]).toEqual([2, 2]);
  const later = { ...(await state()), arrivals: 9 };
  expect([await found(later), asked]).toEqual([2, 3]);
  expect([await found({ ...first, epoch: 7 }), asked]).toEqual([2, 4]);
  index.dispose();
});
