/** Memories that take up again what was told before. The words that say so are English. */

import { asks } from '../../../../text/stating.ts';
import type { Evidence } from '../../evidence.ts';
import { isoDay } from '../../evidence.ts';
import { wordsAlike } from '../../similar.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { type Association, rareMax } from './association.ts';

/** What people say when they go on with something. */
const takesUp = new RegExp(
  [
    '\\b(?:as|like|that|which|who|what) (?:i|we) (?:told|mentioned|said|talked)\\b',
    '\\bi (?:told you about|mentioned|was telling)\\b',
    '\\b(?:remember|recall) (?:when|the|that|those|my|our|how|i|we)\\b',
    '\\b(?:update|follow-?up|news) (?:on|about|from)\\b',
    '\\bfollowing up\\b|\\bback to the\\b|\\bsince then\\b|\\bin the end\\b|\\bturns? out\\b',
    '\\bturned out\\b|\\bended up\\b|\\bfinally\\b|\\bat last\\b|\\beventually\\b',
  ].join('|'),
  'iu',
);
/** Of the words' own weight, as a cosine. */
const alikeMin = 0.3;
/** Nearly the same words say the same again; that is for other strategies. */
const alikeMax = 0.95;
const sharedMin = 2;
/** In nats, of one of them: "talk" and "hour" join nothing. */
const weightMin = 6.5;

/** Each with the one before it that it has most in common with. */
export async function findContinued(evidence: Evidence, tools: DreamTools): Promise<Association[]> {
  const { memories } = evidence;
  const found: Association[] = [];
  for (const [place, from] of memories.entries()) {
    if (!takesUp.test(from.text) || asks(from.text)) continue;
    await tools.breathe();
    const best = bestBefore(evidence, place, tools);
    if (best === undefined) continue;
    const { memory: to, alike, words } = best;
    found.push({
      ...{ from, type: 'continues', to },
      reason:
        `Takes up what was told on ${isoDay(to.occurredAt)}: ` +
        `both have ${words.map((word) => `"${word}"`).join(', ')}.`,
      confidence: Math.min(0.95, 0.6 + alike / 2),
    });
  }
  return found;
}

function bestBefore(
  { memories, rarity, having, areNear }: Evidence,
  place: number,
  tools: DreamTools,
): { memory: DreamMemory; alike: number; words: string[] } | undefined {
  const from = memories[place];
  if (from === undefined) return undefined;
  const shared = new Map<number, string[]>();
  for (const term of from.terms.keys()) {
    const places = having(term);
    if (places.length > rareMax(memories.length)) continue;
    for (const other of places) {
      if (other >= place) break;
      const words = shared.get(other);
      if (words) words.push(term);
      else shared.set(other, [term]);
    }
  }
  let best: { memory: DreamMemory; alike: number; words: string[] } | undefined;
  for (const [other, words] of shared) {
    const memory = memories[other];
    if (memory === undefined || words.length < sharedMin) continue;
    if (areNear(memory, from) || asks(memory.text)) continue;
    if (!words.some((word) => tools.wordWeight(word) >= weightMin)) continue;
    const alike = wordsAlike(memory.terms, from.terms, rarity);
    if (alike < alikeMin || alike > alikeMax || alike <= (best?.alike ?? 0)) continue;
    best = { memory, alike, words };
  }
  return best;
}
