/**
 * Both axes of time through every door: after random stores, patches, archives and forgets, list,
 * search, get and get by key answer for any `as_of` and `valid_at` what a simple model answers.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import { parseFilter } from '../../packages/server/src/domain/filter/parse-filter.ts';
import type { Memory, MemoryId, NamespaceName } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import { scope } from '../full-scope.ts';
import { type Fields, type Question, type Span, TimeModel, type Version } from './time-model.ts';
import { World } from './world.ts';

const keys = ['plan', 'chat'] as const;
const dayMs = 24 * 60 * 60 * 1000;
const day = (n: number): number => Date.parse('2020-01-01') + n * dayMs;
const days = fc.constantFrom(0, 1, 2, 3).map(day);
const spans = fc.constantFrom<Span[]>(
  [null, null],
  [day(1), null],
  [null, day(2)],
  [day(1), day(2)],
  [day(2), day(3)],
);

const fieldParts = {
  audience: fc.constantFrom<Fields['audience'][]>('user', 'system'),
  tags: fc.subarray(['red', 'blue']),
  type: fc.constantFrom('note', 'rule'),
  plan: fc.constantFrom('free', 'pro'),
  occurredAt: days,
  span: spans,
};
const fields: fc.Arbitrary<Fields> = fc.record(fieldParts);
const changes: fc.Arbitrary<Partial<Fields>> = fc.record(fieldParts, { requiredKeys: [] });

type Step = StoreStep | ChangeStep | { do: 'wait' | 'restart' };
type ChangeStep =
  | { do: 'patch'; pick: number; change: Partial<Fields> }
  | { do: 'archive' | 'restore' | 'forget'; pick: number };
interface StoreStep {
  do: 'store';
  fields: Fields;
  key: string | undefined;
  isFact: boolean;
  ttlMs?: number;
}

const pick = fc.nat(20);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record(
        {
          do: fc.constant('store' as const),
          fields,
          key: fc.constantFrom(...keys, undefined),
          isFact: fc.boolean(),
          ttlMs: fc.constantFrom(20, 5_000),
        },
        { requiredKeys: ['do', 'fields', 'key', 'isFact'] },
      ),
    },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('patch' as const), pick, change: changes }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constantFrom('archive' as const, 'restore' as const), pick }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), pick }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('wait' as const, 'restart' as const) }),
    },
  ),
  { minLength: 1, maxLength: 20 },
);

/** `asOf` is a place among the moments of the run. */
const questions = fc.array(
  fc.record(
    {
      asOf: fc.nat(30),
      validAt: days,
      occurredFrom: days,
      occurredTo: days,
      audience: fieldParts.audience,
      tag: fc.constantFrom('red', 'blue'),
      type: fieldParts.type,
      plan: fieldParts.plan,
      archived: fc.constantFrom('too' as const, 'only' as const),
    },
    { requiredKeys: [] },
  ),
  { minLength: 4, maxLength: 12 },
);

class Run {
  readonly #world: World;
  readonly #namespace: NamespaceName;
  readonly #model = new TimeModel();
  readonly #ids: MemoryId[] = [];
  readonly moments: number[] = [];

  constructor(world: World, namespace: NamespaceName) {
    this.#world = world;
    this.#namespace = namespace;
  }

  async take(step: Step): Promise<void> {
    this.#world.now += 7;
    this.moments.push(this.#world.now - 3);
    if ('fields' in step) await this.#store(step);
    else if ('pick' in step) await this.#change(step);
    else if (step.do === 'restart') await this.#world.restart();
    else this.#world.now += 1_000;
  }

  async #store({ fields: one, key, isFact, ttlMs }: StoreStep) {
    const { now, engine } = this.#world;
    const { plan, span, ...rest } = one;
    const [validFrom, validTo] = span;
    const place = { ...(key !== undefined && { key }), isFact };
    const no = this.#model.store(one, { ...place, ...(ttlMs && { ttlMs }) }, now);
    const { id } = await engine.store(scope, this.#namespace, {
      ...rest,
      value: `amber number ${no}`,
      metadata: { plan },
      ...(key === undefined
        ? { kind: isFact ? 'fact' : 'episode' }
        : { key, mode: isFact ? 'replace' : 'append' }),
      ...(validFrom !== null && { validFrom }),
      ...(validTo !== null && { validTo }),
      ...(ttlMs !== undefined && { expiresAt: now + ttlMs }),
    });
    this.#ids[no] = id;
  }

  async #change(step: ChangeStep) {
    if (this.#ids.length === 0) return;
    const no = step.pick % this.#ids.length;
    const { now, engine } = this.#world;
    const target = { memoryId: this.#idOf(no), namespace: this.#namespace };
    if (step.do === 'forget') {
      const isThere = this.#model.forget(no);
      const outcome = engine.forget(scope, target);
      await (isThere ? outcome : expect(outcome).rejects.toThrow(MemoryError));
      return;
    }
    const change = step.do === 'patch' ? step.change : { archived: step.do === 'archive' };
    const isTaken = this.#model.change(no, change, now);
    const { plan, span, ...rest } = step.do === 'patch' ? step.change : {};
    const patch = {
      ...rest,
      ...(plan && { metadata: { plan } }),
      ...(span && { validFrom: span[0], validTo: span[1] }),
    };
    const outcome =
      step.do === 'patch'
        ? engine.update(scope, target, patch)
        : engine.setArchived(scope, target, step.do === 'archive');
    await (isTaken ? outcome : expect(outcome).rejects.toThrow(MemoryError));
  }

  async compare(question: Question): Promise<void> {
    const { now } = this.#world;
    const shown = this.#model.ask(question, now);
    const expected = shown.map(({ memory, version }) => this.#view(memory.no, version));
    expect(await this.#list(question), 'list').toEqual(expected);
    const newestFirst = expected.toReversed();
    expect(await this.#search('', question), 'the newest').toEqual(newestFirst);
    const found = await this.#search('amber', question);
    expect(sorted(found), 'search').toEqual(sorted(expected));
    await this.#compareById(question);
    for (const key of keys) await this.#compareByKey(key, question);
  }

  async #compareById({ asOf, validAt }: Question): Promise<void> {
    const { now, engine } = this.#world;
    const times = {
      ...(asOf !== undefined && { asOf }),
      ...(validAt !== undefined && { validAt }),
    };
    for (const no of this.#ids.keys()) {
      const version = this.#model.get(no, times, now);
      const read = engine.get(scope, this.#idOf(no), { namespace: this.#namespace, ...times });
      if (version) expect(viewOf(await read), 'get').toEqual(this.#view(no, version));
      else await expect(read, 'get').rejects.toMatchObject({ code: 'memory_not_found' });
    }
  }

  async #compareByKey(key: string, { asOf, validAt }: Question): Promise<void> {
    const { now, engine } = this.#world;
    const times = {
      ...(asOf !== undefined && { asOf }),
      ...(validAt !== undefined && { validAt }),
    };
    const { no, turns } = this.#model.byKey(key, times, now);
    const answer = await engine.getByKey(scope, this.#namespace, key, times);
    const expected = [no === undefined ? null : this.#idOf(no), turns];
    expect([answer.memory?.id ?? null, answer.turns], `by key ${key}`).toEqual(expected);
  }

  async #list(question: Question) {
    const { audience, type, plan, archived, tag, ...times } = question;
    const json = {
      ...(audience && { audience }),
      ...(type && { type }),
      ...(plan && { 'metadata.plan': plan }),
    };
    const where = parseFilter(json);
    const all: Memory[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#world.engine.list(scope, {
        ...{ namespace: this.#namespace, order: 'asc', limit: 2, ...times },
        ...(tag && { tag }),
        ...(archived && { archived }),
        ...(where && { where }),
        ...(cursor !== undefined && { cursor }),
      });
      all.push(...page.memories);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all.map(viewOf);
  }

  async #search(query: string, question: Question) {
    const { plan, archived, tag, ...rest } = question;
    const json = {
      ...(plan && { 'metadata.plan': plan }),
      ...(archived && { archived: archived === 'only' ? true : { exists: true } }),
    };
    const where = parseFilter(json);
    const { results } = await this.#world.engine.recall(scope, {
      ...{ query, namespace: this.#namespace, limit: 100, threshold: 0, collapse: false },
      filter: { ...rest, ...(tag && { tagsAll: [tag] }), ...(where && { where }) },
      signals: { ...allSignals, vector: false, entity: false, thread: false },
    });
    return results.map(({ memory }) => viewOf(memory));
  }

  #idOf(no: number): MemoryId {
    const id = this.#ids[no];
    if (id === undefined) throw new Error(`Memory ${no} was never stored.`);
    return id;
  }

  #view(no: number, { at: _, replaced, ...version }: Version) {
    return { id: this.#idOf(no), ...version, replaced };
  }
}

function viewOf(memory: Memory) {
  const { id, audience, body, occurredAt, validFrom, validTo, archived } = memory;
  return {
    ...{ id, audience, tags: body.tags, type: body.type, plan: body.metadata.plan },
    ...{ occurredAt, span: [validFrom, validTo], archived, replaced: memory.supersededAt !== null },
  };
}

function sorted<T extends { id: string }>(views: readonly T[]): T[] {
  return [...views].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const numRuns = Number(process.env.TIME_RUNS ?? 150);

describe.each(['sqlite', 'ephemeral'] as const)('%s', (name) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(name);
  });
  afterAll(() => world.close());

  test(`${numRuns} random pasts agree with the model`, { timeout: numRuns * 600 }, async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(steps, questions, async (taken, asked) => {
        count += 1;
        const run = new Run(world, parseNamespace(`past ${count}`));
        for (const step of taken) await run.take(step);
        for (const { asOf, ...question } of asked) {
          const moment = asOf === undefined ? undefined : run.moments[asOf % run.moments.length];
          await run.compare({ ...question, ...(moment !== undefined && { asOf: moment }) });
        }
      }),
      { numRuns },
    );
  });
});
