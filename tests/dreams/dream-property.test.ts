/** Whatever is written, forgotten, dreamt, applied and undone: no source is ever lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import type { DreamSnapshot } from '../../packages/server/src/engine/dream/strategy.ts';
import { scope } from '../full-scope.ts';
import { ann, canonical, type DreamBench, openDreams, ref, scripted } from './open-dreams.ts';

const topics = ['sea', 'car', 'tea'] as const;
type Topic = (typeof topics)[number];
const about = ({ memories, derived }: DreamSnapshot, topic: string) =>
  [...memories, ...derived].filter(({ text }) => text.includes(topic));
/** The words by which each stored memory is known again wherever they stand. */
const marksOf = (texts: readonly string[]): string =>
  [...new Set(texts.flatMap((text) => text.match(/n\d+n/g) ?? []))].join(' ');

/** Sums up every topic, summaries included, in their words, and archives what it summed up. */
const compress = scripted('compress', async (snapshot) =>
  topics.flatMap((topic): PlannedAction[] => {
    const found = about(snapshot, topic);
    if (found.length < 2) return [];
    const sources = found.map(ref);
    const marks = marksOf(found.map(({ text }) => text));
    const value = `All about the ${topic}, ${sources.length} times: ${marks}.`;
    const add = { value, type: 'summary', subject: `${topic} ${snapshot.seq}`, occurredAt: 1 };
    const shared = { strategy: 'compress', reason: `Many: ${marks}.`, confidence: 0.9 } as const;
    return [{ ...shared, sources, archive: sources, add }];
  }),
);

/** Links and doubts the first two of a topic. */
const evolve = scripted('evolve', async (snapshot, _options, tools) =>
  topics.flatMap((topic): PlannedAction[] => {
    const [first, second] = about(snapshot, topic);
    if (!first || !second) return [];
    const marks = marksOf([first.text, second.text]);
    tools.note(`Looked at ${marks}.`);
    const [from, to] = [ref(first), ref(second)];
    const shared = { strategy: 'evolve', reason: `Two: ${marks}`, confidence: 0.5 } as const;
    const update = [{ memory: from, columns: { confidence: 0.25 } }];
    return [{ ...shared, sources: [from, to], update, link: [{ from, type: 'goes with', to }] }];
  }),
);

const onOne = ['forget', 'patch', 'archive', 'restore'] as const;
const onMade = ['forget made', 'patch made', 'archive made'] as const;

type Step =
  | { readonly do: 'store' | 'forget topic'; readonly topic: Topic }
  | { readonly do: (typeof onOne)[number] | (typeof onMade)[number]; readonly at: number }
  | { readonly do: 'dream'; readonly isApplied: boolean }
  | { readonly do: 'apply' | 'undo'; readonly at: number; readonly isPartial: boolean }
  | { readonly do: 'snapshot' }
  | { readonly do: 'restore snapshot'; readonly at: number };

const at = fc.nat(30);
const topic = fc.constantFrom(...topics);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('store'), topic }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('dream'), isApplied: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('apply', 'undo'), at, isPartial: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom(...onOne), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom(...onMade), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget topic'), topic }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('snapshot') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore snapshot'), at }) },
) as fc.Arbitrary<Step>;

interface Mark {
  readonly id: string;
  readonly alive: ReadonlySet<MemoryId>;
  readonly putAside: ReadonlySet<MemoryId>;
}

/** What the world does, and what it may expect to find. */
class World {
  readonly #bench: DreamBench;
  readonly #dreams: string[] = [];
  /** Stored by the user and not forgotten. */
  readonly #alive = new Map<MemoryId, { readonly value: string; readonly topic: Topic }>();
  /** Archived by the user, who knows where they are; those that dreams made too. */
  #putAside = new Set<MemoryId>();
  readonly #marks: Mark[] = [];
  readonly #forgotten: string[] = [];
  #count = 0;

  constructor(bench: DreamBench) {
    this.#bench = bench;
  }

  async take(one: Step): Promise<void> {
    if ('topic' in one) {
      return one.do === 'store' ? this.#store(one.topic) : this.#forgetTopic(one.topic);
    }
    if (one.do === 'dream') return this.#dream(one.isApplied);
    if (one.do === 'snapshot') return this.#snapshot();
    if (one.do === 'restore snapshot') return this.#restoreSnapshot(one.at);
    if (one.do === 'apply' || one.do === 'undo') {
      const { dreams } = this.#bench.engine;
      const id = pick(this.#dreams, one.at);
      if (id === undefined) return;
      const done =
        one.do === 'apply' ? dreams.apply(scope, id) : dreams.undo(scope, id, one.isPartial);
      return refused(done, ['dream_state', 'dream_conflict']);
    }
    if (one.do === 'forget made' || one.do === 'patch made' || one.do === 'archive made') {
      const id = pick(await this.#made(), one.at);
      return id === undefined ? undefined : this.#change(one.do.replace(' made', ''), id);
    }
    const id = pick([...this.#alive.keys()], one.at);
    return id === undefined ? undefined : this.#change(one.do, id);
  }

  async #change(what: string, memoryId: MemoryId): Promise<void> {
    const { engine } = this.#bench;
    if (what === 'forget') {
      await engine.forget(scope, { memoryId });
      return this.#forgot(memoryId);
    }
    if (what === 'patch') {
      const importance = (this.#next() % 100) / 100;
      await engine.update(scope, { memoryId }, { importance, pinned: importance > 0.1 });
      return;
    }
    await engine.setArchived(scope, { memoryId }, what === 'archive');
    if (what === 'archive') this.#putAside.add(memoryId);
    else this.#putAside.delete(memoryId);
  }

  #forgot(id: MemoryId): void {
    const { value } = this.#alive.get(id) ?? {};
    if (value !== undefined) this.#forgotten.push(marksOf([value]));
    this.#alive.delete(id);
    this.#putAside.delete(id);
  }

  async #forgetTopic(topic: Topic): Promise<void> {
    const filter = { tagsAll: [topic] };
    await this.#bench.engine.forget(scope, { filter, namespace: ann, isConfirmed: true });
    for (const [id, one] of this.#alive) if (one.topic === topic) this.#forgot(id);
  }

  async #dream(isApplied: boolean): Promise<void> {
    const policy = isApplied ? { autoApply: { confidence: 0 } } : {};
    const dream = await this.#bench.dream(policy);
    expect(dream.error, JSON.stringify(dream.error)).toBeUndefined();
    this.#dreams.push(dream.id);
  }

  async #snapshot(): Promise<void> {
    const { id } = await this.#bench.engine.createSnapshot(scope, ann, `n${this.#next()}`);
    const [alive, putAside] = [new Set(this.#alive.keys()), new Set(this.#putAside)];
    this.#marks.push({ id, alive, putAside });
  }

  /** Whatever came later is put aside by it. */
  async #restoreSnapshot(at: number): Promise<void> {
    const mark = pick(this.#marks, at);
    if (!mark) return;
    const restore = { namespace: ann, id: mark.id, dryRun: false, limit: 10 };
    await this.#bench.engine.restoreSnapshot(scope, restore);
    const later = [...this.#alive.keys()].filter((id) => !mark.alive.has(id));
    this.#putAside = new Set([...mark.putAside, ...later]);
  }

  /** In sight or not. */
  async #made(): Promise<MemoryId[]> {
    const { engine } = this.#bench;
    const { memories } = await engine.exportNamespace(scope, { namespace: ann, history: false });
    const ids: MemoryId[] = [];
    for await (const { memory } of memories) if (memory.kind === 'derived') ids.push(memory.id);
    return ids;
  }

  /**
   * Each is there with its words, and in sight or reachable through what stands for it. What is
   * forgotten is said by nothing.
   */
  async check(): Promise<void> {
    const { engine, store } = this.#bench;
    const reachable = new Set<MemoryId>();
    const waiting: MemoryId[] = [...this.#putAside];
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
      const memory = await engine.get(scope, id).catch(() => undefined);
      waiting.push(...(memory?.body.derivedFrom ?? []));
    }
    for (const [id, { value }] of this.#alive) {
      const memory = await engine.get(scope, id);
      expect(memory.body.value).toBe(value);
      expect(reachable.has(id), `${value} is neither in sight nor behind a summary`).toBe(true);
    }
    if (this.#forgotten.length === 0) return;
    const said = (await this.#bench.canonical()) + JSON.stringify(await store.control.list(''));
    for (const mark of this.#forgotten) expect(said).not.toContain(mark);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  async #store(topic: Topic): Promise<void> {
    const value = `Number n${this.#next()}n about the ${topic}.`;
    const [id] = await this.#bench.put({ value, tags: [topic] });
    if (id) this.#alive.set(id, { value, topic });
  }
}

function pick<T>(all: readonly T[], at: number): T | undefined {
  return all[at % Math.max(1, all.length)];
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
      const other = parseNamespace('bob');
      await bench.engine.store(scope, other, { value: 'Of Bob: the sea and the car.' });
      const before = await canonical(bench, other);
      await world.take({ do: 'store', topic: 'sea' });
      try {
        for (const one of steps) {
          await world.take(one);
          await world.check();
        }
        expect(await canonical(bench, other)).toBe(before);
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
