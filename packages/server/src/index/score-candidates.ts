/** Every signal's score for every candidate, alone and in its thread window. */
import { shareSteps } from './analysis-codec.ts';
import { type Saturation, saturate } from './bm25.ts';
import type { CandidateSet } from './candidate-set.ts';
import type { Corpus } from './corpus.ts';
import { kindPlace } from './passage-flags.ts';
import type { PlannedTerm } from './planned-terms.ts';
import type { ThreadScores } from './score-threads.ts';
import type { SearchScratch } from './search-scratch.ts';
import { countTerms } from './term-counts.ts';
import { neighbourShare } from './thread-window.ts';
import type { IndexCandidates } from './types.ts';

/** Terms and entities that have a bit in the masks of matches. */
const maskBits = 32;
const noTerm = { idf: 0, place: maskBits };

export interface ScoreOptions {
  readonly words: readonly PlannedTerm[];
  readonly entities: readonly PlannedTerm[];
  /** For each of `entities` the places in `words` of what it is made of; none when unknown. */
  readonly entityWords: readonly (readonly number[])[];
  /** Field terms of who may have said it. */
  readonly speakers: readonly PlannedTerm[];
  /** For passages, and for passages with their neighbours. */
  readonly alone: Saturation;
  readonly windowed: Saturation;
  /** Weight of a neighbour's words by distance, nearest first. */
  readonly windowWeights: readonly number[];
  /** Whole threads, or null when the thread window is off. */
  readonly threads: ThreadScores | null;
  /** Whether `scratch.cosines` holds the cosines of this query. */
  readonly hasVector: boolean;
  readonly scratch: SearchScratch;
}

type Scores = Omit<
  IndexCandidates,
  'eligible' | 'termFrequencies' | 'entityFrequencies' | 'speakerFrequencies' | 'languages' | 'seq'
>;

/** Candidates ascend by ordinal and passage, so that equal indexes give equal answers. */
export function scoreCandidates(corpus: Corpus, set: CandidateSet, options: ScoreOptions): Scores {
  const { words, entities, speakers, hasVector, scratch } = options;
  const scores = emptyScores(set.count);
  const counts = countTerms(corpus, set, [...words, ...entities, ...speakers], scratch);
  const width = words.length + entities.length + speakers.length;
  const order = sortedPlaces(corpus, set);
  for (let out = 0; out < set.count; out += 1) {
    const i = order[out] ?? 0;
    const doc = set.docs[i] ?? 0;
    const { columns, base } = corpus.part(doc);
    const local = doc - base;
    scores.ordinals[out] = columns.ordinals[local] ?? 0;
    scores.passages[out] = columns.passages[local] ?? 0;
    scores.questionShare[out] = (columns.questionShares[local] ?? 0) / shareSteps;
    scores.kinds[out] = kindPlace(columns.flags[local] ?? 0);
    scores.occurredAt[out] = columns.occurredAt[local] ?? 0;
    const thread = columns.threads[local] ?? 0;
    scores.threads[out] = thread;
    if (thread !== 0) {
      scores.threadPlaces[out] = corpus.threads.all[thread]?.indexOf(doc, corpus) ?? 0;
    }
    scoreWords(corpus, set, i, counts, width, options, scores, out);
    scoreEntities(counts, i * width, options, scores, out);
    const spoken = i * width + words.length + entities.length;
    scores.spokenBy[out] = maskOf(counts, spoken, speakers);
    scores.threadText[out] = threadScore(corpus, doc, counts, i * width, options);
    if (hasVector && columns.scales[local] !== 0) {
      // The rounding of int8 leaves up to a thousandth more than 1.
      scores.vector[out] = Math.min(1, scratch.cosines[doc] ?? 0);
    }
  }
  return scores;
}

/** Leaves room for a place beside a 32-bit ordinal in a safe integer. */
const placeSpan = 2 ** 20;

/** Places of the candidates in `set.docs` by ordinal, then by passage. */
function sortedPlaces(corpus: Corpus, set: CandidateSet): Uint32Array {
  // Numbers are sorted natively; a comparison function costs several times as much.
  const keys = new Float64Array(set.count);
  for (let i = 0; i < set.count; i += 1) {
    keys[i] = corpus.ordinal(set.docs[i] ?? 0) * placeSpan + i;
  }
  keys.sort();
  const places = new Uint32Array(set.count);
  for (let i = 0; i < set.count; i += 1) places[i] = (keys[i] ?? 0) % placeSpan;
  const passage = (place: number) => corpus.passage(set.docs[place] ?? 0);
  let start = 0;
  for (let i = 1; i <= set.count; i += 1) {
    const same =
      Math.floor((keys[i] ?? -1) / placeSpan) === Math.floor((keys[start] ?? 0) / placeSpan);
    if (same) continue;
    if (i - start > 1) places.subarray(start, i).sort((a, b) => passage(a) - passage(b));
    start = i;
  }
  return places;
}

function emptyScores(count: number): Scores {
  return {
    count,
    ordinals: new Uint32Array(count),
    passages: new Uint16Array(count),
    text: new Float32Array(count),
    textWindow: new Float32Array(count),
    threadText: new Float32Array(count),
    vector: new Float32Array(count),
    entity: new Float32Array(count),
    matchedTerms: new Uint32Array(count),
    matchedEntities: new Uint32Array(count),
    spokenBy: new Uint32Array(count),
    questionShare: new Float32Array(count),
    occurredAt: new Float64Array(count),
    kinds: new Uint8Array(count),
    threads: new Uint32Array(count),
    threadPlaces: new Uint32Array(count),
  };
}

function lengthOf(corpus: Corpus, doc: number): number {
  const { columns, base } = corpus.part(doc);
  return columns.lengths[doc - base] ?? 0;
}

function scoreWords(
  corpus: Corpus,
  set: CandidateSet,
  i: number,
  counts: Float32Array,
  width: number,
  { words, alone, windowed, windowWeights, scratch }: ScoreOptions,
  scores: Scores,
  out: number,
): void {
  // Where the counts of the neighbours that exist begin, and how much they weigh.
  const { windowStarts, windowShares } = scratch;
  const reach = windowWeights.length;
  const length = lengthOf(corpus, set.docs[i] ?? 0);
  const factor = neighbourShare(length);
  let windowLength = length;
  let near = 0;
  for (let n = 0; n < set.reach; n += 1) {
    const at = set.neighbours[i * set.reach + n] ?? -1;
    if (at < 0) continue;
    const share = factor * (windowWeights[n < reach ? n : n - reach] ?? 0);
    windowLength += share * lengthOf(corpus, set.docs[at] ?? 0);
    windowStarts[near] = at * width;
    windowShares[near] = share;
    near += 1;
  }
  let text = 0;
  let textWindow = 0;
  let matched = 0;
  for (let t = 0; t < words.length; t += 1) {
    const count = counts[i * width + t] ?? 0;
    let windowCount = count;
    for (let n = 0; n < near; n += 1) {
      windowCount += (windowShares[n] ?? 0) * (counts[(windowStarts[n] ?? 0) + t] ?? 0);
    }
    if (windowCount === 0) continue;
    const { idf, place } = words[t] ?? noTerm;
    textWindow += idf * saturate(windowed, windowCount, windowLength);
    if (count === 0) continue;
    text += idf * saturate(alone, count, length);
    if (place < maskBits) matched |= 1 << place;
  }
  scores.text[out] = text;
  scores.textWindow[out] = textWindow;
  scores.matchedTerms[out] = matched;
}

function scoreEntities(
  counts: Float32Array,
  start: number,
  { words, entities, entityWords }: ScoreOptions,
  scores: Scores,
  out: number,
): void {
  let sum = 0;
  let matched = 0;
  for (let e = 0; e < entities.length; e += 1) {
    const { idf, place } = entities[e] ?? noTerm;
    const isNamed = (counts[start + words.length + e] ?? 0) > 0;
    // Names at the start of a sentence, or with endings, are often not seen as names.
    if (!isNamed && !hasAll(counts, start, entityWords[e] ?? [])) continue;
    sum += idf;
    if (place < maskBits) matched |= 1 << place;
  }
  scores.entity[out] = sum;
  scores.matchedEntities[out] = matched;
}

function hasAll(counts: Float32Array, start: number, columns: readonly number[]): boolean {
  for (const column of columns) if ((counts[start + column] ?? 0) === 0) return false;
  return columns.length > 0;
}

/** A bit, by its place in the query, for each term that occurs. */
function maskOf(counts: Float32Array, start: number, terms: readonly PlannedTerm[]): number {
  let mask = 0;
  for (let t = 0; t < terms.length; t += 1) {
    const { place } = terms[t] ?? noTerm;
    if (place < maskBits && (counts[start + t] ?? 0) > 0) mask |= 1 << place;
  }
  return mask;
}

/** The score of the passage's thread; a passage without a thread is a thread of its own. */
function threadScore(
  corpus: Corpus,
  doc: number,
  counts: Float32Array,
  start: number,
  { threads }: ScoreOptions,
): number {
  if (threads === null) return 0;
  const { columns, base } = corpus.part(doc);
  const thread = columns.threads[doc - base] ?? 0;
  if (thread !== 0) return threads.byThread[thread] ?? 0;
  const length = lengthOf(corpus, doc);
  let score = 0;
  for (let t = 0; t < threads.idfs.length; t += 1) {
    const count = counts[start + t] ?? 0;
    if (count > 0) score += (threads.idfs[t] ?? 0) * saturate(threads.by, count, length);
  }
  return score;
}
