/** Looks at a Redis, whether servers count in it or not. */
import { MemoryError } from '../../domain/errors.ts';
import { RedisLink, type RedisLinkOptions } from './redis-link.ts';

export interface RedisCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectRedisServer(
  options: Pick<RedisLinkOptions, 'url' | 'prefix' | 'timeoutMs'>,
): Promise<RedisCheck[]> {
  const name = 'redis';
  let link: RedisLink | undefined;
  let reason = '';
  const onAway = (why: string) => {
    reason = why;
  };
  try {
    link = await RedisLink.open({ ...options, onAway });
    const start = performance.now();
    await link.run((redis) => redis.sendCommand(['PING']));
    const tookMs = (performance.now() - start).toFixed(1);
    const detail = `version ${link.version}, answered in ${tookMs} ms`;
    const away = `${reason}; each server counts by itself until it answers`;
    return [{ name, ok: link.answers, detail: link.answers ? detail : away }];
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name, ok: false, detail: `${error.code}: ${error.message}` }];
  } finally {
    link?.close();
  }
}
