/** Words of cased scripts, and the runs of capitalised words that may be names. */
import { foldTerm } from './fold.ts';
import * as cues from './gazetteers/cues.ts';
import { isPlace } from './gazetteers/places.ts';
import { thingNamed } from './gazetteers/things.ts';

/** A word of a cased script, with what its surroundings say. */
export interface NameWord {
  readonly text: string;
  readonly folded: string;
  readonly start: number;
  readonly end: number;
  readonly capital: boolean;
  /** The first word of a sentence. */
  readonly opens: boolean;
  /** Only a space, or a dot behind a title or initial, lies before it. */
  readonly linked: boolean;
}

/** Words of one name at most. */
const nameWordsMax = 6;
const letter = '\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}';
const wordPattern = new RegExp(
  `[${letter}][${letter}\\p{Mn}\\p{N}]*(?:[&.’'-][${letter}\\p{N}]+)*(?:\\+\\+|#)?`,
  'gu',
);
const possessive = /['’]s?$/u;

function isInitial(word: NameWord): boolean {
  return word.capital && word.text.length === 1;
}

export function readWords(text: string): NameWord[] {
  const words: NameWord[] = [];
  let before: NameWord | undefined;
  for (const match of text.matchAll(wordPattern)) {
    const written = match[0].replace(possessive, '');
    const start = match.index;
    const between = text.slice(Math.max(before?.end ?? 0, start - 8), start);
    const dotted = /^\. ?$/.test(between) && before !== undefined;
    const abbreviates =
      dotted && before !== undefined && (cues.titles.has(before.folded) || isInitial(before));
    const opens =
      before === undefined || (!abbreviates && /[.!?:\n•"“”(>*。！？]|- $/u.test(between));
    const word: NameWord = {
      text: written,
      folded: foldTerm(written),
      start,
      end: start + written.length,
      capital: /^\p{Lu}/u.test(written),
      opens,
      linked: between === ' ' || abbreviates,
    };
    words.push(word);
    before = word;
  }
  return words;
}

export const joined = (words: readonly NameWord[]): string =>
  words.map((word) => word.folded).join(' ');

/** Connectors at `at` (of, van der, de la) that a capitalised word follows; 0 where they do not. */
function bridgeLength(words: readonly NameWord[], at: number): number {
  for (const length of [1, 2]) {
    const links = words.slice(at, at + length);
    const next = words[at + length];
    if (next === undefined || !next.linked || !links.every((word) => word.linked)) return 0;
    if (!links.every((word) => cues.connectors.has(word.folded))) return 0;
    if (!next.capital) continue;
    if (length === 1 && cues.looseConnectors.has(links[0]?.folded ?? '')) return 0;
    const head = words[at - 1]?.folded ?? '';
    const named = isPlace(next.folded) || thingNamed(next.folded) !== undefined;
    const partOfName = cues.organizationStarts.has(head) || links[0]?.folded !== 'of' || !named;
    return partOfName ? length : 0;
  }
  return 0;
}

/** Where the run of capitalised words that starts at `first` ends, exclusive. */
export function runEnd(words: readonly NameWord[], first: number): number {
  let end = first + 1;
  while (end < words.length && end - first < nameWordsMax) {
    const word = words[end];
    if (word === undefined || !word.linked) break;
    if (word.capital) {
      if (cues.plainCapitals.has(word.folded) || /^i['’]/.test(word.folded)) break;
      end++;
      continue;
    }
    const bridge = bridgeLength(words, end);
    if (bridge === 0) break;
    end += bridge + 1;
  }
  return Math.min(end, first + nameWordsMax);
}
