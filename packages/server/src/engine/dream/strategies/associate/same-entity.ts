/** Memories far apart that name the same thing, which hardly any other memory names. */
import { type Evidence, isoDay } from '../../evidence.ts';
import { namesIn } from '../../names.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import type { Association } from './association.ts';

/** Memories that name it, at most: of a name that stands in more, any two have little in common. */
const namingMax = 5;
/** A name of one common word ("Orange", "Will") is as often another thing. */
const wordWeightMin = 7;

/** Each mention with the one before it. */
export async function findSameEntity(
  { memories, areNear }: Evidence,
  tools: DreamTools,
): Promise<Association[]> {
  const found: Association[] = [];
  for (const { normal, text, memories: naming } of await namesIn(memories, tools)) {
    await tools.breathe();
    const talks = apart(naming, areNear);
    if (talks.length < 2 || naming.length > namingMax || !tells(normal, tools)) continue;
    for (const [i, from] of talks.entries()) {
      const to = talks[i - 1];
      if (to === undefined) continue;
      const when = `${isoDay(to.occurredAt)} and ${isoDay(from.occurredAt)}`;
      found.push({
        ...{ from, type: 'same_entity', to },
        reason: `Both name ${text}, which ${naming.length} memories name in all: ${when}.`,
        confidence: talks.length === 2 ? 0.9 : 0.85,
      });
    }
  }
  return found;
}

/** The first of each run of neighbours: the thread joins the others to it already. */
function apart(
  naming: readonly DreamMemory[],
  areNear: (a: DreamMemory, b: DreamMemory) => boolean,
): DreamMemory[] {
  const firsts: DreamMemory[] = [];
  for (const [i, memory] of naming.entries()) {
    const before = naming[i - 1];
    if (before === undefined || !areNear(before, memory)) firsts.push(memory);
  }
  return firsts;
}

function tells(normal: string, tools: DreamTools): boolean {
  if (normal.length < 3) return false;
  return normal.includes(' ') || tools.wordWeight(normal) >= wordWeightMin;
}
