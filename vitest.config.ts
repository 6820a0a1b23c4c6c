import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { compiled, compiledCode } from './tests/compiled.ts';

export default defineConfig({
  plugins: [compiled()],
  test: {
    include: ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'tests/**/*.test.ts'],
    // They need servers of others, or a minute: npm run test:backends, npm run test:image.
    exclude: [...configDefaults.exclude, '**/*.backend.test.ts', '**/*.image.test.ts'],
    globalSetup: ['scripts/build-first.mjs'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Loading the product takes longer than most files of tests, and none of them changes it.
    isolate: false,
    // Vitest leaves one core to itself, and has next to nothing to do with it.
    maxWorkers: Math.max(2, availableParallelism()),
    server: { deps: { external: compiledCode } },
  },
});
