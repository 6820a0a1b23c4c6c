/** Vectors of questions in a real Redis: they come back as they were, and only to their store. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisVectors } from './redis-vectors.ts';
import { freshPrefix, missing, openTestLink, removeAll, type TestLink } from './test-redis.ts';

const keptMs = 60_000;

// The reason is in the title.
describe.skipIf(missing)(`vectors in Redis${missing ? ` (${missing})` : ''}`, () => {
  let prefix: string;
  let opened: TestLink;
  let vectors: RedisVectors;
  beforeAll(async () => {
    prefix = freshPrefix();
    opened = await openTestLink(prefix);
    vectors = new RedisVectors(opened.link, opened.names, keptMs);
  });
  afterAll(async () => {
    await removeAll(opened, prefix);
    opened.link.close();
  });
  /** Commands are answered in their order, so what was put before is there after this. */
  const settled = () => opened.link.run((redis) => redis.sendCommand(['PING']));

  test('what one server has put another gets, number by number, for its time', async () => {
    const numbers = [0, -0, 1, -1, 0.1, 1e-45, 3.4e38, Math.PI];
    vectors.put(new Map([['one', Float32Array.from(numbers)]]));
    await settled();
    const other = await openTestLink(prefix);
    const found = await new RedisVectors(other.link, other.names, keptMs).get(['two', 'one']);
    expect(found).toEqual([undefined, Float32Array.from(numbers)]);
    other.link.close();
    const key = opened.names.of('vector', 'one');
    const leftMs = await opened.link.run((redis) => redis.sendCommand(['PTTL', key]));
    expect(Number(leftMs)).toBeGreaterThan(0);
    expect(Number(leftMs)).toBeLessThanOrEqual(keptMs);
  });

  test('another store knows nothing of it', async () => {
    vectors.put(new Map([['mine', Float32Array.of(1)]]));
    await settled();
    const foreign = await openTestLink(prefix, undefined, 'a secret of another store');
    const theirs = new RedisVectors(foreign.link, foreign.names, keptMs);
    expect(await theirs.get(['mine'])).toEqual([undefined]);
    foreign.link.close();
  });

  test('what is no vector is taken for nothing', async () => {
    const values = ['', 'abc', Buffer.from(Float32Array.of(Number.NaN).buffer)];
    for (const [i, value] of values.entries()) {
      const key = opened.names.of('vector', `odd ${i}`);
      await opened.link.run((redis) => redis.sendCommand(['SET', key, value, 'PX', '60000']));
    }
    const names = values.map((_, i) => `odd ${i}`);
    expect(await vectors.get(names)).toEqual([undefined, undefined, undefined]);
    expect(opened.link.answers).toBe(true);
  });
});
