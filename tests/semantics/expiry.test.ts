/** A memory is on every way of reading until the moment it expires, and on none from then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../packages/server/src/domain/limits.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import type { MemoryInput } from '../../packages/server/src/domain/memory-input.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { contextLimit } from '../../packages/server/src/engine/context/context.ts';
import { sectionNames } from '../../packages/server/src/engine/context/item.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import { scope } from '../full-scope.ts';
import { World } from './world.ts';

/** What is read of the memory; `then` is a moment at which it was known. */
interface Target {
  readonly world: World;
  readonly namespace: ReturnType<typeof parseNamespace>;
  readonly id: MemoryId;
  readonly then: number;
  readonly snapshot: string;
}

type Read = (target: Target) => Promise<boolean>;

const text = 'Heron is the name of the boat';
/** A refusal that says there is no such memory is an answer too. */
const isThere = async (reading: Promise<unknown>): Promise<boolean> => {
  const failed = await reading.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
  if (failed !== undefined) expect(failed).toBe('memory_not_found');
  return failed === undefined;
};
const has = (memories: readonly { id: string }[], { id }: Target) =>
  memories.some((memory) => memory.id === id);

const listed =
  (more: object): Read =>
  async (target) => {
    const { world, namespace } = target;
    const request = { namespace, order: 'desc', limit: 50, ...more } as const;
    return has((await world.engine.list(scope, request)).memories, target);
  };

const searched =
  (query: string, more: (target: Target) => object = () => ({})): Read =>
  async (target) => {
    const { results } = await target.world.engine.recall(scope, {
      ...{ query, namespace: target.namespace, limit: 50, threshold: 0, collapse: false },
      ...{ filter: {}, signals: allSignals, ...more(target) },
    });
    const memories = results.map(({ memory }) => memory);
    return has(memories, target);
  };

const context =
  (query: string, filter: (target: Target) => object = () => ({})): Read =>
  async (target) => {
    const { text: told } = await target.world.engine.context(scope, {
      ...{ query, namespace: target.namespace, maxTokens: 1000, format: 'text', threshold: 0 },
      ...{
        limit: contextLimit(1000),
        filter: filter(target),
        sections: new Set(sectionNames),
        profile: true,
      },
    });
    return told.includes('Heron');
  };

const byKey =
  (times: (target: Target) => object): Read =>
  async (target) => {
    const { world, namespace } = target;
    const { memory } = await world.engine.getByKey(scope, namespace, 'boat', times(target));
    return memory !== null && has([memory], target);
  };

const asOf = ({ then }: Target) => ({ asOf: then });
const filterAsOf = (target: Target) => ({ filter: asOf(target) });

/** Ways of reading that show a memory of any kind. */
const reads: Record<string, Read> = {
  get: ({ world, namespace, id }) => isThere(world.engine.get(scope, id, { namespace })),
  'get as of then': ({ world, id, then }) => isThere(world.engine.get(scope, id, { asOf: then })),
  'by key': byKey(() => ({})),
  'by key as of then': byKey(asOf),
  'by key, what held': byKey(({ then }) => ({ validAt: then })),
  list: listed({}),
  'list of the key': listed({ key: 'boat' }),
  'list with a filter': listed({ tag: 'boat' }),
  'list as of then': async (target) => listed({ asOf: target.then })(target),
  'list with archived ones': listed({ archived: 'too' }),
  search: searched('heron boat'),
  'search as of then': searched('heron boat', filterAsOf),
  'an empty search': searched(''),
  'an empty search as of then': searched('', filterAsOf),
  context: context('What is the name of the boat?'),
  'context as of then': context('What is the name of the boat?', asOf),
  'context without a question': context(''),
  history: ({ world, id }) =>
    isThere(world.engine.history(scope, { memoryId: id, limit: limits.historyMax })),
  change: ({ world, id }) => isThere(world.engine.update(scope, { memoryId: id }, {})),
  'why not': async ({ world, namespace, id }) => {
    const answer = await world.engine.whyNot(scope, {
      ...{ query: 'heron boat', namespace, limit: 50, threshold: 0, filter: {} },
      ...{ signals: allSignals, memoryId: id },
    });
    if (!answer.found) expect(answer.reasons.map(({ code }) => code)).toEqual(['expired']);
    return answer.found;
  },
  export: async (target) => {
    const request = { namespace: target.namespace, history: true };
    const { memories } = await target.world.engine.exportNamespace(scope, request);
    const all = [];
    for await (const { memory, history } of memories) all.push(memory, ...history);
    return has(all, target);
  },
  'snapshot compare': async (target) => {
    const { world, namespace, snapshot } = target;
    const request = { namespace, id: snapshot, limit: 100 };
    const { memories, counts } = await world.engine.compareSnapshot(scope, request);
    expect(counts?.added).toBe(has(memories, target) ? 3 : 2);
    return has(memories, target);
  },
  profile: async ({ world, namespace, id }) => {
    const { sections } = await world.engine.profile(scope, namespace);
    return [...sections.values()].flat().some(({ sources }) => sources.includes(id));
  },
  audit: async ({ world, namespace }) => {
    const request = { namespace, timeMs: limits.auditTimeMs, examplesMax: 20 };
    const { classes } = await world.engine.audit(scope, request);
    // It is counted as one that has expired.
    return (classes.stale.reasons.expired ?? 0) === 0;
  },
  'a link to it': async ({ world, namespace }) => {
    const { memory } = await world.engine.getByKey(scope, namespace, 'linking');
    return (memory?.body.links ?? []).length > 0;
  },
};

describe.each(['sqlite', 'ephemeral'] as const)('%s', (name) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(name);
  });
  afterAll(() => world.close());

  /** The memory, one that links to it, and others. */
  async function planted(of: string, more: Partial<MemoryInput>): Promise<Target> {
    const namespace = parseNamespace(`${name} ${of}`);
    const { engine } = world;
    await engine.store(scope, namespace, { value: 'First.' });
    const { id: snapshot } = await engine.createSnapshot(scope, namespace, 'before');
    world.now += 10;
    const expiresAt = world.now + 60_000;
    const said = { value: text, key: 'boat', tags: ['boat'] };
    const { id } = await engine.store(scope, namespace, { ...said, expiresAt, ...more });
    const links = [{ type: 'about', id }];
    await engine.store(scope, namespace, { value: 'See there.', key: 'linking', links });
    await engine.store(scope, namespace, { value: 'Something else.' });
    world.now += 10;
    const then = world.now;
    world.now += 10;
    return { world, namespace, id, then, snapshot };
  }

  test.each([
    ['a fact', { mode: 'replace', pinned: true }],
    ['a turn', { mode: 'append' }],
  ] as const)('%s is on every way of reading until it expires', async (kind, more) => {
    const target = await planted(kind, more);
    const expiresAt = target.then - 10 + 60_000;
    const tell = async () => {
      const told: Record<string, boolean> = {};
      for (const [way, read] of Object.entries(reads)) told[way] = await read(target);
      return told;
    };
    const all = (is: boolean) => Object.fromEntries(Object.keys(reads).map((way) => [way, is]));
    for (const [at, is] of [
      [expiresAt - 1, true],
      [expiresAt, false],
      [expiresAt + 3, false],
    ] as const) {
      world.now = at;
      expect(await tell(), `${at - expiresAt} ms after it`).toEqual(all(is));
    }
    await world.restart();
    expect(await tell(), 'after a restart').toEqual(all(false));
  });

  test('what replaced it does not tell of it any more', async () => {
    const namespace = parseNamespace(`${name} chain`);
    const { engine } = world;
    const expiresAt = world.now + 60_000;
    const fact = { key: 'boat', pinned: true };
    await engine.store(scope, namespace, { ...fact, value: text, expiresAt });
    const next = { ...fact, value: 'Osprey is the name of the boat' };
    const { id: memoryId } = await engine.store(scope, namespace, next);
    const last = { ...fact, value: 'Kestrel is the name of the boat', expiresAt };
    await engine.store(scope, namespace, last);
    const told = async () => {
      const { before, after } = await engine.history(scope, { memoryId, limit: 10 });
      return [before.length, after.length];
    };
    world.now = expiresAt - 1;
    expect(await told()).toEqual([1, 1]);
    world.now = expiresAt;
    expect(await told()).toEqual([0, 0]);
  });
});
