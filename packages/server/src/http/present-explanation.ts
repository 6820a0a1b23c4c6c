/** Explanations as the wire shows them. Their numbers are not rounded: they can be added up. */
import type { Explanation } from '../engine/recall/explain.ts';
import type { FusedSignal } from '../engine/recall/fuse.ts';
import type { RecallExplanation } from '../engine/recall/recall.ts';

/** Signals as the wire names them. */
const wireNames: Readonly<Record<FusedSignal, string>> = {
  textWindow: 'text_window',
  threadText: 'thread_text',
  vector: 'vector',
  entity: 'entity',
};

export function presentExplanation(explanation: Explanation) {
  const { rank, fused, parts, factors, calibration } = explanation;
  return {
    rank,
    fused,
    parts: parts.map((part) => ({ ...part, name: wireNames[part.name] })),
    factors,
    calibration,
  };
}

export function presentRecallExplanation(explanation: RecallExplanation) {
  const { filter, signals, limit, threshold, vectorTrust, terms, entities } = explanation;
  const { candidates, eligible, seq } = explanation;
  const { tagsAll, tagsAny, key, kind, type, audience, speaker } = filter;
  const { occurredFrom, occurredTo, validAt, asOf } = filter;
  const hasTags = tagsAll !== undefined || tagsAny !== undefined;
  return {
    filters: {
      ...(hasTags && { tags: { all: tagsAll, any: tagsAny } }),
      ...{ key, kind, type, audience, speaker },
      ...{ occurred_after: iso(occurredFrom), occurred_before: iso(occurredTo) },
      ...{ valid_at: iso(validAt), as_of: iso(asOf) },
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

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
