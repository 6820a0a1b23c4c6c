import {
  makeTestDatabase,
  missing,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import { runReplicas } from './replica-rules.ts';

runReplicas('postgres', missing, async () => {
  const { url, remove } = await makeTestDatabase();
  return { settings: { REVERIE_RECORDS: 'postgres', REVERIE_POSTGRES_URL: url }, remove };
});
