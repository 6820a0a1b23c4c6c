/** What a strategy finds of what was planted, over several seeds together. */
import type { PlantedCase } from '../../bench/src/dreams/planted-case.ts';
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import type { DreamTools, Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { budget, offlineTools, snapshotOf } from './snapshot-of.ts';

/** Rules were tuned on seeds below ten: the sentences are the same, the draws are not. */
export const unseenSeeds = [10, 11, 12, 13];

export async function planPlanted(
  strategy: Strategy,
  planted: PlantedCase,
  seed: number,
  tools: DreamTools = offlineTools(),
) {
  const made = await planted.make(seed);
  const snapshot = await snapshotOf(made.memories);
  const actions = await strategy.plan(snapshot, { budget }, tools);
  return { made, snapshot, actions };
}

export async function scorePlanted(
  strategy: Strategy,
  planted: PlantedCase,
  seeds: readonly number[] = unseenSeeds,
): Promise<{ precision: number; recall: number; memories: number }> {
  let [expected, found, right, memories] = [0, 0, 0, 0];
  for (const seed of seeds) {
    const { made, actions } = await planPlanted(strategy, planted, seed);
    const score = made.score(actions);
    expected += score.expected;
    found += score.found;
    right += score.right;
    memories += made.memories.length;
  }
  return { precision: right / found, recall: right / expected, memories };
}

/** Every action names sources it has read, and says why. */
export function isWellFormed({ reason, confidence, sources, add }: PlannedAction): boolean {
  return (
    reason.length > 10 &&
    confidence > 0 &&
    confidence <= 1 &&
    sources.length > 0 &&
    new Set(sources.map(({ id }) => id)).size === sources.length &&
    (add === undefined || (add.value.length <= 2_000 && add.subject !== ''))
  );
}
