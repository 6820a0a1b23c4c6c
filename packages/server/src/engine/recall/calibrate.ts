/**
 * Scores that mean the same everywhere: how much of the question one memory answers, by evidence
 * that does not depend on what else the namespace holds. Pure.
 */

export interface Evidence {
  /** Share of the question's information that stands in the memory, 0 to 1. */
  readonly coverage: number;
  /** Cosine of question and memory, -1 to 1. */
  readonly cosine: number;
  /** Share of the question's entities that the memory names, 0 to 1. */
  readonly entities: number;
}

/** Cosines of unrelated short texts lie around this for the builtin model. */
const cosineFloor = 0.15;
const cosineCeiling = 0.85;

/** 0 to 1. Each kind of evidence can only add: words alone or meaning alone may be enough. */
export function evidenceScore({ coverage, cosine, entities }: Evidence): number {
  const meaning = clamp((cosine - cosineFloor) / (cosineCeiling - cosineFloor));
  return 1 - (1 - 0.75 * clamp(coverage)) * (1 - 0.75 * meaning) * (1 - 0.15 * clamp(entities));
}

/**
 * The calibrated score of one result: the best gets its evidence, the others their share of it. So
 * order never changes, and a later page cannot change an earlier score.
 *
 * @param fused the result's fused score
 * @param best the highest fused score, and the evidence (0 to 1) of the strongest of the first
 */
export function calibrated(
  fused: number,
  best: { readonly fused: number; readonly evidence: number },
): number {
  return best.fused <= 0 ? 0 : clamp((best.evidence * fused) / best.fused);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
