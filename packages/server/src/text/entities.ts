/** Entities in text without a model: rules, cues and compact gazetteers. */
import { detectLanguage } from './detect-language.ts';
import { findAddresses } from './entity-addresses.ts';
import { findDates } from './entity-dates.ts';
import { findNames } from './entity-names.ts';
import { findQuantities } from './entity-quantities.ts';
import type { Entity } from './entity-types.ts';
import { normalizeText, tokenize } from './tokenize.ts';

export type { Entity, EntityType } from './entity-types.ts';

export interface EntityOptions {
  /** Who said it: words of this name are taken for people. */
  readonly speaker?: string;
}

/** Entities of one call at most; the first in the text stay. */
const entitiesMax = 64;
/** UTF-16 units in which the language is looked for. */
const languageCharsMax = 2000;

/** Of two that overlap the one found first wins. */
function withoutOverlaps(found: readonly Entity[], size: number): Entity[] {
  const taken = new Uint8Array(size);
  const kept: Entity[] = [];
  for (const entity of found) {
    let free = entity.end > entity.start;
    for (let at = entity.start; free && at < entity.end; at++) free = taken[at] === 0;
    if (!free) continue;
    taken.fill(1, entity.start, entity.end);
    kept.push(entity);
  }
  return kept.sort((left, right) => left.start - right.start);
}

/** Names that contain each other: the longer comes first. */
function longestFirst(names: readonly Entity[]): Entity[] {
  return names.toSorted((left, right) => right.end - right.start - (left.end - left.start));
}

/**
 * What a text names: people, organisations, products, places, dates, quantities, addresses and
 * identifiers, in order, without overlaps, at most 64. Linear in the length of the text.
 *
 * @example extractEntities('Ann moved to Bern.').map((entity) => entity.normal) // ['ann', 'bern']
 */
export function extractEntities(text: string, options: EntityOptions = {}): Entity[] {
  const sample = text.slice(0, languageCharsMax);
  const language = detectLanguage(tokenize(normalizeText(sample)), 'en');
  const found = [
    ...findAddresses(text),
    ...findQuantities(text),
    ...findDates(text),
    ...longestFirst(findNames(text, language, options.speaker ?? '')),
  ];
  return withoutOverlaps(found, text.length).slice(0, entitiesMax);
}
