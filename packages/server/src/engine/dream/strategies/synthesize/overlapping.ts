/** Facts about the same thing, each of which says something that the others do not. */

import { contentTerms } from '../../../../text/content-terms.ts';
import { foldTerm } from '../../../../text/fold.ts';
import { nearlySays } from '../../../../text/near-words.ts';
import { denies, type Said, saidBy } from '../../../../text/same-words.ts';
import { stopMask } from '../../../../text/stop-words.ts';
import { aloneText, spanOf } from '../../alone.ts';
import { compareClaims, readClaims } from '../../claims.ts';
import { aboutOf } from '../../references.ts';
import { states } from '../../states.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { byTime, mayBeArchived, type Synthesis, textCharsMax } from './synthesis.ts';

/** What two facts have in common of the one that tells less, by weight of their words. */
const commonMin = 0.5;
/** The same where they name somebody or something in common. */
const commonNamedMin = 0.4;
/** One common word is a common topic ("tea"), two are a common thing. */
const commonWordsMin = 2;
const membersMax = 8;
/** A word of more facts than this is the talk, not the thing. */
const havingMax = 12;
/** A longer text tells of several things; what was made before may be longer. */
const charsMax = 240;
const sentencesMax = 2;
/** What is said to somebody is talk, whatever it was stored as. */
const talk = /(?<![\p{L}'])(?:you|your|you're|let's|yeah|yep|yes|ok|okay|sure|glad)(?![\p{L}])/iu;
/** Where no spaces part the words, pairs of signs join what has nothing to do with each other. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** What two have in common of the one that tells more. */
const longerMin = 0.25;

/** What is made here is told from what `stated` makes. */
const prefix = 'facts: ';

interface Fact {
  readonly memory: DreamMemory;
  /** Of people, places and things, in the order of the text. */
  readonly names: ReadonlySet<string>;
  /** The terms of the name that comes first. */
  readonly owner: ReadonlySet<string>;
  /** The terms of all names. */
  readonly named: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly said: Said;
  readonly topics: readonly string[];
  readonly weight: number;
  readonly isDenied: boolean;
  /** It tells what happened: two such facts are two events, however alike. */
  readonly isEvent: boolean;
}

export async function overlappingFacts(
  snapshot: DreamSnapshot,
  tools: DreamTools,
): Promise<Synthesis[]> {
  const made = snapshot.derived.filter((memory) => aboutOf(memory)?.startsWith(prefix));
  const told = snapshot.memories.filter(
    (memory) => memory.kind === 'fact' && memory.terms.size > 1 && isOneStatement(memory),
  );
  const isName = await namesAmong(snapshot.memories, tools);
  const facts: Fact[] = [];
  for (const memory of [...told, ...made]) {
    facts.push(factOf(memory, isName, tools));
    await tools.breathe();
  }
  const excluded = await contradicting(facts, tools);
  const groups: Fact[][] = [];
  const taken = new Set<Fact>();
  const having = await factsByTopic(facts, tools);
  // From the one that tells most, so that nothing drifts from neighbour to neighbour.
  for (const seed of facts.toSorted((a, b) => b.weight - a.weight)) {
    await tools.breathe();
    if (taken.has(seed)) continue;
    const near = candidatesOf(seed, having).filter(
      (other) =>
        !taken.has(other) && overlaps(seed, other, having, tools) && !excluded(seed, other),
    );
    if (near.length === 0) continue;
    const group = [seed, ...near.slice(0, membersMax - 1)];
    for (const fact of group) taken.add(fact);
    groups.push(group);
  }
  const used = new Set<string>();
  const found: Synthesis[] = [];
  for (const group of groups) {
    await tools.breathe();
    const synthesis = synthesisOf(group, used);
    if (synthesis) found.push(synthesis);
  }
  return found;
}

function isOneStatement(memory: DreamMemory): boolean {
  const { text } = memory;
  const ends = text.match(/[.!?。！？]+(?=\s|$)/gu) ?? [];
  if (text.length > charsMax || ends.length > sentencesMax) return false;
  return states(memory) && !talk.test(text) && !unspaced.test(text);
}

function factOf(memory: DreamMemory, isName: IsName, tools: DreamTools): Fact {
  const topics = [...memory.terms.keys()];
  const weight = topics.reduce((sum, term) => sum + weightOf(term, tools), 0);
  const numbers = new Set(memory.text.match(/\p{N}+(?:[.,:/-]\p{N}+)*/gu) ?? []);
  const names = new Set(memory.text.match(capitalised)?.map(foldTerm).filter(isName));
  const said = saidBy(memory.text);
  const isDenied = denies(said);
  const owner = ownerOf(memory.text, names);
  const named = new Set(contentTerms([...names].join(' ')).keys());
  const isEvent = event.test(memory.text);
  return { memory, names, owner, named, numbers, said, topics, weight, isDenied, isEvent };
}

/** English past tenses. */
const pastVerbs =
  'won|went|saw|gave|got|took|made|bought|felt|met|ran|came|found|told|taught|was|were|had|did';
const event = new RegExp(
  `(?<![\\p{L}'])(?:(?!need|feed|speed|seed|indeed)\\p{L}{2,}ed|${pastVerbs})(?![\\p{L}'])`,
  'u',
);

type IsName = (folded: string) => boolean;
const capitalised = /\p{Lu}[\p{L}\p{M}]+/gu;

/** What is written with a capital, and never without one. */
async function namesAmong(memories: readonly DreamMemory[], tools: DreamTools): Promise<IsName> {
  const plain = new Set<string>();
  for (const { text } of memories) {
    await tools.breathe();
    for (const word of text.match(/(?<![\p{L}\p{M}])\p{Ll}[\p{L}\p{M}]*/gu) ?? []) {
      plain.add(foldTerm(word));
    }
  }
  return (folded) => !plain.has(folded) && stopMask(folded) === 0;
}

function ownerOf(text: string, names: ReadonlySet<string>): Set<string> {
  const runs = text.match(/\p{Lu}[\p{L}\p{M}]+(?: \p{Lu}[\p{L}\p{M}]+)*/gu) ?? [];
  const first = runs.find((run) => run.split(' ').some((word) => names.has(foldTerm(word))));
  return new Set(contentTerms(first ?? '').keys());
}

const weightOf = (term: string, tools: DreamTools): number => Math.max(1, tools.wordWeight(term));

async function factsByTopic(facts: readonly Fact[], tools: DreamTools): Promise<Having> {
  const having = new Map<string, Fact[]>();
  for (const fact of facts) {
    await tools.breathe();
    for (const topic of fact.topics) {
      const list = having.get(topic);
      if (list) list.push(fact);
      else having.set(topic, [fact]);
    }
  }
  return having;
}

type Having = ReadonlyMap<string, readonly Fact[]>;

function candidatesOf(seed: Fact, having: Having): Fact[] {
  const found = new Map<Fact, number>();
  for (const topic of seed.topics) {
    const list = having.get(topic) ?? [];
    if (list.length > havingMax) continue;
    for (const fact of list) found.set(fact, (found.get(fact) ?? 0) + 1);
  }
  found.delete(seed);
  return [...found.keys()].sort((a, b) => a.memory.ordinal - b.memory.ordinal);
}

/** About the same: the same people, no other numbers, no denial of it, and enough in common. */
function overlaps(a: Fact, b: Fact, having: Having, tools: DreamTools): boolean {
  if (a.isDenied !== b.isDenied || a.memory.validTo !== b.memory.validTo) return false;
  if (!isPartOf(a.names, b.names) || !isPartOf(a.numbers, b.numbers)) return false;
  const other = new Set(b.topics);
  const common = a.topics.filter((topic) => other.has(topic));
  // Whose it is, and who else is named, tells not yet what it is.
  if (common.every((topic) => a.named.has(topic))) return false;
  const isRare = (topic: string): boolean => (having.get(topic)?.length ?? 0) <= havingMax;
  const telling = common.filter((topic) => !a.owner.has(topic) && isRare(topic));
  if (telling.length < commonWordsMin) return false;
  if (a.isEvent && b.isEvent) return false;
  if (isOneOther(a.said, b.said) || !isOfOneVoice(a.memory, b.memory)) return false;
  const min = [...a.names].some((name) => b.names.has(name)) ? commonNamedMin : commonMin;
  const weight = common.reduce((sum, term) => sum + weightOf(term, tools), 0);
  const [shorter, longer] = [a.weight, b.weight].sort((one, other) => one - other);
  return weight >= min * (shorter ?? 0) && weight >= longerMin * (longer ?? 0);
}

/** "Visited the castle in Ghent" and "visited the museum in Ghent" are two things. */
function isOneOther(a: Said, b: Said): boolean {
  return a.length === b.length && a.filter((word, i) => word !== b[i]).length <= 1;
}

/** What a dream made has no speaker any more. */
function isOfOneVoice(a: DreamMemory, b: DreamMemory): boolean {
  return a.kind === 'derived' || b.kind === 'derived' || a.speaker === b.speaker;
}

function isPartOf(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  return [...few].every((one) => many.has(one));
}

/** Whether two facts state different values of the same. */
async function contradicting(
  facts: readonly Fact[],
  tools: DreamTools,
): Promise<(a: Fact, b: Fact) => boolean> {
  const pairs = new Set<string>();
  const memories = facts.map(({ memory }) => memory);
  for (const group of await readClaims(memories, () => tools.breathe())) {
    await tools.breathe();
    if (group[0]?.isSingle !== true) continue;
    for (const [place, a] of group.entries()) {
      for (const b of group.slice(place + 1)) {
        const relation = compareClaims(a, b);
        const isSame = relation === 'same' || relation === 'wider' || relation === 'narrower';
        if (!isSame) pairs.add(`${a.memory.id} ${b.memory.id}`);
      }
    }
  }
  return ({ memory: a }, { memory: b }) =>
    pairs.has(`${a.id} ${b.id}`) || pairs.has(`${b.id} ${a.id}`);
}

function synthesisOf(group: readonly Fact[], used: Set<string>): Synthesis | undefined {
  const [seed, ...others] = group;
  if (seed === undefined) return undefined;
  const { text, members } = mergedText(seed, others);
  // One of them says all of it: nothing is to be merged.
  if (members.length < 2) return undefined;
  const former = group.find(({ memory }) => memory.kind === 'derived')?.memory;
  const about = (former && aboutOf(former)) ?? newAbout(group, used);
  used.add(about);
  const sources = byTime(members.map(({ memory }) => memory));
  const common = seed.topics.filter((topic) =>
    members.every(({ topics }) => topics.includes(topic)),
  );
  const shared = common.length === 0 ? seed.topics.slice(0, 3) : common.slice(0, 4);
  const words = asWritten(shared, seed.memory.text);
  return {
    ...{ text, about, sources },
    reason:
      `${members.length} facts of ${spanOf(sources)} overlap in "${words}", ` +
      'and each says something that the others do not.',
    confidence: 0.75,
    archive: sources.filter(mayBeArchived),
    times: sources.length,
  };
}

/** Terms are stems: the reader gets the words. */
function asWritten(terms: readonly string[], text: string): string {
  const words = text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return terms.map((term) => words.find((word) => contentTerms(word).has(term)) ?? term).join(', ');
}

/** Sentences that add nothing to those before are left out; who adds none is no member. */
function mergedText(seed: Fact, others: readonly Fact[]): { text: string; members: Fact[] } {
  const said = [aloneText(seed.memory)];
  const known = new Set(seed.memory.terms.keys());
  const members = [seed];
  let isRicher = false;
  for (const fact of others) {
    const text = aloneText(fact.memory);
    const adds = [...fact.memory.terms.keys()].some((term) => !known.has(term));
    const isNear = said.some((one) => nearlySays(saidBy(one), saidBy(text)));
    if (adds && !isNear) {
      if (`${said.join(' ')} ${text}`.length > textCharsMax) continue;
      said.push(text);
      isRicher = true;
      for (const term of fact.memory.terms.keys()) known.add(term);
    }
    // What only says it in other words is told by it, as long as none of its words is lost.
    if (!adds || !isNear) members.push(fact);
  }
  return { text: said.map(ended).join(' '), members: isRicher ? members : [seed] };
}

const ended = (text: string): string => (/[.!?。！？"]$/u.test(text) ? text : `${text}.`);

/** The words that all have in common, by which nothing else is called. */
function newAbout(group: readonly Fact[], used: ReadonlySet<string>): string {
  const [seed] = group;
  const shared = (seed?.topics ?? []).filter((topic) =>
    group.every(({ topics }) => topics.includes(topic)),
  );
  const about = (shared.length > 0 ? shared : (seed?.topics ?? [])).slice(0, 4);
  const name = `${prefix}${about.join(', ')}`;
  return used.has(name) ? `${name} (${seed?.memory.id})` : name;
}
