/** Episodes that belong together: pieces of a thread by topic, others by meaning and time. */
import { meaningAlike, wordsAlike } from '../../similar.ts';
import type { DreamMemory } from '../../strategy.ts';
import { compressLimits } from './compress-limits.ts';

export interface Clustering {
  readonly memories: readonly DreamMemory[];
  /** In nats, of a stemmed word. */
  readonly rarity: (term: string) => number;
  readonly breathe: () => Promise<void>;
}

export interface Cluster {
  /** In the order in which they happened. */
  readonly members: readonly DreamMemory[];
  /** Whether they are turns of one thread. */
  readonly isThread: boolean;
}

/** In the order of their first members; what belongs to nothing is in none. */
export async function findClusters(clustering: Clustering): Promise<Cluster[]> {
  const threads = new Map<string, DreamMemory[]>();
  const loose: DreamMemory[] = [];
  for (const memory of clustering.memories) {
    if (memory.key === undefined) loose.push(memory);
    else if (!threads.get(memory.key)?.push(memory)) threads.set(memory.key, [memory]);
  }
  const found: Cluster[] = [];
  for (const turns of threads.values()) {
    for (const sitting of sittingsOf(turns)) {
      if (sitting.length < 2) loose.push(...sitting);
      else found.push(...(await byTopic(sitting, clustering)));
    }
  }
  found.push(...(await byMeaning(loose.sort(byTime), clustering)));
  return found.sort(({ members: [a] }, { members: [b] }) => (a && b ? byTime(a, b) : 0));
}

const byTime = (a: DreamMemory, b: DreamMemory): number =>
  a.occurredAt - b.occurredAt || a.ordinal - b.ordinal;

/** A thread, cut where nothing was said for long. */
function sittingsOf(turns: readonly DreamMemory[]): DreamMemory[][] {
  const sittings: DreamMemory[][] = [];
  let last: DreamMemory | undefined;
  for (const turn of turns) {
    const goesOn = last && turn.occurredAt - last.occurredAt <= compressLimits.pauseMs;
    if (goesOn) sittings.at(-1)?.push(turn);
    else sittings.push([turn]);
    last = turn;
  }
  return sittings;
}

/** Turns on either side of a border that are compared. */
const sideTurns = 3;
/** How much the likeness of both sides of a border matters beside the size of the pieces. */
const borderWeight = 3;
/** What a piece costs for each turn that it is off the wanted size, squared. */
const sizeCost = 0.005;
/** What it costs to part a question from its answer. */
const questionCost = 0.1;
/** What a piece costs that has few turns and few words, or far too many words. */
const oddCost = 1;

/**
 * The cut of a sitting into pieces that costs least: a border is a gain where what is said before
 * and after is less alike than elsewhere in the sitting. Without that comparison the sizes alone
 * count: on planted talks 0.55 instead of 0.86 of the summaries were of one topic.
 */
async function byTopic(
  turns: readonly DreamMemory[],
  { rarity, breathe }: Clustering,
): Promise<Cluster[]> {
  const count = turns.length;
  const borders: number[] = [0];
  const tokens: number[] = [0];
  for (const [at, turn] of turns.entries()) {
    await breathe();
    if (at > 0) borders.push(borderCost(turns, at, rarity));
    tokens.push((tokens[at] ?? 0) + turn.tokens);
  }
  // Against the others of the sitting: below the mean a border is a gain.
  const usual = borders.reduce((sum, cost) => sum + cost, 0) / Math.max(1, count - 1);
  const best = new Array<number>(count + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Array<number>(count + 1).fill(0);
  best[0] = 0;
  for (let end = 2; end <= count; end += 1) {
    for (let size = 2; size <= Math.min(compressLimits.turnsMax, end); size += 1) {
      const start = end - size;
      const own = pieceCost(size, (tokens[end] ?? 0) - (tokens[start] ?? 0));
      const cost = (best[start] ?? 0) + (start > 0 ? (borders[start] ?? 0) - usual : 0) + own;
      if (cost >= (best[end] ?? 0)) continue;
      best[end] = cost;
      from[end] = start;
    }
  }
  const pieces: Cluster[] = [];
  for (let end = count; end > 0; end = from[end] ?? 0) {
    pieces.push({ members: turns.slice(from[end], end), isThread: true });
  }
  return pieces;
}

function pieceCost(size: number, tokens: number): number {
  const { turnsMin, turnsWanted, clusterTokensMax } = compressLimits;
  const isSmall = size < turnsMin && tokens < clusterTokensMax / 2;
  const over = Math.max(0, tokens / clusterTokensMax - 1);
  return sizeCost * (size - turnsWanted) ** 2 + oddCost * ((isSmall ? 1 : 0) + over);
}

function borderCost(
  turns: readonly DreamMemory[],
  at: number,
  rarity: (term: string) => number,
): number {
  const before = centreOf(turns.slice(Math.max(0, at - sideTurns), at));
  const after = centreOf(turns.slice(at, at + sideTurns));
  const alike = (meaningAlike(before, after) + wordsAlike(before.terms, after.terms, rarity)) / 2;
  return borderWeight * alike + (/[?？؟]\W*$/u.test(turns[at - 1]?.text ?? '') ? questionCost : 0);
}

type Centre = Pick<DreamMemory, 'vector' | 'terms'>;

function centreOf(memories: readonly DreamMemory[]): Centre {
  const terms = new Map<string, number>();
  let sum: Float32Array | undefined;
  for (const { terms: own, vector } of memories) {
    for (const [term, count] of own) terms.set(term, (terms.get(term) ?? 0) + count);
    if (!vector) continue;
    sum ??= new Float32Array(vector.length);
    for (let i = 0; i < vector.length; i += 1) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  }
  const length = Math.sqrt(sum?.reduce((all, value) => all + value * value, 0) ?? 0);
  return { terms, vector: length > 0 ? sum?.map((value) => value / length) : undefined };
}

interface OpenCluster {
  readonly members: DreamMemory[];
  centre: Centre;
}

/** Each joins the open cluster that it is most like; those that stay small are none. */
async function byMeaning(
  memories: readonly DreamMemory[],
  { rarity, breathe }: Clustering,
): Promise<Cluster[]> {
  const { alikeMin, looseMs, looseMin, turnsMax, openMax } = compressLimits;
  const all: OpenCluster[] = [];
  let open: OpenCluster[] = [];
  for (const memory of memories) {
    await breathe();
    open = open.filter(({ members }) => {
      const last = members.at(-1)?.occurredAt ?? 0;
      return members.length < turnsMax && memory.occurredAt - last <= looseMs;
    });
    let best: OpenCluster | undefined;
    let most: number = alikeMin;
    for (const one of open) {
      const alike = alikeWith(memory, one.centre, most, rarity);
      if (alike >= most) [best, most] = [one, alike];
    }
    if (best) {
      best.members.push(memory);
      best.centre = centreOf(best.members);
    } else {
      const own = { members: [memory], centre: centreOf([memory]) };
      all.push(own);
      open = [...open.slice(1 - openMax), own];
    }
  }
  const found = all.filter(({ members }) => members.length >= looseMin);
  return found.map(({ members }) => ({ members, isThread: false }));
}

/** Half by meaning and half by words; 0 where the one shows that the other cannot help. */
function alikeWith(
  memory: DreamMemory,
  centre: Centre,
  most: number,
  rarity: (term: string) => number,
): number {
  const hasMeaning = memory.vector !== undefined && centre.vector !== undefined;
  const meaning = meaningAlike(memory, centre);
  if (hasMeaning && meaning + wordsAtMost < 2 * most) return 0;
  const words = wordsAlike(memory.terms, centre.terms, rarity);
  return hasMeaning ? (meaning + words) / 2 : words;
}

/** Texts that are more alike by words are alike by meaning too. */
const wordsAtMost = 0.8;
