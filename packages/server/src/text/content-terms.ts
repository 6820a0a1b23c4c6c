/** The words of a text that tell something, stemmed in its own language. */
import { detectLanguage } from './detect-language.ts';
import { normalizeText, tokenize } from './tokenize.ts';
import { wordsOf } from './words.ts';

/** Terms as the index has them, with counts; function words are left out. */
export function contentTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { term } of contentWords(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** The same one by one, in order, each with how it is written. */
export function contentWords(text: string): { readonly term: string; readonly surface: string }[] {
  const tokens = tokenize(normalizeText(text));
  const language = detectLanguage(tokens, 'en');
  return tokens.flatMap((token) => wordsOf(token, language).filter(({ stop }) => !stop));
}
