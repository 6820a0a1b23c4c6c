/** Candidates with the scores that a test of the ranking needs; everything else is nought. */
import type { IndexCandidates } from '../../index/types.ts';

export function candidatesOf(
  count: number,
  given: { readonly [Name in keyof IndexCandidates]?: IndexCandidates[Name] } = {},
): IndexCandidates {
  return {
    count,
    ordinals: Uint32Array.from({ length: count }, (_, i) => i + 1),
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
    eligible: count,
    termFrequencies: new Uint32Array(),
    entityFrequencies: new Uint32Array(),
    speakerFrequencies: new Uint32Array(),
    languages: [],
    seq: 1,
    ...given,
  };
}
