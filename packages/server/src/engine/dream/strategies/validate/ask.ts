/** Contradictions that no form of words gives away: a language model reads what is near. */
import { z } from 'zod';
import type { PlannedAction } from '../../../../domain/dream.ts';
import { nearGroups } from '../../near-groups.ts';
import { renderMemories } from '../../render-memories.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { closeOlder } from './close-older.ts';

const answerSchema = z.object({
  contradictions: z.array(
    z.object({
      older: z.string(),
      newer: z.string(),
      about: z.string().max(200),
      certain: z.boolean(),
    }),
  ),
});

/** Groups that are asked about at most, the largest first. */
const groupsMax = 40;
/** A model is never certain alone: what it finds waits for a person. */
const certain = 0.8;
const uncertain = 0.6;

export async function askForContradictions(
  { memories }: DreamSnapshot,
  known: readonly PlannedAction[],
  tools: DreamTools,
): Promise<PlannedAction[]> {
  if (tools.generate === undefined) return [];
  const groups = await nearGroups(memories, tools);
  if (groups.length > groupsMax) {
    tools.note(`Only the ${groupsMax} largest of ${groups.length} groups were read by the model.`);
  }
  const found: PlannedAction[] = [];
  const seen = new Set(known.map(({ sources }) => keyOf(sources.map(({ id }) => id))));
  for (const group of groups.slice(0, groupsMax)) {
    const values = { memories: renderMemories(group) };
    const answer = await tools.generate('validate', values, answerSchema);
    if (!answer.ok) {
      tools.note(`Contradictions were looked for without the model: ${answer.reason}.`);
      return found;
    }
    for (const one of answer.value.contradictions) {
      const action = actionFor(one, group, tools);
      if (action === undefined) continue;
      const key = keyOf(action.sources.map(({ id }) => id));
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(action);
    }
  }
  return found;
}

const keyOf = (ids: readonly string[]): string => ids.toSorted().join(' ');

type Found = z.infer<typeof answerSchema>['contradictions'][number];

function actionFor(
  { older, newer, about, certain: isCertain }: Found,
  group: readonly DreamMemory[],
  tools: DreamTools,
): PlannedAction | undefined {
  const [first, second] = [older, newer].map((id) => group.find((memory) => memory.id === id));
  if (!first || !second || first === second || first.occurredAt > second.occurredAt) {
    tools.note('The model named memories that it was not shown, or in the wrong order.');
    return undefined;
  }
  if (second.links.some(({ type, id }) => type === 'contradicts' && id === first.id)) {
    return undefined;
  }
  const confidence = isCertain ? certain : uncertain;
  const reason = `The model finds that they contradict each other: ${about}.`;
  const isWhole = isCertain && second.occurredAt > first.occurredAt;
  return closeOlder(
    { older: first, newer: second, reason, confidence },
    { isWhole, until: second.occurredAt },
  );
}
