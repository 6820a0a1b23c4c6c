/** `evolve`: facts that newer ones say all of give way, and confidence follows the evidence. */
import type { PlannedAction } from '../../../domain/dream.ts';
import { readClaims } from '../claims.ts';
import type { Strategy } from '../strategy.ts';
import { askForChains } from './evolve/ask.ts';
import { findChains } from './evolve/chains.ts';
import { weighFacts } from './evolve/weigh-facts.ts';

export const evolve: Strategy = {
  id: 'evolve',
  async plan(snapshot, _options, tools) {
    const groups = await readClaims(snapshot.memories, () => tools.breathe());
    const chains = await findChains(snapshot.memories, groups, tools);
    const more = await askForChains(snapshot.memories, chains, tools);
    const replaced = new Set(
      [...chains, ...more].flatMap(({ supersede = [] }) =>
        supersede.map(({ memory }) => memory.id),
      ),
    );
    const weighed = await weighFacts(snapshot, groups, tools);
    // What is replaced needs no other confidence.
    const kept = weighed.filter(({ update = [] }: PlannedAction) =>
      update.every(({ memory }) => !replaced.has(memory.id)),
    );
    return [...chains, ...more, ...kept];
  },
};
