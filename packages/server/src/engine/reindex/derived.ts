/**
 * Everything that is made from the records and can be made again, in the order in which the one
 * rests on the other. Whatever else is derived, in another system too, belongs on this list.
 */
import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceSearcher } from '../../index/types.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import type { Analyzer } from '../analysis.ts';
import { remakeAnalyses } from './remake-analyses.ts';
import { remakeImages } from './remake-images.ts';

/** A namespace that is worked on. */
export interface DerivedPlace {
  readonly tenant: TenantId;
  readonly namespace: NamespaceInfo;
  readonly records: TenantRecords;
  readonly analyzer: Analyzer;
  /** Of every generation that the store keeps, with the numbers in its vectors. */
  readonly dimensions: ReadonlyMap<number, number>;
  readonly openIndex: (generation: number) => NamespaceSearcher;
  /** Writes the index back, and frees its memory. */
  readonly releaseIndex: (generation: number) => Promise<void>;
}

export interface Remade {
  /** Pieces that were made: analyses, images. */
  readonly made: number;
  /** Of these, how many are not as they were. */
  readonly changed: number;
  /** What could not be made, in words for an operator. */
  readonly problems: readonly string[];
}

export interface Derived {
  readonly name: 'analyses' | 'images';
  /** Whether it looks at every memory: then it says how many it has looked at. */
  readonly isPerMemory: boolean;
  remake(place: DerivedPlace, onMemories: (count: number) => void): Promise<Remade>;
}

export const everythingDerived: readonly Derived[] = [
  { name: 'analyses', isPerMemory: true, remake: remakeAnalyses },
  { name: 'images', isPerMemory: false, remake: remakeImages },
];
