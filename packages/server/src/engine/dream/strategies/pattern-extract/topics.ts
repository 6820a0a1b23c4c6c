/** What is talked of on many days: words that are rare elsewhere, in talks of their own. */
import { contentWords } from '../../../../text/content-terms.ts';
import { dayMs } from '../../../../text/time-range.ts';
import { binomialTail } from '../../../../util/binomial-tail.ts';
import { isOfAnyDay } from '../../doings.ts';
import type { Evidence } from '../../evidence.ts';
import { wordsOfNames } from '../../names.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { timeWords } from '../../themes.ts';
import { wordFor } from '../../word-for.ts';
import type { Finding } from './finding.ts';
import { stateTopic } from './state-findings.ts';

const memoriesMin = 8;
const daysMin = 6;
/** Of all memories. */
const shareMin = 0.015;
/** In nats: "pottery" has 9.4, "running" 6.2, "people" 4.6 in the builtin table. */
const weightMin = 6.5;
/** With so many memories in common two words are one topic. */
const overlapMax = 0.4;
/** In talk of so many turns a day ... */
const talkTurns = 6;
/** ... a topic fills talks, while a way of speaking is scattered over all of them. */
const clumpedMin = 1.25;
/** Words that would be among the topics by chance. */
const falseMax = 0.05;

/** Ways of speaking, stemmed: how people answer, greet, praise and comfort. English. */
const manner = new Set(
  (
    'wow yeah yes hey hello hi thanks congrats awesome amazing cool great nice glad happy sad ' +
    'proud ' +
    'tough hard special positive appreciate remind inspiring motivated determined impact ' +
    'difference express share support believe feel totally absolutely definitely haha lol okay ' +
    'sorry wonderful incredible fantastic excited exciting grateful thankful pretty super stuff ' +
    'enjoy love happen hope wish guess bit sounds reminder inspire moment memory memories ' +
    'everyone everybody favorite fun cute joy lucky blast peace focus growing improve accept ' +
    'connection visit plan follow keep start reach learn goal idea'
  )
    .split(' ')
    .flatMap((word) => contentWords(word).map(({ term }) => term)),
);

interface TopicRequest {
  readonly evidence: Evidence;
  /** What is said already. */
  readonly findings: readonly Finding[];
}

interface Topic {
  readonly term: string;
  readonly word: string;
  readonly memories: readonly DreamMemory[];
  readonly strength: number;
}

/** The strongest first. */
export async function findTopics(request: TopicRequest, tools: DreamTools): Promise<Finding[]> {
  const { evidence, findings } = request;
  const candidates = await candidatesIn(evidence, tools);
  const said = findings.map(({ memories }) => new Set(memories));
  const topics: Finding[] = [];
  for (const { term, word, memories } of candidates) {
    await tools.breathe();
    if (said.some((others) => shareIn(memories, others) > overlapMax)) continue;
    said.push(new Set(memories));
    topics.push(stateTopic(term, word, memories));
  }
  return topics;
}

async function candidatesIn(evidence: Evidence, tools: DreamTools): Promise<Topic[]> {
  const { memories, having, terms } = evidence;
  const names = await wordsOfNames(memories, tools);
  const volumes = [...volumesOf(memories).values()];
  const isTalk = memories.length >= talkTurns * volumes.length;
  const isUsual = usualCounts(evidence, tools);
  const found: Topic[] = [];
  for (const term of terms) {
    const places = having(term);
    if (places.length < Math.max(memoriesMin, shareMin * memories.length)) continue;
    await tools.breathe();
    if (!mayBeTopic(term) || isUsual(places.length)) continue;
    const of = places.flatMap((place) => memories[place] ?? []);
    if (isTemplate(of)) continue;
    const days = volumesOf(of).size;
    const clumped = expectedDays(volumes, memories.length, of.length) / days;
    if (days < daysMin || (isTalk && clumped < clumpedMin)) continue;
    const word = wordFor(term, of);
    // Of "likes" and "like" the commoner one tells how common it is.
    const weight = Math.min(tools.wordWeight(word), tools.wordWeight(term));
    if (names.has(word) || weight < weightMin) continue;
    found.push({ term, word, memories: of, strength: days * weight * Math.min(2, clumped) });
  }
  return found.sort((a, b) => b.strength - a.strength);
}

function mayBeTopic(term: string): boolean {
  return (
    !manner.has(term) &&
    !isOfAnyDay(term) &&
    !timeWords.has(term) &&
    term.length > 2 &&
    /\p{L}/u.test(term)
  );
}

/** Whether a rare word would come so often anyway, were all of them as frequent as each other. */
function usualCounts({ terms, having }: Evidence, tools: DreamTools): (count: number) => boolean {
  const counts = terms
    .filter((term) => mayBeTopic(term) && tools.wordWeight(term) >= weightMin)
    .map((term) => having(term).length)
    .filter((count) => count > 1);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return (count) => binomialTail(count, all, 1 / counts.length) * counts.length > falseMax;
}

/** Of memories, so many may begin and end alike before they are one form that is filled in. */
const alikeMax = 0.5;

/** "I had onion soup for lunch", "I had pea soup for lunch", or the same again and again. */
function isTemplate(memories: readonly DreamMemory[]): boolean {
  const counts = new Map<string, number>();
  const texts = new Set<string>();
  for (const { text } of memories) {
    const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
    texts.add(words.join(' '));
    const frame = [...words.slice(0, 2), '…', ...words.slice(-1)].join(' ');
    counts.set(frame, (counts.get(frame) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return Math.max(most, memories.length - texts.size) > alikeMax * memories.length;
}

/** Memories on each day. */
function volumesOf(memories: readonly DreamMemory[]): Map<number, number> {
  const volumes = new Map<number, number>();
  for (const { occurredAt } of memories) {
    const day = Math.floor(occurredAt / dayMs);
    volumes.set(day, (volumes.get(day) ?? 0) + 1);
  }
  return volumes;
}

/** Days on which so many memories would be, were they scattered over all. */
function expectedDays(volumes: readonly number[], all: number, count: number): number {
  return volumes.reduce((sum, volume) => sum + 1 - (1 - volume / all) ** count, 0);
}

function shareIn(memories: readonly DreamMemory[], others: ReadonlySet<DreamMemory>): number {
  return memories.filter((memory) => others.has(memory)).length / memories.length;
}
