/** Numbers and names of a text: what an answer of a model must have, and may not make up. */
import { foldTerm } from '../../text/fold.ts';
import { stopMask } from '../../text/stop-words.ts';

/** Numbers, and words with a capital inside a sentence; in lower case. */
export function tellingOf(text: string): string[] {
  const numbers = text.match(/\p{N}+(?:[.,:/]\p{N}+)*/gu) ?? [];
  const names = text.match(/(?<=[\p{Ll},;"] )\p{Lu}[\p{L}\p{M}]+/gu) ?? [];
  return [...numbers, ...names].map((word) => word.toLowerCase());
}

/** Whether each names nobody whom the other does not: "Maria" is no slip for "Marie". */
export function namesAlike(a: string, b: string): boolean {
  return namesIn(a, b) && namesIn(b, a);
}

function namesIn(text: string, other: string): boolean {
  const words = new Set(other.toLowerCase().match(/[\p{L}\p{M}]+/gu));
  const names = text.match(/\p{Lu}[\p{L}\p{M}]+/gu) ?? [];
  return names.every((name) => words.has(name.toLowerCase()) || isFunctionWord(name));
}

const isFunctionWord = (word: string): boolean => stopMask(foldTerm(word)) !== 0;
