/** From text to index terms: tokens, languages, stems, bigrams; for documents and for queries. */
import { detectLanguage } from './detect-language.ts';
import { normalizeText, tokenize } from './tokenize.ts';
import { type Word, wordsOf } from './words.ts';

/** Terms are made by these rules; segmentation also depends on the ICU and Unicode data of Node. */
export const analyzerVersion = `2-icu${process.versions.icu}-unicode${process.versions.unicode}`;

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

/** Languages of a namespace in which a query is stemmed, besides its own. */
const queryLanguagesMax = 3;
/** Words of a query that are searched; what follows is cut off. */
const queryTermsMax = 256;

function add(counts: Map<string, number>, term: string): void {
  counts.set(term, (counts.get(term) ?? 0) + 1);
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
    const words = wordsOf(token, language);
    for (const word of words) {
      add(counts, word.term);
      for (const coarse of word.coarse) add(counts, coarse);
      if (word.stop) stops++;
      else length++;
    }
    for (const alias of words[0]?.aliases ?? []) add(counts, alias);
  }
  const terms = Array.from(counts, ([term, count]) => ({ term, count }));
  return { terms, length: length > 0 ? length : stops, language };
}

function mergeVariants(alternatives: readonly (Word | undefined)[]): QueryVariant[] {
  const terms = new Set<string>();
  for (const word of alternatives) {
    if (word === undefined) continue;
    terms.add(word.term);
    for (const alias of word.aliases) terms.add(alias);
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
    const foreign = spaced ? others.map((language) => wordsOf(token, language)) : [];
    for (const [position, word] of wordsOf(token, own).entries()) {
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
