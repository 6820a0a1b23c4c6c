import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'tests/**/*.test.ts'],
    // They need servers of others, or a minute: npm run test:backends, npm run test:image.
    exclude: [...configDefaults.exclude, '**/*.backend.test.ts', '**/*.image.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
