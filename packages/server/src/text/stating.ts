/** Sentences, and whether they state something. Pure. */
import { splitSentences } from './sentences.ts';

/** A text beyond this is read up to here. */
const charsMax = 20_000;

/** Trimmed, in order, none empty. Signs that end them stay with them. */
export function sentencesOf(text: string): string[] {
  const part = text.slice(0, charsMax);
  const sentences: string[] = [];
  for (const { start, end } of splitSentences(part)) {
    const before = sentences.at(-1);
    // "Am 3. Dezember" is one sentence.
    if (before !== undefined && /(?<!\p{N})\p{N}{1,2}\.$/u.test(before)) {
      sentences[sentences.length - 1] = `${before} ${part.slice(start, end)}`;
    } else sentences.push(part.slice(start, end));
  }
  return sentences;
}

/** Whether a sentence asks, in any script. */
export function asks(sentence: string): boolean {
  return /[?？؟]["')\]”’!]*$/u.test(sentence);
}

/** What is only thought of: conditions, wishes, doubts. English. */
const supposed = new RegExp(
  '\\b(?:if|unless|maybe|perhaps|might|would|could|wish|imagine|suppose|hypothetically|' +
    'wonder(?:ing)?)\\b',
  'iu',
);

/** Whether a sentence says what holds, rather than asking or supposing. Supposing: English only. */
export function states(sentence: string): boolean {
  return !asks(sentence) && !supposed.test(sentence);
}
