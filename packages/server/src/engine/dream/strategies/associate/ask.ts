/** Reasons, outcomes and denials that no cue word gives away: a model reads what is near. */
import { z } from 'zod';
import type { Evidence } from '../../evidence.ts';
import { nearGroups } from '../../near-groups.ts';
import { renderMemories } from '../../render-memories.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import type { Association } from './association.ts';

const answerSchema = z.object({
  links: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      type: z.enum(['causes', 'continues', 'contradicts']),
      why: z.string().max(200),
    }),
  ),
});
type Found = z.infer<typeof answerSchema>['links'][number];

/** Groups that are asked about at most, the largest first. */
const groupsMax = 40;
/** Less than what a cue word says: nothing but the model's reading stands behind it. */
const confidence = 0.7;

export async function askForAssociations(
  { memories, areNear }: Evidence,
  tools: DreamTools,
): Promise<Association[]> {
  if (tools.generate === undefined) return [];
  const groups = await nearGroups(memories, tools);
  if (groups.length > groupsMax) {
    tools.note(`Only the ${groupsMax} largest of ${groups.length} groups were read by the model.`);
  }
  const found: Association[] = [];
  for (const group of groups.slice(0, groupsMax)) {
    const answer = await tools.generate(
      'associate',
      { memories: renderMemories(group) },
      answerSchema,
    );
    if (!answer.ok) {
      tools.note(`Links were looked for without the model: ${answer.reason}.`);
      return found;
    }
    for (const one of answer.value.links) {
      const association = associationOf(one, group);
      if (association === undefined) {
        tools.note('The model named memories that it was not shown, or in the wrong order.');
      } else if (!areNear(association.from, association.to)) found.push(association);
    }
  }
  return found;
}

function associationOf(
  { from: fromId, to: toId, type, why }: Found,
  group: readonly DreamMemory[],
): Association | undefined {
  const [from, to] = [fromId, toId].map((id) => group.find((memory) => memory.id === id));
  if (!from || !to || from === to) return undefined;
  const [first, second] = type === 'causes' ? [from, to] : [to, from];
  if (first.occurredAt > second.occurredAt) return undefined;
  const reason = `The model reads: ${why.replace(/\s+/gu, ' ').trim().replace(/\.$/u, '')}.`;
  return { from, type, to, reason, confidence };
}
