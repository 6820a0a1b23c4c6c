import { expect, test } from 'vitest';
import type { ControlPort } from '../../ports/control.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { Generations, generationRegistry } from './generations.ts';

function newControl(): ControlPort {
  let stored: { key: string; value: string; version: number } | undefined;
  return {
    get: async () => stored,
    async putIfVersion(key, value, expected) {
      if ((stored?.version ?? 0) !== expected) return undefined;
      stored = { key, value, version: expected + 1 };
      return stored.version;
    },
    delete: async () => false,
    list: async () => [],
  };
}

const embedder = (model: string): Embedder => ({
  model,
  dimension: 2,
  isInstant: true,
  embed: async (texts) => texts.map(() => new Float32Array(2)),
});
const [a, b, c] = [embedder('a'), embedder('b'), embedder('c')];

test('another model gets a number of its own, and a known one goes on with its own', async () => {
  const control = newControl();
  expect((await Generations.open(control, [a])).target).toMatchObject({ no: 1, model: 'a' });
  const second = await Generations.open(control, [b, a]);
  expect(second.target.no).toBe(2);
  expect(second.previous?.no).toBe(1);
  const back = await Generations.open(control, [a]);
  expect([back.target.no, back.previous?.no]).toEqual([1, 2]);
  expect(back.embedderOf(2)).toBeUndefined();
});

test('a rollback outlives a restart, until the settings name another model', async () => {
  const control = newControl();
  await Generations.open(control, [a]);
  const second = await Generations.open(control, [b, a]);
  await second.rollBack();
  expect(second.target.no).toBe(1);
  expect((await Generations.open(control, [b, a])).target.no).toBe(1);
  expect((await Generations.open(control, [c, a])).target.no).toBe(3);
});

test('a rollback needs a previous generation and its embedder', async () => {
  const control = newControl();
  const first = await Generations.open(control, [a]);
  await expect(first.rollBack()).rejects.toThrow('no previous');
  const second = await Generations.open(control, [b]);
  await expect(second.rollBack()).rejects.toThrow('set REVERIE_EMBEDDER');
});

test('a dropped generation is reached by no write, and its number never comes back', async () => {
  const control = newControl();
  await Generations.open(control, [a]);
  const second = await Generations.open(control, [b, a]);
  await second.drop(1);
  expect(second.kept.map(({ no }) => no)).toEqual([2]);
  expect(second.dropped.map(({ no }) => no)).toEqual([1]);
  expect(second.previous).toBeUndefined();
  const again = await Generations.open(control, [a]);
  expect(again.target.no).toBe(3);
  await again.forget(1);
  expect(again.dropped).toEqual([]);
});

test('the generation that is wanted by now is not dropped', async () => {
  const control = newControl();
  await Generations.open(control, [a]);
  const second = await Generations.open(control, [b, a]);
  await Promise.allSettled([second.rollBack(), second.drop(1)]);
  expect(second.kept.map(({ no }) => no)).toContain(second.target.no);
  await expect(second.drop(second.target.no)).rejects.toThrow('wanted');
  const stored = await control.get(generationRegistry.key);
  expect(generationRegistry.numbersIn(stored?.value ?? '')).toEqual([1, 2]);
});

test('without its embedder the target of a rollback gives way to the settings', async () => {
  const control = newControl();
  await Generations.open(control, [a]);
  await (await Generations.open(control, [b, a])).rollBack();
  const alone = await Generations.open(control, [b]);
  expect(alone.target).toMatchObject({ no: 2, model: 'b' });
});
