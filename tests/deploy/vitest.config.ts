/** The image, built and run without an engine; `npm run test:image` runs it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/deploy/*.image.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
