import { makeTestTable, missing } from '../../packages/server/src/backends/dynamodb/test-table.ts';
import { runReplicas } from './replica-rules.ts';

runReplicas('dynamodb', missing, async () => makeTestTable());
