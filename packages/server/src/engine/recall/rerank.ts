/** The first results again, in the order of a model that reads question and passage together. */
import { indexedText } from '../../domain/store-rules.ts';
import type { Reranker } from '../../ports/reranker.ts';
import { invariant } from '../../util/invariant.ts';
import type { RecallAnswer, RecallRequest } from './recall.ts';

/** What a recall needs to rerank; absent where no model is set. */
export interface Reranking {
  readonly reranker: Reranker;
  /** A model that needs longer is not waited for. */
  readonly budgetMs: number;
}

/** So many of the first results are read; a model needs milliseconds for each. */
export const rerankedMax = 30;

type Results = RecallAnswer['results'];
/** What of an answer a reranker may change. */
export type Reranked = Pick<RecallAnswer, 'results' | 'degraded' | 'rerankTimeMs'>;
type Found = Pick<RecallRequest, 'query' | 'limit' | 'rerank'>;

/**
 * Finds and, where it is wanted, reranks. A model that fails or is late leaves the order as it was
 * found, and the answer says so.
 *
 * @param find gives the first results, at most so many
 */
export async function findAndRerank(
  reranking: Reranking | undefined,
  request: Found,
  find: (limit: number) => Promise<Results>,
): Promise<Reranked> {
  const { query, limit, rerank = reranking !== undefined } = request;
  if (!rerank) return { results: await find(limit), degraded: [] };
  if (reranking === undefined) {
    const degraded = ['rerank: the server has no reranker (REVERIE_RERANKER)'];
    return { results: await find(limit), degraded };
  }
  const found = await find(Math.max(limit, rerankedMax));
  if (found.length === 0) return { results: found, degraded: [] };
  const first = found.slice(0, rerankedMax);
  const startedAt = performance.now();
  try {
    const scores = await withinBudget(reranking, query, first);
    const results = [...reorder(first, scores), ...found.slice(rerankedMax)].slice(0, limit);
    return { results, degraded: [], rerankTimeMs: performance.now() - startedAt };
  } catch (error) {
    const isLate = error === late;
    const why = isLate ? `no answer within ${reranking.budgetMs} ms` : 'the model gave no answer';
    return { results: found.slice(0, limit), degraded: [`rerank: ${why}`] };
  }
}

const late = Symbol('late');

/** The model is told to stop, and not trusted to do so. */
async function withinBudget(
  { reranker, budgetMs }: Reranking,
  query: string,
  results: Results,
): Promise<number[]> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late);
      abort.abort(late);
    }, budgetMs);
  });
  try {
    const asked = reranker.rerank(query, results.map(passageText), { signal: abort.signal });
    const scores = await Promise.race([asked, deadline]);
    invariant(
      scores.length === results.length && scores.every(Number.isFinite),
      'a reranker gives one number for each passage',
    );
    return scores;
  } finally {
    clearTimeout(timer);
  }
}

function passageText({ memory, passage }: Results[number]): string {
  const text = indexedText(memory.body).slice(passage.start, passage.end);
  return memory.body.speaker === undefined ? text : `${memory.body.speaker}: ${text}`;
}

/**
 * Both opinions count the same: what the signals found knows names, dates and neighbours that a
 * model does not see. The calibrated scores stay with the places, so that they never increase.
 */
function reorder(results: Results, scores: readonly number[]): Results {
  const fromModel = spread(scores);
  const fromSignals = spread(results.map(({ score }) => score));
  const blended = results.map((_, i) => (fromModel[i] ?? 0) + (fromSignals[i] ?? 0));
  const order = results.map((_, i) => i).sort((a, b) => (blended[b] ?? 0) - (blended[a] ?? 0));
  return order.flatMap((from, place) => {
    const result = results[from];
    const score = results[place]?.score;
    if (result === undefined || score === undefined) return [];
    return [{ ...result, score, rerankScore: scores[from] ?? 0 }];
  });
}

/** To 0 for the least and 1 for the most; all 0 where they do not differ. */
function spread(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return values.map((value) => (range > 0 ? (value - least) / range : 0));
}
