/** From text to index terms: tokens, languages, stems, bigrams; for documents and for queries. */
import { splitCompound } from './compound.ts';
import { detectLanguage, scriptLanguage } from './detect-language.ts';
import { cutTerm, detach, foldTerm, termCharsMax } from './fold.ts';
import { stemWord } from './stemmers.ts';
import { isStopWord, stopLanguages } from './stop-words.ts';
import { normalizeText, type Token, tokenize } from './tokenize.ts';

/** Terms are made by these rules; segmentation also depends on the ICU and Unicode data of Node. */
export const analyzerVersion = `1-icu${process.versions.icu}-unicode${process.versions.unicode}`;

/** The same shape as in the index room, which this room does not import. */
export interface TermCount {
  readonly term: string;
  readonly count: number;
}

export interface DocumentAnalysis {
  readonly terms: readonly TermCount[];
  /** Words without function words; all words where there are no others. */
  readonly length: number;
  /** ISO 639-1, `und` where unknown. */
  readonly language: string;
}

export interface AnalyzeOptions {
  /** Language assumed where the text does not speak clearly for another. */
  readonly languageHint?: string;
}

export interface QueryVariant {
  readonly term: string;
  readonly weight: number;
}

/** One word of a query: the alternatives under which it may be indexed. */
export interface AnalyzedQueryTerm {
  readonly surface: string;
  readonly variants: readonly QueryVariant[];
}

/** One countable word: its term, further spellings of it, and whether it carries content. */
interface Word {
  readonly surface: string;
  readonly term: string;
  readonly extra: readonly string[];
  readonly stop: boolean;
}

/** Languages of a namespace in which a query is stemmed, besides its own. */
const queryLanguagesMax = 3;
/** Words of a query that are searched; what follows is cut off. */
const queryTermsMax = 256;
/** Units handed to Intl.Segmenter at once: its time grows faster than the text. */
const segmentCharsMax = 1000;
/** Words kept per language, about 4 MB when full. */
const cacheWordsMax = 20_000;

const caches = new Map<string, Map<string, readonly Word[]>>();
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

function makeWord(surface: string, language: string, extra: readonly string[] = []): Word {
  const number = /^0\d$/.test(surface) ? surface.slice(1) : surface;
  const folded = foldTerm(cutTerm(number));
  const spoken = scriptLanguage(surface) ?? language;
  const stop = isStopWord(folded, spoken);
  const term = stop ? cutTerm(folded) : stemWord(number, spoken);
  return { surface: detach(cutTerm(surface)), term: detach(term), extra, stop };
}

function makeCompound(text: string, language: string): Word[] {
  const { parts, wholes } = splitCompound(text);
  const extra = wholes.map((whole) =>
    detach(/^\p{L}+$/u.test(whole) ? stemWord(whole, language) : cutTerm(foldTerm(whole))),
  );
  if (parts.length === 0) return [];
  return parts.map((part) => makeWord(part, language, extra));
}

/**
 * Overlapping pairs of characters; a character on its own stands alone. In documents each Han
 * character is a term too, so that a query for a word of one character finds it.
 */
function makePairs(text: string, withSingles: boolean): Word[] {
  const characters = Array.from(text);
  if (characters.length === 1) {
    return [{ surface: text, term: cutTerm(foldTerm(text)), extra: [], stop: false }];
  }
  const words: Word[] = [];
  for (let at = 0; at + 1 < characters.length; at++) {
    const first = characters[at] ?? '';
    const second = characters[at + 1] ?? '';
    const last = at + 2 === characters.length;
    const singles = withSingles ? (last ? [first, second] : [first]).filter(isHan) : [];
    const pair = first + second;
    words.push({ surface: pair, term: pair, extra: singles, stop: false });
  }
  return words;
}

const isHan = (character: string): boolean => /\p{Script=Han}/u.test(character);

function makeSegments(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; at += segmentCharsMax) {
    for (const { segment } of segmenter.segment(text.slice(at, at + segmentCharsMax))) {
      const term = detach(cutTerm(segment));
      words.push({ surface: term, term, extra: [], stop: false });
    }
  }
  return words;
}

function cached(token: Token, spoken: string): readonly Word[] {
  const language = stopLanguages.includes(spoken) ? spoken : 'und';
  let cache = caches.get(language);
  if (cache === undefined) {
    cache = new Map();
    caches.set(language, cache);
  }
  const found = cache.get(token.text);
  if (found !== undefined) return found;
  const words =
    token.kind === 'word' ? [makeWord(token.text, language)] : makeCompound(token.text, language);
  if (token.text.length <= termCharsMax) {
    if (cache.size >= cacheWordsMax) cache.clear();
    cache.set(detach(token.text), words);
  }
  return words;
}

function wordsOf(token: Token, language: string, document: boolean): readonly Word[] {
  switch (token.kind) {
    case 'word':
    case 'compound':
      return cached(token, language);
    case 'cjk':
      return makePairs(token.text, document);
    case 'hangul':
      return makePairs(token.text, false);
    case 'unspaced':
      return makeSegments(token.text);
    case 'emoji':
      return [{ surface: token.text, term: token.text, extra: [], stop: false }];
  }
}

/**
 * Terms of a passage, with counts. Function words are terms too (a query of nothing else must
 * find them), but do not count for the length.
 */
export function analyzeDocument(text: string, options: AnalyzeOptions = {}): DocumentAnalysis {
  const tokens = tokenize(normalizeText(text));
  const language = detectLanguage(tokens, options.languageHint ?? 'en');
  const counts = new Map<string, number>();
  let length = 0;
  let stops = 0;
  for (const token of tokens) {
    for (const [position, word] of wordsOf(token, language, true).entries()) {
      counts.set(word.term, (counts.get(word.term) ?? 0) + 1);
      if (word.stop) stops++;
      else length++;
      if (token.kind === 'compound' && position > 0) continue;
      for (const extra of word.extra) counts.set(extra, (counts.get(extra) ?? 0) + 1);
    }
  }
  const terms = Array.from(counts, ([term, count]) => ({ term, count }));
  return { terms, length: length > 0 ? length : stops, language };
}

function mergeVariants(alternatives: readonly (Word | undefined)[]): QueryVariant[] {
  const terms = new Set<string>();
  for (const word of alternatives) {
    if (word === undefined) continue;
    terms.add(word.term);
    for (const extra of word.extra) terms.add(extra);
  }
  return Array.from(terms, (term) => ({ term, weight: 1 }));
}

/**
 * Words of a query with their stems in its own language and in `languages` (those of the
 * namespace, the first three count). Function words are dropped unless there is nothing else.
 */
export function analyzeQuery(text: string, languages: readonly string[]): AnalyzedQueryTerm[] {
  const tokens = tokenize(normalizeText(text));
  const own = detectLanguage(tokens, languages[0] ?? 'en');
  const others = languages.slice(0, queryLanguagesMax).filter((language) => language !== own);
  const content = new Map<string, AnalyzedQueryTerm>();
  const stops = new Map<string, AnalyzedQueryTerm>();
  for (const token of tokens) {
    const spaced = token.kind === 'word' || token.kind === 'compound';
    const foreign = spaced ? others.map((language) => wordsOf(token, language, false)) : [];
    for (const [position, word] of wordsOf(token, own, false).entries()) {
      const variants = mergeVariants([word, ...foreign.map((words) => words[position])]);
      const list = word.stop ? stops : content;
      if (list.size < queryTermsMax && !list.has(word.term)) {
        list.set(word.term, { surface: word.surface, variants });
      }
    }
    if (content.size >= queryTermsMax) break;
  }
  return Array.from((content.size > 0 ? content : stops).values());
}
