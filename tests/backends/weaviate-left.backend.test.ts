import { randomBytes } from 'node:crypto';
import { clear } from '../../packages/server/src/backends/vector-service/service-rules.ts';
import { WeaviateService } from '../../packages/server/src/backends/weaviate/weaviate-service.ts';
import { runLeftRules } from './left-system.ts';

const url = process.env.WEAVIATE_URL ?? '';

runLeftRules('Weaviate', {
  missing:
    url === '' ? (process.env.REVERIE_TEST_WEAVIATE_MISSING ?? 'no WEAVIATE_URL') : undefined,
  words: /Weaviate at .* under Left/,
  open: async () => {
    const className = `Left${randomBytes(4).toString('hex')}`;
    return {
      env: {
        REVERIE_VECTORS: 'weaviate',
        REVERIE_WEAVIATE_URL: url,
        REVERIE_WEAVIATE_CLASS: className,
      },
      remove: () => clear(new WeaviateService({ url, className, timeoutMs: 60_000 })),
    };
  },
});
