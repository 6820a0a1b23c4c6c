/** Names that stand in two talks which have nothing else to do with each other. */
import { contentTerms } from '../../../../text/content-terms.ts';
import type { Evidence } from '../../evidence.ts';
import { type NamedThing, namesIn } from '../../names.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { timeWords } from '../../themes.ts';
import { wordFor } from '../../word-for.ts';
import { extent, type Insight, quoted } from './insight.ts';

const namingMin = 5;
/** A name in more of all memories is part of everything. */
const namingShareMax = 0.06;
const namingMax = 40;
/** Names that are looked at, those in most memories first. */
const namesMax = 40;
const sideMin = 2;
/** Mean cosine of the texts without the name: within a side at least, and between them at most. */
const withinMin = 0.22;
const betweenMax = 0.12;
const sameMin = 0.9;
const labelWords = 2;

interface Side {
  readonly memories: readonly DreamMemory[];
  readonly within: number;
}

export async function findSharedNames(evidence: Evidence, tools: DreamTools): Promise<Insight[]> {
  const most = Math.min(namingMax, Math.max(10, namingShareMax * evidence.memories.length));
  const all = await namesIn(evidence.memories, tools);
  const names = all
    .filter(({ memories }) => memories.length >= namingMin && memories.length <= most)
    .toSorted((a, b) => b.memories.length - a.memories.length)
    .slice(0, namesMax);
  const vectors = await vectorsAround(names, tools);
  if (vectors === undefined) {
    tools.note('no embedder answers, so names are not looked at');
    return [];
  }
  const found: Insight[] = [];
  for (const [i, name] of names.entries()) {
    await tools.breathe();
    const insight = insightOf(name, vectors[i] ?? [], evidence, tools);
    if (insight !== undefined) found.push(insight);
  }
  return found;
}

/** Texts that are embedded at once. */
const batchMax = 128;

/** Of each name the vectors of what is said around it; undefined without an embedder. */
async function vectorsAround(
  names: readonly NamedThing[],
  tools: DreamTools,
): Promise<Float32Array[][] | undefined> {
  const texts = names.flatMap((name) => name.memories.map((one) => withoutName(one, name)));
  const vectors: Float32Array[] = [];
  for (let first = 0; first < texts.length; first += batchMax) {
    await tools.breathe();
    const some = await tools.embed(texts.slice(first, first + batchMax));
    if (some === undefined) return undefined;
    vectors.push(...some);
  }
  let end = 0;
  return names.map(({ memories }) => {
    const start = end;
    end += memories.length;
    return vectors.slice(start, end);
  });
}

/** What is said around it: the name itself would make all of them alike. */
function withoutName({ text, entities }: DreamMemory, { normal }: NamedThing): string {
  let rest = '';
  let end = 0;
  for (const one of entities.filter((entity) => entity.normal === normal)) {
    rest += text.slice(end, one.start);
    end = one.end;
  }
  return rest + text.slice(end);
}

function insightOf(
  { normal, text, memories }: NamedThing,
  vectors: readonly Float32Array[],
  evidence: Evidence,
  tools: DreamTools,
): Insight | undefined {
  const cosines = vectors.map((one) => vectors.map((other) => cosine(one, other)));
  const alike = (a: number, b: number): number => cosines[a]?.[b] ?? 0;
  const groups = grouped(firstTold(memories.length, alike), alike).filter(
    (group) => group.length >= sideMin,
  );
  const best = clearestPair(groups, alike);
  if (best === undefined) return undefined;
  const sides = best.groups.map((group): Side => {
    const of = group.flatMap((place) => memories[place] ?? []);
    return { memories: of, within: meanWithin(group, alike) };
  });
  const [one, other] = sides;
  if (one === undefined || other === undefined) return undefined;
  const about = [one, other].map((side) => labelOf(side, { normal, sides }, evidence, tools));
  const last = [one, other].flatMap((side) => side.memories.at(-1) ?? []);
  const rarity = Math.log(evidence.memories.length / memories.length);
  const gap = (one.within + other.within) / 2 - best.between;
  return {
    kind: 'shared',
    subject: `shared:${normal}`,
    labels: [text],
    value:
      `${text} appears both in what is told about ${about[0]} (${extent(one.memories)}) ` +
      `and about ${about[1]} (${extent(other.memories)}). ` +
      `For example: ${last.map(quoted).join(' and ')}.`,
    reason:
      `Without the name the two sides have nothing in common ` +
      `(likeness ${best.between.toFixed(2)}, ` +
      `within them ${one.within.toFixed(2)} and ${other.within.toFixed(2)}).`,
    confidence: Math.min(0.9, 0.6 + gap / 2),
    surprise: rarity * gap * Math.sqrt(Math.min(one.memories.length, other.memories.length)),
    sides: [one.memories, other.memories],
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

type Alike = (a: number, b: number) => number;

/** What says the same again makes no talk of its own. */
function firstTold(count: number, alike: Alike): number[] {
  const firsts: number[] = [];
  for (let place = 0; place < count; place += 1) {
    if (firsts.every((first) => alike(first, place) < sameMin)) firsts.push(place);
  }
  return firsts;
}

/** Joins the two most alike groups, by their mean, until none are alike enough. Cubic: few. */
function grouped(places: readonly number[], alike: Alike): number[][] {
  const groups = places.map((place) => [place]);
  for (;;) {
    let best = { at: -1, with: -1, mean: withinMin };
    for (const [i, group] of groups.entries()) {
      for (let j = i + 1; j < groups.length; j += 1) {
        const mean = meanBetween(group, groups[j] ?? [], alike);
        if (mean > best.mean) best = { at: i, with: j, mean };
      }
    }
    if (best.at < 0) return groups;
    const [joined = []] = groups.splice(best.with, 1);
    groups[best.at] = [...(groups[best.at] ?? []), ...joined].sort((a, b) => a - b);
  }
}

function meanBetween(a: readonly number[], b: readonly number[], alike: Alike): number {
  let sum = 0;
  for (const one of a) for (const other of b) sum += alike(one, other);
  return sum / (a.length * b.length);
}

function meanWithin(group: readonly number[], alike: Alike): number {
  const pairs = group.flatMap((one, i) => group.slice(i + 1).map((other) => alike(one, other)));
  return pairs.reduce((sum, one) => sum + one, 0) / Math.max(1, pairs.length);
}

/** The two with the most memories that are far enough from each other. */
function clearestPair(
  groups: readonly number[][],
  alike: Alike,
): { groups: readonly [number[], number[]]; between: number } | undefined {
  let best: { groups: readonly [number[], number[]]; between: number; size: number } | undefined;
  for (const [i, one] of groups.entries()) {
    for (const other of groups.slice(i + 1)) {
      const between = meanBetween(one, other, alike);
      const size = Math.min(one.length, other.length) + (one.length + other.length) / 100;
      if (between > betweenMax || size <= (best?.size ?? 0)) continue;
      best = { groups: [one, other], between, size };
    }
  }
  return best;
}

/** The words that tell this side from the other one. */
function labelOf(
  side: Side,
  { normal, sides }: { normal: string; sides: readonly Side[] },
  { rarity }: Evidence,
  tools: DreamTools,
): string {
  const own = contentTerms(normal);
  const others = new Set(
    sides.filter((one) => one !== side).flatMap(({ memories }) => memories.flatMap(termsOf)),
  );
  const counts = new Map<string, number>();
  for (const memory of side.memories) {
    for (const term of termsOf(memory)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const strength = ([term, count]: readonly [string, number]): number =>
    count * Math.min(tools.wordWeight(term), rarity(term) + 2);
  return [...counts]
    .filter(([term]) => !own.has(term) && !others.has(term) && !timeWords.has(term))
    .filter(([term]) => /\p{L}{3}|[^\p{ASCII}]/u.test(term))
    .sort((a, b) => strength(b) - strength(a))
    .slice(0, labelWords)
    .map(([term]) =>
      wordFor(
        term,
        side.memories.filter(({ terms }) => terms.has(term)),
      ),
    )
    .join(', ');
}

const termsOf = ({ terms }: DreamMemory): string[] => [...terms.keys()];
