/** Explanations as the wire shows them. Their numbers are not rounded: they can be added up. */
import type { Explanation } from '../engine/recall/explain.ts';
import type { RecallExplanation } from '../engine/recall/recall.ts';

export function presentExplanation({ rank, fused, parts, calibration }: Explanation) {
  return { rank, fused, parts, calibration };
}

export function presentRecallExplanation(explanation: RecallExplanation) {
  const { filter, signals, limit, threshold, vectorTrust, terms, entities } = explanation;
  const { candidates, eligible, seq } = explanation;
  const { tagsAll, tagsAny, key, kind, type, audience, speaker } = filter;
  const hasTags = tagsAll !== undefined || tagsAny !== undefined;
  return {
    filters: {
      ...(hasTags && { tags: { all: tagsAll, any: tagsAny } }),
      ...{ key, kind, type, audience, speaker },
    },
    signals,
    limit,
    threshold,
    vector_trust: vectorTrust,
    terms,
    entities,
    candidates,
    eligible,
    seq,
  };
}
