/** Search workers over MongoDB. */
import {
  makeTestCollection,
  missing,
} from '../../packages/server/src/backends/mongodb/test-collection.ts';
import { runSearchWorkers } from './worker-rules.ts';

runSearchWorkers('MongoDB', missing, async () => makeTestCollection());
