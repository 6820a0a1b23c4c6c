import { randomBytes } from 'node:crypto';
import { QdrantService } from '../../packages/server/src/backends/qdrant/qdrant-service.ts';
import { clear } from '../../packages/server/src/backends/vector-service/service-rules.ts';
import { runLeftRules } from './left-system.ts';

const url = process.env.QDRANT_URL ?? '';

runLeftRules('Qdrant', {
  missing: url === '' ? (process.env.REVERIE_TEST_QDRANT_MISSING ?? 'no QDRANT_URL') : undefined,
  words: /Qdrant at .* under left/,
  open: async () => {
    const collection = `left${randomBytes(4).toString('hex')}`;
    return {
      env: {
        REVERIE_VECTORS: 'qdrant',
        REVERIE_QDRANT_URL: url,
        REVERIE_QDRANT_COLLECTION: collection,
      },
      remove: () => clear(new QdrantService({ url, collection, timeoutMs: 60_000 })),
    };
  },
});
