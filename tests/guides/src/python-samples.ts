/**
 * The Python samples of both guides as tests, outside vitest because they need Python and its
 * package index. Called by scripts/test-guides.mjs with the Python that has the clients.
 */
import { runSample } from './run-sample.ts';
import { withServices } from './with-services.ts';

interface Case {
  readonly sample: string;
  /** The last line that the guide says the sample prints. */
  readonly prints: string;
}

const cases: readonly Case[] = [
  { sample: 'replicate-guide.py', prints: 'You mentioned you work primarily in Figma.' },
  {
    sample: 'mistral-guide.py',
    prints: "You're using PostgreSQL as part of your Axum + PostgreSQL + HTMX stack.",
  },
];

const python = process.argv[2] ?? 'python3';
let failed = 0;
for (const { sample, prints } of cases) {
  try {
    const printed = await withServices(({ server, models }) =>
      runSample({ sample, server, models: models.url, python }),
    );
    const last = printed.trimEnd().split('\n').at(-1);
    if (last !== prints) throw new Error(`printed "${last}", not "${prints}"`);
    console.log(`ok      ${sample}: ${last}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${sample}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
