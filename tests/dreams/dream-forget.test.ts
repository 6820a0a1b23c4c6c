/** What is forgotten is forgotten by dreams too, whatever happens at the same moment. */
import { afterEach, expect, test } from 'vitest';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import { scope } from '../full-scope.ts';
import { gatedStore, isAddition, isErasure } from './gated-store.ts';
import { type DreamBench, openDreams, ref, scripted } from './open-dreams.ts';

let bench: DreamBench | undefined;
afterEach(async () => bench?.close());

const secret = 'The code is swordfish.';

/** Says again what it has read, and changes nothing else. */
const insight = scripted('insight_generate', async (snapshot) => {
  const sources = [...snapshot.memories, ...snapshot.derived].map(ref);
  if (sources.length === 0) return [];
  const texts = snapshot.memories.map(({ text }) => text).join(' ');
  const add = { value: `Seen: ${texts}`, type: 'insight', subject: 'all', occurredAt: 1 };
  const reason = `Because of "${texts}".`;
  return [{ strategy: 'insight_generate', reason, confidence: 1, sources, add }];
});

/** Doubts the first, and says so with its words. */
const doubt = scripted('validate', async ({ memories: [first] }, _options, tools) => {
  if (!first) return [];
  tools.note(`I doubt "${first.text}"`);
  const update = [{ memory: ref(first), columns: { confidence: 0.2 } }];
  const reason = `"${first.text}" is doubtful.`;
  return [{ strategy: 'validate', reason, confidence: 1, sources: [ref(first)], update }];
});

async function controlText({ store }: DreamBench): Promise<string> {
  return JSON.stringify(await store.control.list('dream'));
}

async function exported(one: DreamBench): Promise<string> {
  return one.canonical();
}

test('reasons of applied actions and notes lose the words of what is forgotten', async () => {
  bench = await openDreams([doubt]);
  const [id] = await bench.put(secret, 'Something else.');
  const applied = await bench.dream({ autoApply: { confidence: 0 } });
  expect(applied.state).toBe('applied');
  expect(await controlText(bench)).toContain('swordfish');
  await bench.engine.forget(scope, { memoryId: id as MemoryId });
  expect(await controlText(bench)).not.toContain('swordfish');
  const [action] = await bench.engine.dreams.actions(scope, applied.id);
  expect(action).toMatchObject({ state: 'applied', reason: '' });
});

test('the reasons of other memories stay', async () => {
  bench = await openDreams([doubt]);
  const [, other] = await bench.put('The door is green.', secret);
  const { id } = await bench.dream({ autoApply: { confidence: 0 } });
  await bench.engine.forget(scope, { memoryId: other as MemoryId });
  const [action] = await bench.engine.dreams.actions(scope, id);
  expect(action?.reason).toContain('green');
});

test('what an undo takes away is not told by a plan that rested on it', async () => {
  bench = await openDreams([insight, doubt]);
  const [id] = await bench.put(secret);
  const first = await bench.dream({
    strategies: ['insight_generate'],
    autoApply: { confidence: 0 },
  });
  await bench.engine.setArchived(scope, { memoryId: id as MemoryId }, true);
  const derived = scripted('reflect', async ({ derived: [made] }) =>
    made ? [{ strategy: 'reflect', reason: made.text, confidence: 1, sources: [ref(made)] }] : [],
  );
  const other = await openDreams([derived], bench.store);
  await other.dream({ strategies: ['reflect'] });
  await other.close();
  await bench.engine.dreams.undo(scope, first.id, false);
  await bench.engine.forget(scope, { memoryId: id as MemoryId });
  expect(await controlText(bench)).not.toContain('swordfish');
});

test('an apply that comes between a forget and its word to dreams adds nothing of it', async () => {
  const store = gatedStore();
  bench = await openDreams([insight], store);
  const [id] = await bench.put(secret);
  const dream = await bench.dream();
  let erased = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    erased = resolve;
  });
  let tried = (): void => undefined;
  const applied = new Promise<void>((resolve) => {
    tried = resolve;
  });
  store.around = async (batch, next) => {
    if (isErasure(batch)) {
      const result = await next();
      erased();
      await applied;
      return result;
    }
    if (!isAddition(batch)) return next();
    await gone;
    const result = await next();
    tried();
    return result;
  };
  const applying = bench.engine.dreams.apply(scope, dream.id);
  await bench.engine.forget(scope, { memoryId: id as MemoryId });
  expect(await applying).toMatchObject({ applied: 0 });
  expect(await exported(bench)).not.toContain('swordfish');
});

test('what is applied while a forget is under way goes with it', async () => {
  const store = gatedStore();
  bench = await openDreams([insight], store);
  const [id] = await bench.put(secret);
  const dream = await bench.dream();
  const { engine } = bench;
  store.around = async (batch, next) => {
    if (!isErasure(batch)) return next();
    store.around = (_, each) => each();
    expect(await engine.dreams.apply(scope, dream.id)).toMatchObject({ applied: 1 });
    return next();
  };
  const { counts } = await engine.forget(scope, { memoryId: id as MemoryId });
  expect(counts).toMatchObject({ memories: 2, derived: 1 });
  expect(await exported(bench)).not.toContain('swordfish');
});

test('and also where the process ends before it comes to that', async () => {
  const store = gatedStore();
  bench = await openDreams([insight], store);
  const [id] = await bench.put(secret);
  const dream = await bench.dream();
  const { engine } = bench;
  let erasures = 0;
  store.around = async (batch, next) => {
    if (isErasure(batch) && erasures++ > 0) throw new Error('The process has ended.');
    if (isErasure(batch)) await engine.dreams.apply(scope, dream.id);
    return next();
  };
  await expect(engine.forget(scope, { memoryId: id as MemoryId })).rejects.toThrow('ended');
  expect(await exported(bench)).toContain('swordfish');
  store.around = (_, next) => next();
  const next = await openDreams([insight], store);
  expect(await exported(next)).not.toContain('swordfish');
  await next.close();
});

test('a partial undo leaves no memory out of sight with nothing that stands for it', async () => {
  const compress = scripted('compress', async ({ memories }) => {
    const sources = memories.map(ref);
    const add = { value: 'A summary.', type: 'summary', subject: 's', occurredAt: 1 };
    return [{ strategy: 'compress', reason: 'r', confidence: 1, sources, archive: sources, add }];
  });
  bench = await openDreams([compress]);
  const [first] = await bench.put('One of them.', 'Two of them.');
  const { id } = await bench.dream({ autoApply: { confidence: 0 } });
  await bench.engine.update(scope, { memoryId: first as MemoryId }, { tags: ['mine'] });
  await bench.engine.dreams.undo(scope, id, true);
  const memory = await bench.engine.get(scope, first as MemoryId);
  expect(memory).toMatchObject({ archived: false, body: { tags: ['mine'] } });
});
