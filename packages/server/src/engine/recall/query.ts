/** From the words of a question to what the index is asked. */
import type {
  IndexFilter,
  IndexQuery,
  NamespaceSearcher,
  QueryTerm,
  SeenState,
} from '../../index/types.ts';
import { analyzeQuery } from '../../text/analyze.ts';
import { extractEntities } from '../../text/entities.ts';
import { isStopWord } from '../../text/stop-words.ts';
import type { EngineDeps } from '../deps.ts';
import { fieldTerm } from '../fields.ts';
import { noQueryVector, type VectorOf } from './query-vector.ts';

/** Ways of finding; a search may switch each off by name. */
export interface Signals {
  readonly vector: boolean;
  readonly text: boolean;
  readonly entity: boolean;
  /** Score a turn together with its neighbours in the thread. */
  readonly thread: boolean;
  /** Read the time that the question names. */
  readonly time: boolean;
  /** Prefer what a speaker said whom the question names. */
  readonly speaker: boolean;
  /** Prefer what tells to what asks. */
  readonly question: boolean;
}

export const allSignals: Signals = {
  vector: true,
  text: true,
  entity: true,
  thread: true,
  time: true,
  speaker: true,
  question: true,
};

/** A neighbour's words count half, the next one's a quarter (docs/benchmarks.md). */
const windowWeights = [0.5, 0.25];
/** Candidates per signal for a short answer: from 40 to 200 recall@10 was the same on all sets. */
const candidatesMin = 40;
/** With candidates of which many may be left out afterwards. */
const uncheckedMin = 1000;
/** Longest run of query words that is looked up as one entity name. */
const entityWordsMax = 3;
/** Bits in the masks of matched terms and entities. */
export const maskBits = 32;
/** Words of a question that are looked up. A long Chinese one has a hundred pairs of characters. */
const termsMax = 128;

export interface BuiltQuery {
  readonly query: IndexQuery;
  /** How far the vector signal is to be trusted for this text, 0 to 1. */
  readonly vectorTrust: number;
  /** What the answer has to do without, in words for the caller. */
  readonly degraded: readonly string[];
}

export async function buildQuery(
  deps: EngineDeps,
  searcher: NamespaceSearcher,
  text: string,
  options: {
    signals: Signals;
    /** By whose vectors the namespace is searched. */
    generation: number;
    filter: IndexFilter;
    now: number;
    limit: number;
    include?: number;
    vectorOf: VectorOf;
    /** Of the namespace, as it was read for this question. */
    seen: SeenState;
  },
): Promise<BuiltQuery> {
  const { signals, generation, filter, now, limit, include, vectorOf, seen } = options;
  // Asked before the index, so that a remote embedder works meanwhile.
  const embedding = signals.vector ? vectorOf(generation) : noQueryVector;
  const [languages, embedded] = await Promise.all([searcher.languages(seen), embedding]);
  const terms = mostTelling(deps, analyzeQuery(text, languages));
  const names = signals.entity || signals.speaker ? entityNames(text) : [];
  const query: IndexQuery = {
    terms: signals.text ? terms : [],
    entities: signals.entity ? names.map((name) => ({ name, words: placesOf(name, terms) })) : [],
    speakers: signals.speaker ? names.map(fieldTerm.said) : [],
    vector: embedded.vector,
    filter,
    now,
    windowWeights: signals.thread ? windowWeights : [],
    candidates: Math.max(filter.asOf !== undefined ? uncheckedMin : candidatesMin, limit * 3),
    seen: { epoch: seen.epoch, seq: seen.seq, arrivals: seen.arrivals },
    ...(include !== undefined && { include }),
  };
  return { query, vectorTrust: embedded.trust, degraded: embedded.degraded };
}

/** Places of a name's words among the terms; none when it has a word that is not asked for. */
function placesOf(name: string, terms: readonly QueryTerm[]): number[] {
  const places = name
    .split(' ')
    .map((part) => terms.findIndex(({ surface }) => surface.toLowerCase() === part));
  return places.includes(-1) ? [] : places;
}

/** The masks tell of the first terms only, so in a long question the most telling come first. */
function mostTelling(deps: EngineDeps, terms: readonly QueryTerm[]): readonly QueryTerm[] {
  if (terms.length <= maskBits) return terms;
  const weighted = terms.map((term) => ({ term, weight: deps.wordWeight(term.surface) }));
  weighted.sort((a, b) => b.weight - a.weight);
  return weighted.slice(0, termsMax).map(({ term }) => term);
}

/**
 * Names to look up: what the extractor sees, and each run of words, since people type names
 * without capitals. A run does not begin or end with a stop word. Runs that name nothing in the
 * namespace cost one failed look-up.
 */
export function entityNames(text: string): string[] {
  const names = new Set(extractEntities(text).map((entity) => entity.normal));
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._@+#-]*/gu) ?? [];
  const isStop = words.map((word) => isStopWord(word, 'en'));
  for (let length = 1; length <= entityWordsMax; length++) {
    for (let i = 0; i + length <= words.length && names.size < maskBits; i++) {
      if (isStop[i] || isStop[i + length - 1]) continue;
      const run = words.slice(i, i + length).join(' ');
      names.add(run.replace(/[._-]+$/, ''));
    }
  }
  return [...names].slice(0, maskBits);
}
