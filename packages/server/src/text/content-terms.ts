/** The words of a text that tell something, stemmed in its own language. */
import { detectLanguage } from './detect-language.ts';
import { normalizeText, tokenize } from './tokenize.ts';
import { wordsOf } from './words.ts';

/** Terms as the index has them, with counts; function words are left out. */
export function contentTerms(text: string): Map<string, number> {
  const tokens = tokenize(normalizeText(text));
  const language = detectLanguage(tokens, 'en');
  const counts = new Map<string, number>();
  for (const token of tokens) {
    for (const { term, stop } of wordsOf(token, language)) {
      if (!stop) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return counts;
}
