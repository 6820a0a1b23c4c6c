import { expect, test } from 'vitest';
import type { SharedVectors } from '../../ports/shared-vectors.ts';
import type { EmbedTexts } from './query-cache.ts';
import { withSharedVectors } from './with-shared-vectors.ts';

function setUp(dimension = 2) {
  const known = new Map<string, Float32Array>();
  const asked: string[][] = [];
  const state = { isAway: false };
  const vectors: SharedVectors = {
    get answers() {
      return !state.isAway;
    },
    get: async (names) => {
      if (state.isAway) throw new Error('nobody is to be asked');
      return names.map((name) => known.get(name));
    },
    put: (made) => {
      for (const [name, vector] of made) known.set(name, vector);
    },
  };
  const embedTexts: EmbedTexts = async (texts) => {
    asked.push([...texts]);
    return texts.map((text) => Float32Array.of(text.length, 1));
  };
  const model = (name: string) =>
    withSharedVectors({ vectors, model: name, dimension }, embedTexts);
  return { known, asked, state, model };
}
const { signal } = new AbortController();

test('only what no server has asked is asked, and the answers are in order', async () => {
  const { asked, model } = setUp();
  await model('m')(['bb', 'dddd'], signal);
  const vectors = await model('m')(['a', 'bb', 'ccc', 'dddd'], signal);
  expect(vectors.map(([first]) => first)).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([
    ['bb', 'dddd'],
    ['a', 'ccc'],
  ]);
  await model('m')(['dddd', 'a'], signal);
  expect(asked).toHaveLength(2);
});

test('vectors of another model or length are not taken', async () => {
  const { asked, known, model } = setUp();
  await model('m')(['a'], signal);
  await model('n')(['a'], signal);
  expect(asked).toEqual([['a'], ['a']]);
  for (const name of known.keys()) known.set(name, Float32Array.of(1, 2, 3));
  expect(await model('m')(['a'], signal)).toEqual([Float32Array.of(1, 1)]);
});

test('while nobody answers the embedder is asked as without', async () => {
  const { asked, state, model } = setUp();
  await model('m')(['a'], signal);
  state.isAway = true;
  expect(await model('m')(['a'], signal)).toEqual([Float32Array.of(1, 1)]);
  expect(asked).toEqual([['a'], ['a']]);
});

test('a caller that has gone asks the embedder for nothing', async () => {
  const { asked, model } = setUp();
  await expect(model('m')(['a'], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(asked).toEqual([]);
});
