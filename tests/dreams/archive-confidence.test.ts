/** What puts memories out of plain search waits for a reader: `auto_apply` begins at 0.9. */
import { expect, test } from 'vitest';
import { plantedCases } from '../../bench/src/dreams/planted/all-cases.ts';
import { allStrategies } from '../../packages/server/src/engine/dream/strategies/all-strategies.ts';
import { planPlanted } from './planted-score.ts';
import { budget, offlineTools } from './snapshot-of.ts';

test.each(plantedCases.map((planted) => [planted.strategy, planted] as const))(
  'nothing is archived unread in what is planted for %s',
  async (_id, planted) => {
    const { snapshot } = await planPlanted({ id: 'validate', plan: async () => [] }, planted, 10);
    for (const strategy of allStrategies) {
      const actions = await strategy.plan(snapshot, { budget }, offlineTools());
      const sure = actions.filter(({ confidence }) => confidence >= 0.9);
      expect(sure.filter(({ archive }) => archive !== undefined && archive.length > 0)).toEqual([]);
    }
  },
  120_000,
);
