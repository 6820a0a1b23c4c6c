/** How sure a fact is by what speaks for it and against it. */
import type { PlannedAction } from '../../../../domain/dream.ts';
import { dayOf } from '../../alone.ts';
import { type ClaimGroup, compareClaims, conflictsIn } from '../../claims.ts';
import { refOf } from '../../references.ts';
import { saidAlike } from '../../said-alike.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { shareMin } from './chains.ts';

/** What a fact that was said once deserves, before anything is known of it. */
const saidOnce = 0.8;
/** In log-odds: each doubling of the voices for it, each one against it, and silence. */
const perDoubling = 0.5;
const perDenial = 1.4;
const forSilence = 0.5;
const denialsMax = 3;
const confidenceMin = 0.05;
const confidenceMax = 0.98;
/** Smaller changes are no news. */
const stepMin = 0.05;
const dayMs = 86_400_000;
const oldDays = 180;
/** Memories that an action names beside its fact, the newest. */
const namedMax = 30;

export interface Evidence {
  /** Occasions on which another one, or the same one on another day, has said it too. */
  readonly voices: number;
  /** Memories that contradict it. */
  readonly denials: number;
  /** Old, and never recalled by anybody. */
  readonly isSilent: boolean;
}

/**
 * The confidence that the evidence gives, whatever it is now; undefined where there is none. The
 * log-odds of 0.8, plus 0.5 for each doubling of the voices, minus 1.4 for each of at most three
 * denials, minus 0.5 for silence.
 */
export function weigh({ voices, denials, isSilent }: Evidence): Weight | undefined {
  const shift =
    perDoubling * Math.log2(1 + voices) -
    perDenial * Math.min(denials, denialsMax) -
    (isSilent ? forSilence : 0);
  if (shift === 0) return undefined;
  const odds = Math.log(saidOnce / (1 - saidOnce)) + shift;
  const share = 1 / (1 + Math.exp(-odds));
  const bounded = Math.min(confidenceMax, Math.max(confidenceMin, share));
  return { confidence: Math.round(100 * bounded) / 100, speaksFor: shift > 0 };
}

interface Weight {
  readonly confidence: number;
  readonly speaksFor: boolean;
}

/**
 * Evidence for a fact never lowers it, evidence against it never raises it: after a change the same
 * evidence changes nothing.
 */
export async function weighFacts(
  { memories, now }: DreamSnapshot,
  groups: readonly ClaimGroup[],
  tools: DreamTools,
): Promise<PlannedAction[]> {
  const found = new Map<string, Found>();
  const of = ({ id }: DreamMemory): Found => {
    const known = found.get(id) ?? { voices: new Set(), denials: new Set() };
    found.set(id, known);
    return known;
  };
  for (const group of groups) {
    await tools.breathe();
    addClaims(group, of);
  }
  await addRepetitions(memories, of, tools);
  addLinks(memories, of);
  // Where nothing was ever recalled, recalls are not counted yet.
  const isCounted = memories.some((memory) => tools.recallsOf(memory) > 0);
  const actions: PlannedAction[] = [];
  for (const memory of memories) {
    await tools.breathe();
    if (memory.kind !== 'fact' || memory.isEcho) continue;
    const { voices, denials } = of(memory);
    for (const denial of denials) voices.delete(denial);
    const isOld = now - memory.createdAt > oldDays * dayMs && !memory.pinned;
    const isSilent = isCounted && isOld && tools.recallsOf(memory) === 0;
    const action = actionFor(memory, [...voices], [...denials], isSilent);
    if (action) actions.push(action);
  }
  return actions;
}

interface Found {
  readonly voices: Set<DreamMemory>;
  readonly denials: Set<DreamMemory>;
}

function addClaims(group: ClaimGroup, of: (memory: DreamMemory) => Found): void {
  const facts = group.filter(({ memory, share }) => memory.kind === 'fact' && share >= shareMin);
  for (const fact of facts) {
    for (const claim of group) {
      if (claim.memory === fact.memory || claim.isDenied !== fact.isDenied) continue;
      const relation = compareClaims(fact, claim);
      const isSaid = relation === 'same' || (fact.isSingle && relation === 'wider');
      if (isSaid) of(fact.memory).voices.add(claim.memory);
    }
  }
  for (const { older, newer } of conflictsIn(group)) {
    if (facts.includes(older)) of(older.memory).denials.add(newer.memory);
  }
}

async function addRepetitions(
  memories: readonly DreamMemory[],
  of: (memory: DreamMemory) => Found,
  tools: DreamTools,
): Promise<void> {
  const told = memories.filter(({ isEcho, terms }) => !isEcho && terms.size > 1);
  for (const [place, other] of await saidAlike(told, tools)) {
    const [a, b] = [told[place], told[other]];
    if (!a || !b) continue;
    of(a).voices.add(b);
    of(b).voices.add(a);
  }
}

/** Somebody, or an earlier dream, has found a contradiction. */
function addLinks(memories: readonly DreamMemory[], of: (memory: DreamMemory) => Found): void {
  const byId = new Map(memories.map((memory) => [memory.id, memory]));
  for (const memory of memories) {
    if (memory.isEcho) continue;
    for (const { type, id } of memory.links) {
      const target = type === 'contradicts' ? byId.get(id) : undefined;
      if (target) of(target).denials.add(memory);
    }
  }
}

function actionFor(
  fact: DreamMemory,
  voices: readonly DreamMemory[],
  denials: readonly DreamMemory[],
  isSilent: boolean,
): PlannedAction | undefined {
  const own = occasionOf(fact);
  const occasions = new Set(voices.map(occasionOf).filter((occasion) => occasion !== own));
  const isQuiet = isSilent && occasions.size === 0;
  const weight = weigh({ voices: occasions.size, denials: denials.length, isSilent: isQuiet });
  if (weight === undefined) return undefined;
  const { confidence, speaksFor } = weight;
  const step = speaksFor ? confidence - fact.confidence : fact.confidence - confidence;
  if (step < stepMin) return undefined;
  const others = [...voices, ...denials].sort((a, b) => b.occurredAt - a.occurredAt);
  return {
    strategy: 'evolve',
    reason: `Said again ${occasions.size} times, contradicted ${denials.length} times${
      isQuiet ? `, and never recalled since ${dayOf(fact.createdAt)}` : ''
    }: confidence ${fact.confidence} becomes ${confidence}.`,
    confidence: denials.length > 0 ? 0.8 : 0.9,
    sources: [fact, ...others.slice(0, namedMax)].map(refOf),
    update: [{ memory: refOf(fact), columns: { confidence } }],
  };
}

/** One who says it twice on a day has said it once. */
const occasionOf = ({ speaker, occurredAt }: DreamMemory): string =>
  `${speaker ?? ''} ${dayOf(occurredAt)}`;
