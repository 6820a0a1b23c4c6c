/** Runs a sequence on the product and on the model, and compares what both let one see. */
import { expect } from 'vitest';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../../packages/server/src/domain/memory.ts';
import type { MemoryInput } from '../../packages/server/src/domain/memory-input.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import type { Scope } from '../../packages/server/src/engine/scope.ts';
import type {
  MemoryTarget,
  UpdateOutcome,
} from '../../packages/server/src/engine/update/update.ts';
import { scope } from '../full-scope.ts';
import {
  type Key,
  latest,
  Model,
  type ModelMemory,
  type PatchStep,
  type StoreStep,
  type Tag,
} from './model.ts';
import { keys, type SentStep, type Step, words } from './steps.ts';
import type { World } from './world.ts';

type ManySelector =
  | { readonly key: Key }
  | { readonly filter: { readonly tagsAll: readonly Tag[] } }
  | { readonly everything: true };

/** Nothing happens at the same millisecond, so that "as of" has one answer. */
const tickMs = 7;

export class Agreement {
  readonly #world: World;
  readonly #namespace: NamespaceName;
  readonly #model = new Model();
  /** By the model's number. */
  readonly #ids: MemoryId[] = [];
  /** When something happened. */
  readonly #times: number[] = [];
  #sendsTwice = false;
  #named = 0;

  constructor(world: World, namespace: NamespaceName) {
    this.#world = world;
    this.#namespace = namespace;
  }

  async run(steps: readonly SentStep[]): Promise<void> {
    for (const [step, twice] of steps) {
      this.#sendsTwice = twice;
      this.#world.now += tickMs;
      this.#times.push(this.#world.now);
      await this.#do(step);
      await this.#compareNow();
    }
    await this.#comparePast();
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'store': {
        const { engine, now } = this.#world;
        const input = inputOf(step.step, now);
        const stored = await this.#write((as) => engine.store(as, this.#namespace, input));
        return this.#expectStored(step.step, stored);
      }
      case 'bulk':
        return this.#bulk(step.steps);
      case 'forget':
        return this.#forget(step.pick);
      case 'patch':
        return this.#patch(step.pick, step.patch);
      case 'archive':
      case 'restore':
        return this.#setArchived(step.pick, step.do === 'archive');
      case 'forget-key':
        return this.#forgetMany({ key: step.key }, this.#model.forgetKey(step.key));
      case 'forget-tag': {
        const filter = { tagsAll: [step.tag] };
        return this.#forgetMany({ filter }, this.#model.forgetTag(step.tag));
      }
      case 'forget-namespace':
        return this.#forgetMany({ everything: true }, this.#model.forgetNamespace());
      case 'wait':
        this.#world.now += step.ms;
        return;
      case 'restart':
        return this.#world.restart(step);
    }
  }

  /** Sent twice under one name, it is done once and answered alike. */
  async #write<Answer>(run: (scope: Scope) => Promise<Answer>): Promise<Answer> {
    if (!this.#sendsTwice) return run(scope);
    this.#named += 1;
    const name = { key: `write ${this.#named}`, route: 'test', digest: 'same' };
    const request = { ...name, namespace: this.#namespace };
    const first = await this.#world.engine.once(scope, request, run);
    const second = await this.#world.engine.once(scope, request, run);
    expect([first.isReplay, second.isReplay], 'what is sent twice').toEqual([false, true]);
    expect(second.answer, 'the answer to a repetition').toEqual(first.answer);
    return first.answer;
  }

  async #bulk(steps: readonly StoreStep[]): Promise<void> {
    const namespace = this.#namespace;
    const { now } = this.#world;
    const items = steps.map((step) => ({ namespace, input: inputOf(step, now) }));
    const outcomes = await this.#write((as) => this.#world.engine.storeMany(as, items));
    for (const [i, step] of steps.entries()) {
      const outcome = outcomes[i];
      if (!outcome?.ok) throw new Error(`Item ${i} was refused.`);
      this.#expectStored(step, outcome);
    }
  }

  #expectStored(step: StoreStep, outcome: { status: string; memory: Memory | null }): void {
    if (outcome.memory === null) throw new Error('A memory is there when it was stored.');
    const { status, memory } = this.#model.store(step, this.#world.now);
    this.#ids[memory.no] ??= outcome.memory.id;
    expect(outcome.status, 'status').toBe(status);
    expect(viewOf(outcome.memory), 'stored').toEqual(this.#expected(memory));
  }

  async #patch(pick: number, { text, tags, isKept }: PatchStep): Promise<void> {
    const no = this.#picked(pick);
    if (no === undefined) return;
    const patch = {
      ...(text !== undefined && { value: text }),
      ...(tags !== undefined && { tags }),
      ...(isKept && { expiresAt: null }),
    };
    const step = {
      ...(text !== undefined && { text }),
      ...(tags && { tags }),
      ...(isKept && { isKept }),
    };
    const status = this.#model.patch(no, step, this.#world.now);
    const outcome = this.#write((as) => this.#world.engine.update(as, this.#target(no), patch));
    await this.#expectChanged(no, status, outcome);
  }

  async #setArchived(pick: number, archived: boolean): Promise<void> {
    const no = this.#picked(pick);
    if (no === undefined) return;
    const status = this.#model.setArchived(no, archived, this.#world.now);
    const outcome = this.#write((as) =>
      this.#world.engine.setArchived(as, this.#target(no), archived),
    );
    await this.#expectChanged(no, status, outcome);
  }

  async #expectChanged(
    no: number,
    status: ReturnType<Model['patch']>,
    outcome: Promise<UpdateOutcome>,
  ): Promise<void> {
    if (status === undefined || status === 'refused') {
      const code = status === undefined ? 'memory_not_found' : 'memory_superseded';
      await expect(outcome).rejects.toMatchObject({ code });
      return;
    }
    const { memory } = await outcome;
    expect((await outcome).status, 'status of a change').toBe(status);
    const known = this.#model.get(no, this.#world.now);
    expect(viewOf(memory), 'changed').toEqual(known && this.#expected(known));
  }

  #picked(pick: number): number | undefined {
    return this.#ids.length === 0 ? undefined : pick % this.#ids.length;
  }

  #target(no: number): MemoryTarget {
    return { memoryId: this.#idOf(no), namespace: this.#namespace };
  }

  async #forget(pick: number): Promise<void> {
    const no = this.#picked(pick);
    if (no === undefined) return;
    const memoryId = this.#idOf(no);
    const request = { namespace: this.#namespace, memoryId };
    if (this.#model.forget(no)) {
      const { counts } = await this.#write((as) => this.#world.engine.forget(as, request));
      expect(counts.memories).toBe(1);
    } else {
      await expect(this.#world.engine.forget(scope, request)).rejects.toThrow(MemoryError);
    }
  }

  /** A dry run tells what goes, and what goes is told. */
  async #forgetMany(selector: ManySelector, expected: number): Promise<void> {
    const { engine } = this.#world;
    const request = { namespace: this.#namespace, ...selector };
    const dry = await engine.forget(scope, { ...request, dryRun: true });
    const done = await this.#write((as) =>
      engine.forget(as, { ...request, expectedCount: expected }),
    );
    expect(done.counts.memories, `forgotten by ${Object.keys(selector)}`).toBe(expected);
    expect(done.counts, 'as the dry run told').toEqual(dry.counts);
    expect(done.receipt === undefined || done.receipt.state === 'hidden').toBe(true);
  }

  /** Every door shows what the model shows: list, page by page, get, by key, and search. */
  async #compareNow(): Promise<void> {
    const { engine, now } = this.#world;
    const current = this.#model.current(now);
    const listed = await this.#listAll();
    expect(listed.map(viewOf), 'list').toEqual(current.map((memory) => this.#expected(memory)));
    for (const word of words) {
      const found = await this.#search(word);
      const known = current.filter((memory) => hasWord(latest(memory).text, word));
      expect(sorted(found.map(({ id }) => id)), `search for ${word}`).toEqual(
        sorted(known.map(({ no }) => this.#idOf(no))),
      );
    }
    for (const key of keys) {
      const { memory, turns } = await engine.getByKey(scope, this.#namespace, key);
      const expected = this.#model.byKey(key, now);
      expect(turns, `turns of ${key}`).toBe(expected.turns);
      expect(memory && viewOf(memory), `by key ${key}`).toEqual(
        expected.memory ? this.#expected(expected.memory) : null,
      );
    }
    for (const [no, id] of this.#ids.entries()) {
      const known = this.#model.get(no, now);
      if (known !== undefined) {
        const memory = await engine.get(scope, id, { namespace: this.#namespace });
        expect(viewOf(memory), 'get').toEqual(this.#expected(known));
      } else {
        await expect(engine.get(scope, id, { namespace: this.#namespace })).rejects.toThrow(
          MemoryError,
        );
      }
    }
  }

  /** At each moment something happened: what was known then, in the words of then. */
  async #comparePast(): Promise<void> {
    const { now } = this.#world;
    for (const asOf of this.#times) {
      const then = this.#model.asOf(asOf, now);
      const listed = await this.#listAll(asOf);
      const shown = listed.map(({ id, body }) => [id, body.value, sorted(body.tags)]);
      const known = then.map(({ no, text, tags }) => [this.#idOf(no), text, sorted(tags)]);
      expect(shown, `list as of ${asOf}`).toEqual(known);
      for (const word of words) {
        const found = await this.#search(word, asOf);
        // The index knows the words of today; what they find is shown in the words of then.
        const texts = then.filter(({ textNow }) => hasWord(textNow, word));
        const told = found.map(({ id, body }) => `${id} ${body.value}`);
        expect(sorted(told), `search for ${word} as of ${asOf}`).toEqual(
          sorted(texts.map(({ no, text }) => `${this.#idOf(no)} ${text}`)),
        );
      }
    }
  }

  async #listAll(asOf?: number): Promise<Memory[]> {
    const all: Memory[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#world.engine.list(scope, {
        namespace: this.#namespace,
        order: 'asc',
        limit: 3,
        ...(cursor !== undefined && { cursor }),
        ...(asOf !== undefined && { asOf }),
      });
      all.push(...page.memories);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all;
  }

  async #search(query: string, asOf?: number): Promise<Memory[]> {
    const { results } = await this.#world.engine.recall(scope, {
      ...{ query, namespace: this.#namespace, limit: 100, threshold: 0, collapse: false },
      filter: asOf === undefined ? {} : { asOf },
      // Meaning finds neighbours too; words alone find exactly what has the word.
      signals: { ...allSignals, vector: false, entity: false, thread: false },
    });
    return results.map(({ memory }) => memory);
  }

  #idOf(no: number): MemoryId {
    const id = this.#ids[no];
    if (id === undefined) throw new Error(`Memory ${no} was never stored.`);
    return id;
  }

  #expected(memory: ModelMemory) {
    const { text, tags } = latest(memory);
    return {
      id: this.#idOf(memory.no),
      key: memory.key,
      kind: memory.kind,
      text,
      tags: sorted(tags),
      version: memory.version,
      archived: memory.archived,
      createdAt: memory.createdAt,
      expiresAt: memory.expiresAt ?? null,
      supersedes: memory.supersedes === undefined ? null : this.#idOf(memory.supersedes),
    };
  }
}

function viewOf(memory: Memory) {
  const { id, kind, body, version, archived, createdAt, expiresAt, supersedes } = memory;
  const said = { key: body.key, text: body.value, tags: sorted(body.tags) };
  return { id, kind, ...said, version, archived, createdAt, expiresAt, supersedes };
}

function inputOf({ text, key, mode, tags, ttlMs }: StoreStep, now: number): MemoryInput {
  return {
    value: text,
    tags,
    ...(key !== undefined && { key }),
    ...(mode !== undefined && { mode }),
    ...(ttlMs !== undefined && { expiresAt: now + ttlMs }),
  };
}

function hasWord(text: string, word: string): boolean {
  return text.split(' ').includes(word);
}

function sorted(values: Iterable<string>): string[] {
  return [...values].sort();
}
