/** The tests that need a Kafka; `npm run test:backends` runs them. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compiled, compiledCode } from '../../compiled.ts';

export default defineConfig({
  plugins: [compiled()],
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: [
      'packages/server/src/backends/kafka/*.backend.test.ts',
      'tests/backends/kafka/*.backend.test.ts',
    ],
    globalSetup: ['scripts/build-first.mjs', 'tests/backends/kafka/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
    maxWorkers: 1,
    server: { deps: { external: compiledCode } },
  },
});
