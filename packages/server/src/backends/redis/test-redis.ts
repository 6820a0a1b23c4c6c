/** Counters of servers on the Redis of a test. */
import { RedisCounters } from './redis-counters.ts';
import { RedisLink } from './redis-link.ts';
import { RedisNames } from './redis-names.ts';

/** Why there is no Redis to test against; undefined where there is one. */
export const missing: string | undefined = process.env.REVERIE_TEST_REDIS
  ? undefined
  : (process.env.REVERIE_TEST_REDIS_MISSING ?? 'run it with: npm run test:backends');

let prefixes = 0;

/** Every prefix is used once, so that tests on one Redis know nothing of each other. */
export const freshPrefix = (): string => `test:${process.pid}:${Date.now()}:${++prefixes}:`;

export interface TestLink {
  readonly link: RedisLink;
  readonly names: RedisNames;
  readonly counters: RedisCounters;
}

/** Of one server, of a store with the secret `secret`. */
export async function openTestLink(
  prefix: string,
  url = process.env.REVERIE_TEST_REDIS ?? '',
  secret = 'a secret of one store',
): Promise<TestLink> {
  // Longer than in the product: a machine that runs tests may stand still for a moment.
  const link = await RedisLink.open({ url, prefix, timeoutMs: 5_000 });
  const names = new RedisNames(prefix);
  names.unlock(Buffer.from(secret));
  return { link, names, counters: new RedisCounters(link, names) };
}

/** Removes what was kept under a prefix. */
export async function removeAll({ link }: TestLink, prefix: string): Promise<void> {
  const keys = await link.run((redis) => redis.sendCommand(['KEYS', `${prefix}*`]));
  if (!Array.isArray(keys) || keys.length === 0) return;
  await link.run((redis) => redis.sendCommand(['DEL', ...keys.map(String)]));
}
