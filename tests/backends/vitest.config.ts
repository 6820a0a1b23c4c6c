/** The tests that need a server of somebody else; `npm run test:backends` runs them. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Scenarios of HTTP that are repeated over PostgreSQL. */
const scenarios = ['memory', 'search-query', 'forget', 'idempotency', 'update', 'corrections'];
const isThere = process.env.REVERIE_TEST_RECORDS === 'postgres';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: isThere
      ? scenarios.map((name) => `tests/http/${name}.test.ts`)
      : ['packages/server/src/backends/**/*.backend.test.ts', 'tests/backends/*.backend.test.ts'],
    globalSetup: [
      'tests/backends/global-setup.ts',
      'tests/backends/pgvector-setup.ts',
      'tests/backends/service-setup.ts',
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
