/** One search over a corpus, from the query to its candidates, without a pause. */
import type { NearPassage } from '../ports/vector-index.ts';
import { type Bm25, saturation } from './bm25.ts';
import { gatherCandidates, releaseCandidates } from './candidate-set.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { EligibleCache } from './eligible-cache.ts';
import { type PlannedTerm, planEntities, planFields, planWords } from './planned-terms.ts';
import { scanEntities, scanWords } from './scan-postings.ts';
import { newerFirst, scanVectors } from './scan-vectors.ts';
import { scoreCandidates } from './score-candidates.ts';
import { scoreThreads } from './score-threads.ts';
import type { SearchScratch } from './search-scratch.ts';
import type { SlabPool } from './slab-pool.ts';
import { meanWindow } from './thread-window.ts';
import { TopK } from './top-k.ts';
import type { IndexCandidates, IndexQuery } from './types.ts';

export interface SearchContext {
  readonly corpus: Corpus;
  readonly cache: EligibleCache;
  readonly pool: SlabPool;
  readonly scratch: SearchScratch;
  readonly bm25: Bm25;
}

/**
 * `seq` is the change up to which the corpus is complete; `near` are candidates whose vectors are
 * outside, with their exact cosines. Cosines that are not known by it are NaN in the answer.
 */
export function searchCorpus(
  context: SearchContext,
  query: IndexQuery,
  seq: number,
  near: readonly NearPassage[] = [],
): IndexCandidates {
  try {
    return search(context, query, seq, near);
  } catch (error) {
    context.scratch.reset();
    throw error;
  }
}

function search(
  { corpus, cache, pool, scratch, bm25 }: SearchContext,
  query: IndexQuery,
  seq: number,
  near: readonly NearPassage[],
): IndexCandidates {
  scratch.fit(corpus.docsEnd);
  const eligible = cache.get(query.filter, query.now);
  const mean = eligible.passages === 0 ? 0 : eligible.length / eligible.passages;
  const alone = saturation(bm25, mean);
  const windowed = saturation(bm25, mean * meanWindow(eligible, query.windowWeights, mean));
  corpus.filter.update(corpus.parts);
  const plannedWords = planWords(corpus, eligible, query.terms);
  const plannedEntities = planEntities(corpus, eligible, query.entities);
  const plannedSpeakers = planFields(corpus, eligible, query.speakers);
  // Most names that are looked up are none: from here on they cost nothing.
  const words = plannedWords.filter(isFound);
  const entities = plannedEntities.filter(isFound);
  const speakers = plannedSpeakers.filter(isFound);

  const newTop = () => new TopK(query.candidates, (a, b) => newerFirst(corpus, a, b));
  const byText = newTop();
  scanWords(corpus, eligible, words, alone, scratch, byText);
  const byEntity = newTop();
  scanEntities(corpus, eligible, entities, scratch, byEntity);
  const found = [byText, byEntity];
  if (query.vector !== null) {
    const { vector, candidates } = query;
    found.push(scanVectors(corpus, eligible, vector, candidates, pool, scratch, near));
  }

  const { windowWeights } = query;
  const extra = includedDocs(corpus, eligible, query.include);
  const set = gatherCandidates(corpus, eligible, found, windowWeights.length, extra, scratch);
  const hasVector = query.vector !== null;
  const threads = windowWeights.length === 0 ? null : scoreThreads(corpus, eligible, words, bm25);
  const by = { alone, windowed, windowWeights, threads };
  const entityWords = entities.map(({ place }) => columnsOf(query.entities[place]?.words, words));
  const options = { words, entities, entityWords, speakers, ...by, hasVector, scratch };
  const scores = scoreCandidates(corpus, set, options);
  releaseCandidates(set, scratch);
  return {
    ...scores,
    eligible: eligible.passages,
    termFrequencies: Uint32Array.from(plannedWords, (term) => term.frequency),
    entityFrequencies: Uint32Array.from(plannedEntities, (entity) => entity.frequency),
    speakerFrequencies: Uint32Array.from(plannedSpeakers, (speaker) => speaker.frequency),
    languages: cache.get({}, query.now).languages,
    seq,
  };
}

/** Where the terms at those places stand among the ones that were found; none when one was not. */
function columnsOf(places: readonly number[] = [], words: readonly PlannedTerm[]): number[] {
  const columns = places.map((place) => words.findIndex((word) => word.place === place));
  return columns.includes(-1) ? [] : columns;
}

/** The eligible passages of the row that the query asks after. */
function includedDocs(corpus: Corpus, { marks }: Eligible, ordinal: number | undefined): number[] {
  if (ordinal === undefined) return [];
  return corpus.locate(ordinal).filter((doc) => marks[doc] === eligibleMark.passage);
}

function isFound(term: PlannedTerm): boolean {
  return term.frequency > 0;
}
