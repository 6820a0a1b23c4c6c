/** Reasons that were told before: "because the kitchen was flooded". English. */

import { contentTerms } from '../../../../text/content-terms.ts';
import { asks, states } from '../../../../text/stating.ts';
import { type Evidence, isoDay } from '../../evidence.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { type Association, rareMax } from './association.ts';

const reasonWords = 'because(?: of)?|due to|thanks to|as a result of|caused by|on account of';
const reasonIn = new RegExp(`\\b(?:${reasonWords})\\s+([^.!?;\\n]{6,120})`, 'giu');
/** How much of the reason's weight the earlier memory must have said. */
const coverMin = 0.5;
const sharedMin = 2;

export async function findCauses(evidence: Evidence, tools: DreamTools): Promise<Association[]> {
  const { memories } = evidence;
  const found: Association[] = [];
  for (const [place, effect] of memories.entries()) {
    for (const [, reason] of effect.text.matchAll(reasonIn)) {
      await tools.breathe();
      const cause = reason && causeOf(evidence, place, contentTerms(reason));
      if (!cause || asks(effect.text)) continue;
      found.push({
        ...{ from: cause.memory, type: 'causes', to: effect },
        reason:
          `"${reason.trim()}" is given as a reason on ${isoDay(effect.occurredAt)}, ` +
          `and was told on ${isoDay(cause.memory.occurredAt)}.`,
        confidence: Math.min(0.95, 0.5 + cause.cover / 2),
      });
    }
  }
  return found;
}

/** The earlier memory that says most of the reason. */
function causeOf(
  { memories, rarity, having, areNear }: Evidence,
  place: number,
  terms: ReadonlyMap<string, number>,
): { memory: DreamMemory; cover: number } | undefined {
  const effect = memories[place];
  let all = 0;
  const covered = new Map<number, { weight: number; shared: number }>();
  for (const term of terms.keys()) {
    all += rarity(term);
    const places = having(term);
    if (places.length > 2 * rareMax(memories.length)) continue;
    for (const other of places) {
      if (other >= place) break;
      const { weight, shared } = covered.get(other) ?? { weight: 0, shared: 0 };
      covered.set(other, { weight: weight + rarity(term), shared: shared + 1 });
    }
  }
  let best: { memory: DreamMemory; cover: number } | undefined;
  for (const [other, { weight, shared }] of covered) {
    const memory = memories[other];
    const cover = weight / all;
    if (memory === undefined || effect === undefined || shared < sharedMin) continue;
    if (cover < coverMin || cover <= (best?.cover ?? 0)) continue;
    if (areNear(memory, effect) || !states(memory.text)) continue;
    best = { memory, cover };
  }
  return best;
}
