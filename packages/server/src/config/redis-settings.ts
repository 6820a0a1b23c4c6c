/** What the server reads about Redis: rows of the table of settings. */
import { z } from 'zod';
import { define, integer } from './setting.ts';

export const redisSettings = {
  redisUrl: define({
    env: 'REVERIE_REDIS_URL',
    schema: z.string().regex(/^rediss?:\/\/\S+$/, 'an address like redis:// is needed'),
    form: 'url',
    secret: true,
    doc:
      'A Redis in which several servers count rates and quotas together, as ' +
      'redis://user:password@host:6379/0, or rediss:// for TLS. See docs/guides/redis.md.',
  }),
  redisPrefix: define({
    env: 'REVERIE_REDIS_PREFIX',
    schema: z.string().regex(/^[\x21-\x7e]{1,64}$/, '1 to 64 visible characters are needed'),
    default: 'reverie:',
    form: 'text',
    doc: 'How every key in Redis begins.',
  }),
  redisTimeoutMs: define({
    env: 'REVERIE_REDIS_TIMEOUT_MS',
    schema: integer(10, 10_000),
    default: '200',
    form: 'number',
    doc: 'How long an answer of Redis may take; after that a server counts by itself for a while.',
  }),
  redisVectorHours: define({
    env: 'REVERIE_REDIS_VECTOR_HOURS',
    schema: integer(0, 8_760),
    default: '24',
    form: 'number',
    doc:
      'How long Redis keeps the vector of a question that a remote embedder was asked for; 0: ' +
      'not at all.',
  }),
} as const;
