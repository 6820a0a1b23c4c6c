/** Explanations as the wire shows them. Their numbers are not rounded: they can be added up. */
import { type Filter, filterFields } from '../domain/filter/filter.ts';
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
  const { tagsAll, tagsAny, key, kind, type, audience, speaker, where } = filter;
  const { occurredFrom, occurredTo, validAt, asOf } = filter;
  const hasTags = tagsAll !== undefined || tagsAny !== undefined;
  return {
    filters: {
      ...(hasTags && { tags: { all: tagsAll, any: tagsAny } }),
      ...{ key, kind, type, audience, speaker },
      ...{ occurred_after: iso(occurredFrom), occurred_before: iso(occurredTo) },
      ...{ valid_at: iso(validAt), as_of: iso(asOf) },
      ...(where && { filter: presentFilter(where) }),
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

/** As it could be sent again. */
function presentFilter(filter: Filter): Record<string, unknown> {
  if (filter.op === 'not') return { NOT: [presentFilter(filter.of)] };
  if (filter.op !== 'test') return { [filter.op.toUpperCase()]: filter.of.map(presentFilter) };
  const isTime = new Map<string, string>(Object.entries(filterFields)).get(filter.field) === 'time';
  const shown = (value: unknown) => (isTime && typeof value === 'number' ? iso(value) : value);
  const { operand } = filter;
  const operands = Array.isArray(operand) ? operand.map(shown) : shown(operand);
  return { [filter.field]: { [filter.operator]: operands } };
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
