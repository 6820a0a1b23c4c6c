/** Facts in wholly other words, which a language model knows again. */
import { z } from 'zod';
import type { PlannedAction } from '../../../../domain/dream.ts';
import { dayOf } from '../../alone.ts';
import { nearGroups } from '../../near-groups.ts';
import { renderMemories } from '../../render-memories.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { tellingOf } from '../../telling-words.ts';
import { chainOf, isLater, mayGive } from './chains.ts';

const answerSchema = z.object({
  versions: z.array(z.object({ older: z.string(), newer: z.string() })),
});

/** Groups that are asked about at most, the largest first. */
const groupsMax = 40;
/** Names and numbers are compared; what else is lost, only the model has judged. */
const confidence = 0.75;

export async function askForChains(
  memories: readonly DreamMemory[],
  known: readonly PlannedAction[],
  tools: DreamTools,
): Promise<PlannedAction[]> {
  if (tools.generate === undefined) return [];
  const replaced = new Set(
    known.flatMap(({ supersede = [] }) => supersede.map((one) => one.memory.id)),
  );
  const facts = memories.filter(({ id, kind }) => kind === 'fact' && !replaced.has(id));
  const groups = await nearGroups(facts, tools);
  if (groups.length > groupsMax) {
    tools.note(`Only the ${groupsMax} largest of ${groups.length} groups were read by the model.`);
  }
  const found: PlannedAction[] = [];
  for (const group of groups.slice(0, groupsMax)) {
    const values = { memories: renderMemories(group) };
    const answer = await tools.generate('evolve', values, answerSchema);
    if (!answer.ok) {
      tools.note(`Newer versions were looked for without the model: ${answer.reason}.`);
      return found;
    }
    for (const { older, newer } of answer.value.versions) {
      const [first, second] = [older, newer].map((id) => group.find((one) => one.id === id));
      if (!first || !second || !isVersion(first, second)) {
        tools.note('The model named a newer version that was not shown, or that says less.');
      } else if (!replaced.has(first.id)) {
        replaced.add(first.id);
        const [day, later] = [first, second].map(({ occurredAt }) => dayOf(occurredAt));
        const reason = `The model finds all of the fact of ${day} in that of ${later}.`;
        found.push(chainOf(first, second, reason, confidence));
      }
    }
  }
  return found;
}

function isVersion(older: DreamMemory, newer: DreamMemory): boolean {
  const said = newer.text.toLowerCase();
  return (
    mayGive(older) &&
    isLater(older, newer) &&
    tellingOf(older.text).every((word) => said.includes(word))
  );
}
