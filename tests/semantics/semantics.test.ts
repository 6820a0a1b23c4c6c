/**
 * Random sequences of stores, patches, forgets, expiries, restarts and evictions mean the same on
 * every backend as in a simple model: `npm test` runs a thousand on each, `npm run soak` ten
 * thousand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { Agreement } from './agree.ts';
import { sequences } from './steps.ts';
import { World } from './world.ts';

const numRuns = Number(process.env.SEMANTICS_RUNS ?? 400);

describe.each(['sqlite', 'ephemeral'] as const)('%s', (name) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(name);
  });
  afterAll(() => world.close());

  test(`${numRuns} random sequences agree with the model`, { timeout: numRuns * 600 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        run += 1;
        await new Agreement(world, parseNamespace(`run ${run}`)).run(steps);
      }),
      { numRuns },
    );
  });
});
