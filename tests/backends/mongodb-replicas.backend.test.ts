import {
  makeTestCollection,
  missing,
} from '../../packages/server/src/backends/mongodb/test-collection.ts';
import { runReplicas } from './replica-rules.ts';

runReplicas('mongodb', missing, async () => makeTestCollection());
