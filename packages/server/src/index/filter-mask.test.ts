import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filterNames } from '../domain/filter/filter.ts';
import {
  columnsArb,
  contentArb,
  filterJsonArb,
} from '../domain/filter/filter-arbitraries.test.helper.ts';
import { type Filtered, matchesFilter } from '../domain/filter/matches-filter.ts';
import { parseFilter } from '../domain/filter/parse-filter.ts';
import { analysisOf, newShared, sourceOf, wordQuery } from './index-fixtures.test.helper.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';
import { NamespaceIndex } from './namespace-index.ts';
import type { Attributes, MemoryAnalysis } from './types.ts';

type Content = Pick<Filtered['body'], 'key' | 'type' | 'speaker' | 'tags' | 'metadata'>;

/** Two passages now and then: what is said of a memory holds for each. */
function analysisWith(content: Content, passages: number): MemoryAnalysis {
  const { tags, ...rest } = content;
  const attributes: Attributes = { ...rest, ...(tags.length > 0 && { tags }) };
  return { ...analysisOf(...['tea time', 'coffee'].slice(0, passages)), attributes };
}

const contentStep = { content: contentArb, passages: fc.integer({ min: 0, max: 2 }) };
const stepArb = fc.oneof(
  fc.record({ op: fc.constant('put' as const), columns: columnsArb, ...contentStep }),
  fc.record({ op: fc.constant('put' as const), columns: columnsArb, ...contentStep }),
  fc.record({ op: fc.constant('patch' as const), pick: fc.nat(), ...contentStep }),
  fc.record({ op: fc.constant('columns' as const), pick: fc.nat(), columns: columnsArb }),
  fc.record({ op: fc.constant('erase' as const), pick: fc.nat() }),
  fc.record({ op: fc.constant('save' as const) }),
  fc.record({ op: fc.constant('reopen' as const) }),
);
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly records = new MemoryIndexRecords();
  readonly contents = new Map<number, Content>();
  readonly source = sourceOf(this.records);
  index = new NamespaceIndex(newShared(), this.source);

  async take(step: Step): Promise<void> {
    const ordinals = [...this.contents.keys()];
    const picked = 'pick' in step ? ordinals[step.pick % ordinals.length] : undefined;
    if (step.op === 'put') {
      const analysis = analysisWith(step.content, step.passages);
      this.contents.set(this.records.put(analysis, step.columns), step.content);
    } else if (step.op === 'save') await this.index.flush();
    else if (step.op === 'reopen') {
      this.index.dispose();
      this.index = new NamespaceIndex(newShared(), this.source);
    } else if (picked !== undefined) this.#change(step, picked);
    await this.index.catchUp();
  }

  #change(step: Step, ordinal: number): void {
    if (step.op === 'patch') {
      const analysis = analysisWith(step.content, step.passages);
      this.records.update(ordinal, 'patch', { updatedAt: this.records.log.length }, analysis);
      this.contents.set(ordinal, step.content);
    } else if (step.op === 'columns') this.records.update(ordinal, 'patch', step.columns);
    else if (step.op === 'erase') {
      this.records.erase(ordinal);
      this.contents.delete(ordinal);
    }
  }

  /** What the words of the filter mean, memory by memory. */
  expected(json: Record<string, unknown>): number[] {
    const where = parseFilter(json);
    if (where === undefined) throw new Error('The filter is empty.');
    return [...this.records.rows.values()]
      .filter((row) => !row.archived || filterNames(where, 'archived'))
      .filter((row) => {
        const body = this.contents.get(row.ordinal);
        return body !== undefined && matchesFilter({ ...row, body }, where);
      })
      .map((row) => row.ordinal);
  }

  async listed(json: Record<string, unknown>, asOf?: number): Promise<number[]> {
    const where = parseFilter(json);
    const times = asOf === undefined ? {} : { asOf };
    const filter = { ...(where && { where }), ...times };
    return this.index.list({ filter, now: 1, order: 'asc', limit: 1000 });
  }
}

test('the index passes what a filter means, through changes, saves and loads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArb, { maxLength: 24 }),
      fc.array(filterJsonArb, { minLength: 1, maxLength: 3 }),
      async (steps, filters) => {
        const world = new World();
        for (const step of steps) {
          await world.take(step);
          const [first = {}] = filters;
          expect(await world.listed(first)).toEqual(world.expected(first));
        }
        for (const json of filters) {
          expect(await world.listed(json)).toEqual(world.expected(json));
        }
        await world.take({ op: 'save' });
        await world.take({ op: 'reopen' });
        for (const json of filters) {
          const found = await world.listed(json);
          expect(found).toEqual(world.expected(json));
          const where = parseFilter(json);
          const query = { ...wordQuery('tea', 'coffee'), filter: where ? { where } : {} };
          const { ordinals } = await world.index.search(query);
          for (const ordinal of ordinals) expect(found).toContain(ordinal);
        }
        world.index.dispose();
      },
    ),
    { numRuns: 150 },
  );
});

test('statistics are those of the memories that pass', async () => {
  const world = new World();
  const columns = fc.sample(columnsArb, 1)[0];
  for (const plan of ['pro', 'pro', 'free']) {
    const content = { tags: [], metadata: { plan } };
    const put = { ...columns, archived: false, trust: 'normal' } as const;
    world.contents.set(world.records.put(analysisWith(content, 1), put), content);
  }
  const where = parseFilter({ 'metadata.plan': 'pro' });
  const query = { ...wordQuery('tea'), filter: where ? { where } : {} };
  const { eligible, termFrequencies, ordinals } = await world.index.search(query);
  expect([eligible, ...termFrequencies, ordinals.length]).toEqual([2, 2, 2]);
});

test('with as_of, what was changed later passes: its former version decides', async () => {
  const world = new World();
  const content = { tags: [], metadata: { plan: 'pro' } };
  const put = (updatedAt: number) =>
    world.records.put(analysisWith(content, 1), { createdAt: 1, updatedAt });
  const [early, late] = [put(5), put(9)];
  expect(await world.listed({ 'metadata.plan': 'free' }, 7)).toEqual([late]);
  expect(await world.listed({ 'metadata.plan': 'pro' }, 7)).toEqual([early, late]);
});

test('erased texts leave memory and storage, and others stay', async () => {
  const world = new World();
  const put = (secret: string) => {
    const content = {
      key: secret,
      tags: [secret],
      metadata: { [secret]: secret.repeat(500), same: 'kept' },
    };
    return world.records.put(analysisWith(content, 1));
  };
  const gone = put('canary-one');
  put('canary-two');
  await world.index.catchUp();
  await world.index.flush();
  const stored = () =>
    [...world.records.segments.values()].map(({ matrix }) => Buffer.from(matrix).toString());
  expect(stored().join('')).toContain('canary-one');
  const before = world.index.bytes;
  world.records.erase(gone);
  await world.index.catchUp();
  await world.index.flush();
  expect(stored().join('')).not.toContain('canary-one');
  expect(before - world.index.bytes).toBeGreaterThan(5000);
  expect(stored().join('')).toContain('canary-two');
  expect(await world.listed({ 'metadata.same': 'kept' })).toHaveLength(1);
});

test('memories without content to filter cost nothing; others are counted', async () => {
  const [bare, full] = [new World(), new World()];
  const text = 'x'.repeat(10_000);
  bare.records.put(analysisOf('tea'));
  full.records.put({ ...analysisOf('tea'), attributes: { metadata: { text } } });
  await bare.index.catchUp();
  await full.index.catchUp();
  expect(full.index.bytes - bare.index.bytes).toBeGreaterThan(text.length);
  await bare.index.flush();
  const [segment] = [...bare.records.segments.values()];
  expect(segment?.matrix.length).toBeLessThan(100);
});
