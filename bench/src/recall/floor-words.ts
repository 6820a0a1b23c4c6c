/** Cuts text into the terms of the floor: stems without stop words, bigrams of Chinese signs. */
import { floorLanguages } from './floor-languages.ts';

/** No language of the list: words as they are. */
export const unknownLanguage = '-';

const bigramScripts = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\u30FC';
const segmentScripts = '\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const parts = new RegExp(
  `[${bigramScripts}]+|[${segmentScripts}]+|[^${bigramScripts}${segmentScripts}]+`,
  'gu',
);
const startsBigrams = new RegExp(`^[${bigramScripts}]`, 'u');
const startsSegments = new RegExp(`^[${segmentScripts}]`, 'u');
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

// Stop words are cut as texts are: "don't" gives don and t.
const languages = new Map(
  floorLanguages.map(({ code, stem, stopWords }) => [
    code,
    { stem, stops: new Set(stopWords.flatMap(floorWords)) },
  ]),
);

/** The terms of a text in one language (a code of the list, or `-`). */
export function floorTerms(text: string, code: string): string[] {
  const known = languages.get(code);
  return floorWords(text).flatMap((word) => {
    if (known === undefined) return [word];
    if (known.stops.has(word)) return [];
    return [known.stem(word) || word];
  });
}

/**
 * The language with the largest share of its stop words among the words; `-` below 8 %, which is
 * also what texts without spaces between words get.
 */
export function detectLanguage(texts: readonly string[]): string {
  const words = texts.flatMap(floorWords).slice(0, 20_000);
  let best = { code: unknownLanguage, hits: words.length * 0.08 };
  for (const [code, { stops }] of languages) {
    const hits = words.filter((word) => stops.has(word)).length;
    if (hits > best.hits) best = { code, hits };
  }
  return best.code;
}

function floorWords(text: string): string[] {
  const runs =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return runs.flatMap((run) => (run.match(parts) ?? []).flatMap(cutPart));
}

function cutPart(part: string): string[] {
  if (startsSegments.test(part)) return [...segmenter.segment(part)].map((word) => word.segment);
  if (!startsBigrams.test(part)) return [part];
  const signs = [...part];
  return signs.length < 2 ? signs : signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}
