/** Which memories a filtered list shows. */
import type { Corpus } from './corpus.ts';
import { eligibleMark } from './eligibility.ts';
import type { EligibleCache } from './eligible-cache.ts';
import { TopK } from './top-k.ts';
import type { IndexListQuery } from './types.ts';

/** Ordinals in the asked order, each memory once. */
export function listCorpus(corpus: Corpus, cache: EligibleCache, query: IndexListQuery): number[] {
  const { marks } = cache.get(query.filter, query.now);
  const sign = query.order === 'desc' ? 1 : -1;
  const after = query.after === undefined ? Number.POSITIVE_INFINITY : sign * query.after;
  // Ordinals differ, so no tie ever has to be broken.
  const top = new TopK(query.limit, () => 0);
  for (const part of corpus.parts) {
    if (part === null) continue;
    const { ordinals, passages } = part.columns;
    for (let local = 0; local < part.count; local += 1) {
      if (marks[part.base + local] === eligibleMark.no || passages[local] !== 0) continue;
      const score = sign * (ordinals[local] ?? 0);
      if (score < after && score >= top.threshold) top.push(part.base + local, score);
    }
  }
  return top.sorted().map(({ doc }) => corpus.ordinal(doc));
}
