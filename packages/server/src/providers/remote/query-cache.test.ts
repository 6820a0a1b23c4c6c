import { expect, test } from 'vitest';
import { createQueryCache, type EmbedTexts } from './query-cache.ts';

function recorder(): { asked: string[][]; embed: EmbedTexts } {
  const asked: string[][] = [];
  return {
    asked,
    async embed(texts) {
      asked.push([...texts]);
      return texts.map((text) => Float32Array.of(text.length, 1));
    },
  };
}

test('asks only for what it does not know, and answers in order', async () => {
  const { asked, embed } = recorder();
  const cache = createQueryCache('model');
  await cache.embed(['a', 'bbb'], undefined, embed);
  const vectors = await cache.embed(['bbb', 'cc', 'a', 'cc'], undefined, embed);
  expect(vectors.map(([first]) => first)).toEqual([3, 2, 1, 2]);
  expect(asked).toEqual([['a', 'bbb'], ['cc']]);
});

test('forgets what was used longest ago', async () => {
  const { asked, embed } = recorder();
  const cache = createQueryCache('model', 2);
  for (const text of ['a', 'bb', 'a', 'ccc', 'a', 'bb']) {
    await cache.embed([text], undefined, embed);
  }
  expect(asked.flat()).toEqual(['a', 'bb', 'ccc', 'bb']);
  expect(cache.size).toBe(2);
});

test('its vectors are out of reach of callers', async () => {
  const { embed } = recorder();
  const cache = createQueryCache('model');
  const [first] = await cache.embed(['a'], undefined, embed);
  first?.fill(9);
  expect(await cache.embed(['a'], undefined, embed)).toEqual([Float32Array.of(1, 1)]);
});

test('the last caller that leaves ends the call, and the next one starts a new one', async () => {
  const cache = createQueryCache('model');
  let ended = 0;
  const hang: EmbedTexts = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        ended += 1;
        // A call may take a moment to end; nobody may join it then.
        setImmediate(() => reject(signal.reason));
      });
    });
  const controllers = [new AbortController(), new AbortController()];
  const waiting = controllers.map(({ signal }) => cache.embed(['a'], signal, hang));
  const settled = Promise.allSettled(waiting);
  controllers[0]?.abort(new Error('first'));
  await expect(waiting[0]).rejects.toThrow('first');
  expect(ended).toBe(0);
  controllers[1]?.abort(new Error('second'));
  await settled;
  const { embed } = recorder();
  expect(await cache.embed(['a'], undefined, embed)).toEqual([Float32Array.of(1, 1)]);
  expect(ended).toBe(1);
});
