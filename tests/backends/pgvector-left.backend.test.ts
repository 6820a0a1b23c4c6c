import {
  makeVectorDatabase,
  missing,
} from '../../packages/server/src/backends/pgvector/test-database.ts';
import { runLeftRules } from './left-system.ts';

runLeftRules('pgvector', {
  missing,
  words: /pgvector at /,
  open: async () => {
    const database = await makeVectorDatabase();
    return {
      env: { REVERIE_VECTORS: 'pgvector', REVERIE_PGVECTOR_URL: database.url },
      remove: () => database.remove(),
    };
  },
});
