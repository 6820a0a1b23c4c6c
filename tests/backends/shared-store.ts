/** A store that servers share: of the backend that is tested, PostgreSQL where none is named. */
import {
  makeTestTable,
  missing as missingTable,
} from '../../packages/server/src/backends/dynamodb/test-table.ts';
import {
  makeTestCollection,
  missing as missingCollection,
} from '../../packages/server/src/backends/mongodb/test-collection.ts';
import {
  makeTestDatabase,
  missing as missingDatabase,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import type { SharedStore } from './replica-rules.ts';

interface KnownStore {
  readonly name: string;
  /** Why there is none here. */
  readonly missing: string | undefined;
  readonly make: () => Promise<SharedStore>;
}

const postgres: KnownStore = {
  name: 'postgres',
  missing: missingDatabase,
  make: async () => {
    const { url, remove } = await makeTestDatabase();
    return { settings: { REVERIE_RECORDS: 'postgres', REVERIE_POSTGRES_URL: url }, remove };
  },
};

/** Each can be run by several servers at once. */
const known: readonly KnownStore[] = [
  postgres,
  { name: 'dynamodb', missing: missingTable, make: async () => makeTestTable() },
  { name: 'mongodb', missing: missingCollection, make: async () => makeTestCollection() },
];

export const sharedStore: KnownStore =
  known.find(({ name }) => name === process.env.REVERIE_TEST_BACKEND) ?? postgres;
