/** Whether a text says what another one has said already. Pure. */
import { foldTerm } from '../../text/fold.ts';
import { normalizeText, tokenize } from '../../text/tokenize.ts';
import { wordsOf } from '../../text/words.ts';

export interface Said {
  /** Every word and function word, case and accents folded, in order. */
  readonly words: readonly string[];
  readonly vocabulary: ReadonlySet<string>;
  /** Runs of three words. */
  readonly runs: ReadonlySet<string>;
}

/** Words per run: two texts with the same ones say the same words in the same order. */
const runWords = 3;
/** Share of the runs that must be there already. */
const runShare = 0.7;
/** A text that is shorter than this share of the other is part of it, not near to equal. */
const lengthShare = 0.6;

export function saidBy(text: string): Said {
  const tokens = tokenize(normalizeText(text));
  // Not stems: "I live in Porto" and "I lived in Porto" differ.
  const words = tokens.flatMap((token) =>
    wordsOf(token, 'en').map((word) => foldTerm(word.surface)),
  );
  const runs = new Set<string>();
  for (let i = 0; i + runWords <= words.length; i++) {
    runs.add(words.slice(i, i + runWords).join(' '));
  }
  return { words, vocabulary: new Set(words), runs };
}

/**
 * True when `text` is near to equal and adds nothing: every word of it stands in `other`, seven
 * tenths of its runs of three words do, and it is not much shorter. Another number, name or
 * "not" is another text, however long both are.
 */
export function isSaidIn(text: Said, other: Said): boolean {
  const { words, vocabulary, runs } = text;
  if (words.length === 0 || words.length > other.words.length) return false;
  if (words.length < lengthShare * other.words.length) return false;
  if (runs.size === 0) return words.join(' ') === other.words.join(' ');
  for (const word of vocabulary) if (!other.vocabulary.has(word)) return false;
  let known = 0;
  for (const run of runs) if (other.runs.has(run)) known += 1;
  return known >= runShare * runs.size;
}
