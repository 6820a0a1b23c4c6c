import { makeTestTable, missing } from '../../packages/server/src/backends/dynamodb/test-table.ts';
import { runMigration } from './migrate-rules.ts';

runMigration({
  name: 'dynamodb',
  missing,
  makeTable: makeTestTable,
  addressOf: (name) => `dynamodb://${name}`,
});
