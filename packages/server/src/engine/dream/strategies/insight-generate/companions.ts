/** Topics that come and go together, week by week, though they are not told together. */
import { dayMs } from '../../../../text/time-range.ts';
import { binomialTail } from '../../../../util/binomial-tail.ts';
import type { Evidence } from '../../evidence.ts';
import { wordsOfNames } from '../../names.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { timeWords } from '../../themes.ts';
import { wordFor } from '../../word-for.ts';
import { extent, type Insight, quoted } from './insight.ts';

interface Topic {
  readonly term: string;
  readonly word: string;
  readonly memories: readonly DreamMemory[];
  readonly weeks: ReadonlySet<number>;
}

const weeksMin = 4;
/** A topic of more weeks than that is always there. */
const weeksShareMax = 0.5;
/** Of the weeks of the rarer one, those in which both come. */
const commonMin = 0.7;
const weightMin = 6;
const topicsMax = 150;
/** What comes within so long is one talk, or a sequence, which `pattern_extract` tells. */
const besideMs = dayMs;
const besideMax = 0.2;
/** Chance that any of all pairs is no more than chance. */
const falseMax = 0.01;

const weekOf = ({ occurredAt }: DreamMemory): number => Math.floor((occurredAt / dayMs + 3) / 7);

export async function findCompanions(evidence: Evidence, tools: DreamTools): Promise<Insight[]> {
  const weeks = new Set(evidence.memories.map(weekOf)).size;
  const topics = await topicsIn(evidence, weeks, tools);
  const pairs = (topics.length * (topics.length - 1)) / 2;
  const found: (Insight & { readonly pair: readonly [Topic, Topic] })[] = [];
  for (const [i, one] of topics.entries()) {
    await tools.breathe();
    for (const other of topics.slice(i + 1)) {
      const common = [...one.weeks].filter((week) => other.weeks.has(week)).length;
      const least = Math.min(one.weeks.size, other.weeks.size);
      if (common < weeksMin || common < commonMin * least) continue;
      const [rare, often] = one.weeks.size <= other.weeks.size ? [one, other] : [other, one];
      const chance = binomialTail(common, rare.weeks.size, often.weeks.size / weeks) * pairs;
      if (chance > falseMax || besideEachOther(rare, often) > besideMax) continue;
      found.push({ ...insightOf(rare, often, { common, weeks }), pair: [rare, often] });
    }
  }
  return distinct(found.sort((a, b) => b.surprise - a.surprise));
}

async function topicsIn(
  { memories, having, terms }: Evidence,
  weeks: number,
  tools: DreamTools,
): Promise<Topic[]> {
  const names = await wordsOfNames(memories, tools);
  const topics: Topic[] = [];
  for (const term of terms) {
    const places = having(term);
    if (places.length < weeksMin || timeWords.has(term) || !/\p{L}{2}/u.test(term)) continue;
    await tools.breathe();
    const of = places.flatMap((place) => memories[place] ?? []);
    const own = new Set(of.map(weekOf));
    if (own.size < weeksMin || own.size > weeksShareMax * weeks) continue;
    const word = wordFor(term, of);
    const weight = Math.min(tools.wordWeight(word), tools.wordWeight(term));
    if (names.has(word) || weight < weightMin) continue;
    topics.push({ term, word, memories: of, weeks: own });
  }
  return topics.sort((a, b) => b.weeks.size - a.weeks.size).slice(0, topicsMax);
}

/** Of the rarer one's memories, those within a day of which the other topic comes too. */
function besideEachOther(rare: Topic, often: Topic): number {
  const beside = rare.memories.filter((memory) =>
    often.memories.some((other) => Math.abs(other.occurredAt - memory.occurredAt) <= besideMs),
  );
  return beside.length / rare.memories.length;
}

function insightOf(
  rare: Topic,
  often: Topic,
  { common, weeks }: { common: number; weeks: number },
): Insight {
  const inBoth = (week: number): boolean => rare.weeks.has(week) && often.weeks.has(week);
  const [side, otherSide] = [rare, often].map(({ memories }) =>
    memories.filter((memory) => inBoth(weekOf(memory))),
  );
  const [one, other] = [side ?? [], otherSide ?? []];
  const last = [one, other].flatMap((memories) => memories.at(-1) ?? []);
  return {
    kind: 'together',
    subject: `together:${[rare.term, often.term].sort().join(':')}`,
    labels: [rare.word, often.word],
    value:
      `"${rare.word}" and "${often.word}" come in the same weeks, though hardly ever within ` +
      `a day: ${common} of the ${rare.weeks.size} weeks with "${rare.word}" (${extent(one)}) ` +
      `also have ` +
      `"${often.word}" (${extent(other)}). Last: ${last.map(quoted).join(' and ')}.`,
    reason:
      `"${often.word}" comes in ${often.weeks.size} of ${weeks} weeks, ` +
      `and in ${common} of the ${rare.weeks.size} with "${rare.word}".`,
    confidence: Math.min(0.85, 0.5 + (0.35 * common) / rare.weeks.size),
    surprise: Math.log(weeks / often.weeks.size) * Math.sqrt(common) * 0.3,
    sides: [one, other],
  };
}

/** Of two words of one topic the first one stands for both. */
function distinct(found: readonly (Insight & { pair: readonly [Topic, Topic] })[]): Insight[] {
  const kept: (typeof found)[number][] = [];
  for (const one of found) {
    const isSaid = kept.some(({ pair }) =>
      [one.pair, one.pair.toReversed()].some(
        ([a, b]) => a && b && overlap(a, pair[0]) > 0.5 && overlap(b, pair[1]) > 0.5,
      ),
    );
    if (!isSaid) kept.push(one);
  }
  return kept.map(({ pair: _, ...insight }) => insight);
}

function overlap(a: Topic, b: Topic): number {
  const common = a.memories.filter((memory) => b.memories.includes(memory)).length;
  return common / Math.min(a.memories.length, b.memories.length);
}
