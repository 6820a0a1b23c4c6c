/** The tests that need a server of somebody else; `npm run test:backends` runs them. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compiled, compiledCode } from '../compiled.ts';

/** What is run; everything where nothing is named. */
const named = process.env.REVERIE_TEST_INCLUDE?.split(',');

export default defineConfig({
  plugins: [compiled()],
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: named ?? ['packages/**/*.backend.test.ts', 'tests/backends/*.backend.test.ts'],
    exclude: ['**/kafka/**'],
    globalSetup: [
      'scripts/build-first.mjs',
      'tests/backends/global-setup.ts',
      'tests/backends/mongodb-setup.ts',
      'tests/backends/pgvector-setup.ts',
      'tests/backends/service-setup.ts',
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
    maxWorkers: 2,
    server: { deps: { external: compiledCode } },
  },
});
