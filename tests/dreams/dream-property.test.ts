/** Whatever is written, forgotten, dreamt, applied and undone: no source is ever lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemoryRef, PlannedAction } from '../../packages/server/src/domain/dream.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import type { DreamSnapshot } from '../../packages/server/src/engine/dream/strategy.ts';
import { scope } from '../full-scope.ts';
import { ann, type DreamBench, openDreams, scripted } from './open-dreams.ts';

const topics = ['sea', 'car', 'tea'] as const;
const ref = ({ id, version }: MemoryRef): MemoryRef => ({ id, version });
const about = ({ memories, derived }: DreamSnapshot, topic: string) =>
  [...memories, ...derived].filter(({ text }) => text.includes(topic)).map(ref);

/** Sums up every topic, summaries included, and archives what it summed up. */
const compress = scripted('compress', async (snapshot) =>
  topics.flatMap((topic): PlannedAction[] => {
    const sources = about(snapshot, topic);
    if (sources.length < 2) return [];
    const value = `All about the ${topic}, ${sources.length} times.`;
    const add = { value, type: 'summary', subject: `${topic} ${snapshot.seq}`, occurredAt: 1 };
    const shared = { strategy: 'compress', reason: 'Many.', confidence: 0.9 } as const;
    return [{ ...shared, sources, archive: sources, add }];
  }),
);

/** Links and doubts the first two of a topic. */
const evolve = scripted('evolve', async (snapshot) =>
  topics.flatMap((topic): PlannedAction[] => {
    const [from, to] = about(snapshot, topic);
    if (!from || !to) return [];
    const shared = { strategy: 'evolve', reason: 'Two.', confidence: 0.5 } as const;
    const update = [{ memory: from, columns: { confidence: 0.25 } }];
    return [{ ...shared, sources: [from, to], update, link: [{ from, type: 'goes with', to }] }];
  }),
);

type Step =
  | { readonly do: 'store'; readonly topic: (typeof topics)[number] }
  | { readonly do: 'forget' | 'patch' | 'archive' | 'restore'; readonly at: number }
  | { readonly do: 'dream'; readonly isApplied: boolean }
  | { readonly do: 'apply' | 'undo'; readonly at: number; readonly isPartial: boolean };

const at = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('store'), topic: fc.constantFrom(...topics) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('dream'), isApplied: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('apply', 'undo'), at, isPartial: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('forget', 'patch', 'archive', 'restore'), at }),
  },
) as fc.Arbitrary<Step>;

/** What the world does, and what it may expect to find. */
class World {
  readonly #bench: DreamBench;
  readonly #dreams: string[] = [];
  /** Stored by the user and not forgotten. */
  readonly #alive = new Map<MemoryId, string>();
  /** Archived by the user, who knows where they are. */
  readonly #putAside = new Set<MemoryId>();
  #count = 0;

  constructor(bench: DreamBench) {
    this.#bench = bench;
  }

  async take(one: Step): Promise<void> {
    const { engine } = this.#bench;
    if (one.do === 'store') return this.#store(one.topic);
    if (one.do === 'dream') {
      const policy = one.isApplied ? { autoApply: { confidence: 0 } } : {};
      const dream = await this.#bench.dream(policy);
      expect(dream.error, JSON.stringify(dream.error)).toBeUndefined();
      this.#dreams.push(dream.id);
      return;
    }
    if (one.do === 'apply' || one.do === 'undo') {
      const id = this.#dreams[one.at % Math.max(1, this.#dreams.length)];
      if (id === undefined) return;
      const done =
        one.do === 'apply'
          ? engine.dreams.apply(scope, id)
          : engine.dreams.undo(scope, id, one.isPartial);
      return refused(done, ['dream_state', 'dream_conflict']);
    }
    const id = [...this.#alive.keys()][one.at % Math.max(1, this.#alive.size)];
    if (id === undefined) return;
    if (one.do === 'forget') {
      await engine.forget(scope, { memoryId: id });
      this.#alive.delete(id);
      this.#putAside.delete(id);
      return;
    }
    const target = { memoryId: id };
    if (one.do === 'patch') {
      await engine.update(scope, target, { tags: [`n${this.#next()}`] });
      return;
    }
    await engine.setArchived(scope, target, one.do === 'archive');
    if (one.do === 'archive') this.#putAside.add(id);
    else this.#putAside.delete(id);
  }

  /** Each is there with its words, and in sight or reachable through what stands for it. */
  async check(): Promise<void> {
    const { engine } = this.#bench;
    const reachable = new Set<MemoryId>();
    const waiting: MemoryId[] = [];
    for (let cursor: string | undefined; ; ) {
      const place = cursor === undefined ? {} : { cursor };
      const page = await engine.list(scope, {
        ...{ namespace: ann, limit: 200, order: 'asc', ...place },
      });
      waiting.push(...page.memories.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (reachable.has(id)) continue;
      reachable.add(id);
      waiting.push(...(await engine.get(scope, id)).body.derivedFrom);
    }
    for (const [id, value] of this.#alive) {
      const memory = await engine.get(scope, id);
      expect(memory.body.value).toBe(value);
      const isFound = reachable.has(id) || this.#putAside.has(id);
      expect(isFound, `${value} is neither in sight nor behind a summary`).toBe(true);
    }
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  async #store(topic: string): Promise<void> {
    const value = `Number ${this.#next()} about the ${topic}.`;
    const [id] = await this.#bench.put(value);
    if (id) this.#alive.set(id, value);
  }
}

async function refused(done: Promise<unknown>, codes: readonly string[]): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!MemoryError.isInstance(error) || !codes.includes(error.code)) throw error;
  }
}

const runs = Number(process.env.DREAM_RUNS ?? 40);

test('every source that was not forgotten is there, and can be reached', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const bench = await openDreams([compress, evolve]);
      const world = new World(bench);
      await world.take({ do: 'store', topic: 'sea' });
      try {
        for (const one of steps) {
          await world.take(one);
          await world.check();
        }
      } finally {
        await bench.close();
      }
    }),
    { numRuns: runs },
  );
});

test('applied and undone, with no other write, is as if it had never been', async () => {
  const stores = fc.array(fc.constantFrom(...topics), { minLength: 2, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(stores, fc.nat(3), async (wanted, applied) => {
      const bench = await openDreams([compress, evolve]);
      try {
        for (const [i, topic] of wanted.entries()) await bench.put(`Number ${i} of the ${topic}.`);
        for (let i = 0; i < applied; i += 1) await bench.dream({ autoApply: { confidence: 0 } });
        const before = await bench.canonical();
        const { id, state } = await bench.dream();
        if (state === 'empty') return;
        await bench.engine.dreams.apply(scope, id);
        await bench.engine.dreams.undo(scope, id, false);
        expect(await bench.canonical()).toBe(before);
      } finally {
        await bench.close();
      }
    }),
    { numRuns: 25 },
  );
});
