/** Facts without a key of which a newer fact says everything, in the same words or in others. */
import type { PlannedAction } from '../../../../domain/dream.ts';
import { contentTerms } from '../../../../text/content-terms.ts';
import { denies, type Said, saidBy, saysTheSame } from '../../../../text/same-words.ts';
import { dayOf } from '../../alone.ts';
import { type Claim, type ClaimGroup, compareClaims } from '../../claims.ts';
import { refOf } from '../../references.ts';
import { states } from '../../states.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';

/** A statement that is less of its fact than this leaves something of the fact untold. */
export const shareMin = 0.6;

export async function findChains(
  memories: readonly DreamMemory[],
  groups: readonly ClaimGroup[],
  tools: DreamTools,
): Promise<PlannedAction[]> {
  const chains = new Map<string, PlannedAction>();
  const add = (older: DreamMemory, newer: DreamMemory, how: string, confidence: number): void => {
    const [day, later] = [older, newer].map(({ occurredAt }) => dayOf(occurredAt));
    const reason = `The fact of ${later} ${how} that of ${day}.`;
    chains.set(older.id, chainOf(older, newer, reason, confidence));
  };
  for (const group of groups) {
    await tools.breathe();
    for (const [older, newer] of restated(group)) {
      const isSame = older.normal === newer.normal;
      const how = isSame ? 'says in its words what was in' : 'says the same more exactly as';
      add(older.memory, newer.memory, how, isSame ? 0.95 : 0.9);
    }
  }
  for (const [older, newer] of await contained(memories, tools)) {
    const isSame = saysTheSame(saidBy(older.text), saidBy(newer.text));
    if (!chains.has(older.id)) add(older, newer, 'says all of', isSame ? 0.95 : 0.85);
  }
  return [...chains.values()];
}

export function chainOf(
  older: DreamMemory,
  newer: DreamMemory,
  reason: string,
  confidence: number,
): PlannedAction {
  return {
    strategy: 'evolve',
    ...{ reason, confidence },
    sources: [refOf(older), refOf(newer)],
    supersede: [{ memory: refOf(older), by: refOf(newer) }],
  };
}

/** May give way: a fact under a key has its own chain, and what is pinned is somebody's choice. */
export const mayGive = ({ kind, key, pinned, isEcho }: DreamMemory): boolean =>
  kind === 'fact' && key === undefined && !pinned && !isEcho;

export const isLater = (older: DreamMemory, newer: DreamMemory): boolean =>
  newer.occurredAt > older.occurredAt ||
  (newer.occurredAt === older.occurredAt && newer.ordinal > older.ordinal);

/** What holds for another time is another fact. */
const isOfOneTime = (a: DreamMemory, b: DreamMemory): boolean =>
  a.validTo === b.validTo && (b.validFrom === null || a.validFrom === b.validFrom);

/** Each older claim of a fact with the newest fact that states as much of the same. */
function restated(group: ClaimGroup): [Claim, Claim][] {
  const facts = group.filter(({ memory, share }) => memory.kind === 'fact' && share >= shareMin);
  const found: [Claim, Claim][] = [];
  for (const older of facts) {
    if (!mayGive(older.memory)) continue;
    const newer = facts.findLast((one) => isLater(older.memory, one.memory) && says(one, older));
    if (newer) found.push([older, newer]);
  }
  return found;
}

function says(newer: Claim, older: Claim): boolean {
  if (newer.isDenied !== older.isDenied || !isOfOneTime(older.memory, newer.memory)) return false;
  const relation = compareClaims(older, newer);
  if (relation !== 'same' && !(relation === 'wider' && older.isSingle)) return false;
  // "Ann lives in Bern with two cats" says more than where she lives.
  const stated = contentTerms(older.said);
  return [...older.memory.terms.keys()].every(
    (term) => stated.has(term) || newer.memory.terms.has(term),
  );
}

/** Facts that share a word, at most: it joins the wrong ones otherwise. */
const havingMax = 40;
const wordsMin = 3;
/** In a far longer text the words stand by chance. */
const longestShare = 2.5;
/** Behind these a text takes back a part of what the shorter one says. */
const limiting = new Set(
  (
    'only if unless except until till but or was were used formerly stopped quit said means nur ' +
    'außer wenn oder'
  ).split(' '),
);

/** Each older fact with the newest one that has all of its words, in their order. */
async function contained(
  memories: readonly DreamMemory[],
  tools: DreamTools,
): Promise<[DreamMemory, DreamMemory][]> {
  const facts = memories.filter((memory) => memory.kind === 'fact' && states(memory));
  const having = new Map<string, DreamMemory[]>();
  for (const fact of facts) {
    await tools.breathe();
    for (const term of fact.terms.keys()) {
      const list = having.get(term);
      if (list) list.push(fact);
      else having.set(term, [fact]);
    }
  }
  const found: [DreamMemory, DreamMemory][] = [];
  for (const older of facts) {
    await tools.breathe();
    const lists = [...older.terms.keys()].map((term) => having.get(term) ?? []);
    const rarest = lists.reduce<DreamMemory[]>(
      (best, list) => (best.length === 0 || list.length < best.length ? list : best),
      [],
    );
    if (!mayGive(older) || rarest.length > havingMax) continue;
    const newer = rarest.findLast(
      (one) => one !== older && isLater(older, one) && holds(one, older),
    );
    if (newer) found.push([older, newer]);
  }
  return found;
}

function holds(newer: DreamMemory, older: DreamMemory): boolean {
  if (newer.speaker !== older.speaker || !isOfOneTime(older, newer)) return false;
  const [all, part] = [saidBy(newer.text), saidBy(older.text)];
  if (part.length < wordsMin || all.length > longestShare * part.length) return false;
  const rest = beside(all, part);
  if (rest === undefined || splitsName(newer.text, new Set(part))) return false;
  if (isOfAnother(newer.text, older.text)) return false;
  return !denies(rest) && !rest.some((word) => limiting.has(word));
}

const verbs = new Set(
  'is are was were has have had does do can will ist sind hat est es'.split(' '),
);
const determiners = new Set(
  'the a an my our his her their its all der die das le la el'.split(' '),
);

/** "The oven door is broken" is not of the oven: what is added stands before the verb. */
function isOfAnother(text: string, older: string): boolean {
  const [words, shorter] = [plainWords(text), plainWords(older)];
  const known = shorter.findIndex((word) => verbs.has(word));
  const second = shorter.findIndex((_, i) => i > 0 && !determiners.has(shorter[i - 1] ?? ''));
  const verb = known > 0 ? known : second;
  const subject = shorter.slice(0, verb).filter((word) => !determiners.has(word));
  const end = words.indexOf(shorter[verb] ?? '');
  const longer = words.slice(0, end).filter((word) => !determiners.has(word));
  return end > 0 && longer.join(' ') !== subject.join(' ');
}

const plainWords = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’]*/gu) ?? [];

/** "Leo Vey has a boat" may be of another Leo than "Leo has a boat". */
function splitsName(text: string, words: ReadonlySet<string>): boolean {
  const names = text.match(/\p{Lu}[\p{L}\p{M}]+(?: \p{Lu}[\p{L}\p{M}]+)+/gu) ?? [];
  return names.some((name) => {
    const known = name.split(' ').map((word) => words.has(word.toLowerCase()));
    return known.includes(true) && known.includes(false);
  });
}

/** The words of a text beside those of another that stand in it in their order. */
function beside(all: Said, part: Said): string[] | undefined {
  const rest: string[] = [];
  let next = 0;
  for (const word of all) {
    if (word === part[next]) next += 1;
    else rest.push(word);
  }
  return next === part.length ? rest : undefined;
}
