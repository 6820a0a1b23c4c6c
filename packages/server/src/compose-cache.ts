/** Settings become what servers share beside the store: counters, and vectors of questions. */
import type { Logger } from 'pino';
import { inspectRedisServer, type RedisCheck } from './backends/redis/doctor.ts';
import { RedisCounters } from './backends/redis/redis-counters.ts';
import { RedisLink } from './backends/redis/redis-link.ts';
import { RedisNames } from './backends/redis/redis-names.ts';
import { RedisVectors } from './backends/redis/redis-vectors.ts';
import type { Settings } from './config/settings.ts';
import type { SharedCounters } from './ports/shared-counters.ts';
import type { SharedVectors } from './ports/shared-vectors.ts';

export interface Cache {
  readonly counters: SharedCounters;
  /** Absent where none are to be kept. */
  readonly vectors: SharedVectors | undefined;
  /** With the secret of the store; nothing is shared before. */
  unlock(secret: Uint8Array): void;
  close(): void;
}

const hourMs = 3_600_000;

/** Undefined where none is set. Throws setting_invalid for one that will never do. */
export async function openCache(settings: Settings, log: Logger): Promise<Cache | undefined> {
  const options = redisOf(settings);
  if (options === undefined) return undefined;
  const link = await RedisLink.open({
    ...options,
    onAway: (reason) => {
      log.warn({ reason }, 'Redis does not answer: this server counts by itself until it does.');
    },
    onBack: () => log.info('Redis answers: servers count together again.'),
  });
  const names = new RedisNames(options.prefix);
  const keptMs = settings.redisVectorHours * hourMs;
  return {
    counters: new RedisCounters(link, names),
    vectors: keptMs > 0 ? new RedisVectors(link, names, keptMs) : undefined,
    unlock: (secret) => names.unlock(secret),
    close: () => link.close(),
  };
}

/** Nothing where none is set. */
export async function inspectCache(settings: Settings): Promise<RedisCheck[]> {
  const options = redisOf(settings);
  return options ? inspectRedisServer(options) : [];
}

function redisOf({ redisUrl: url, redisPrefix: prefix, redisTimeoutMs: timeoutMs }: Settings) {
  return url === undefined ? undefined : { url, prefix, timeoutMs };
}
