import { expect, test } from 'vitest';
import type { Embedder } from '../../ports/embedder.ts';
import { EmbedderGuard } from './embedder-guard.ts';

const clock = { time: 1_000, now: () => clock.time, randomBytes: (n: number) => new Uint8Array(n) };

function newEmbedder() {
  const state = { asked: 0, answer: (_texts: readonly string[]) => [new Float32Array(2)] };
  const embedder: Embedder = {
    model: 'm',
    dimension: 2,
    isInstant: false,
    async embed(texts) {
      state.asked += 1;
      return state.answer(texts);
    },
  };
  return { state, guard: new EmbedderGuard(embedder, 'query', clock) };
}

const fails = () => {
  throw new Error('down');
};

test('after three failures it is left alone, then asked by one, then trusted again', async () => {
  const { state, guard } = newEmbedder();
  const { answer } = state;
  state.answer = fails;
  for (let i = 0; i < 5; i += 1) expect(await guard.tryEmbed(['a'], 50)).toBeNull();
  expect(state.asked).toBe(3);
  clock.time += 1_000;
  await Promise.all([guard.tryEmbed(['a'], 50), guard.tryEmbed(['a'], 50)]);
  expect(state.asked).toBe(4);
  // It failed again: the pause is twice as long.
  clock.time += 1_000;
  await guard.tryEmbed(['a'], 50);
  expect(state.asked).toBe(4);
  clock.time += 1_000;
  state.answer = answer;
  expect(await guard.tryEmbed(['a'], 50)).toHaveLength(1);
  expect(await guard.tryEmbed(['a'], 50)).toHaveLength(1);
  expect(state.asked).toBe(6);
});

test('a vector of another length, or one too few, is no answer', async () => {
  const { state, guard } = newEmbedder();
  state.answer = () => [new Float32Array(3)];
  expect(await guard.tryEmbed(['a'], 50)).toBeNull();
  state.answer = () => [];
  expect(await guard.tryEmbed(['a'], 50)).toBeNull();
});

test('who does not want to wait does not ask', async () => {
  const { state, guard } = newEmbedder();
  expect(await guard.tryEmbed(['a'], 0)).toBeNull();
  expect(state.asked).toBe(0);
});
