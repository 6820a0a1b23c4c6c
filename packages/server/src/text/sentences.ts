/** Cutting a text into sentences, in scripts with spaces and without. Pure. */
import type { Span } from './passages.ts';

/** Marks that may end a sentence, with what closes behind them; a line break always ends one. */
const ending = /[.!?…؟۔\u037e]+["')\]}»”’]*(?=\s)|[。！？｡।]+["'」』）”]*|\n+/gu;
/** What stands before a point that ends no sentence: titles and initials. */
const shortened =
  /(?:^|[\s("'[])(?:\p{L}|Mrs?|Ms|Dr|Prof|St|Jr|Sr|vs|No|Nr|approx|etc|e\.g|i\.e|z\.B|bzw|ca)$/u;
const startsSmall = /^\s*\p{Ll}/u;

/**
 * Sentences in order, without the space around them; nothing but space is left out. Titles and
 * initials of Latin script end none. Linear in the length of the text.
 *
 * @example splitSentences('Dr. Ng came. Good!') // spans of "Dr. Ng came." and "Good!"
 */
export function splitSentences(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  const close = (end: number): void => {
    const raw = text.slice(start, end);
    const from = start + (raw.length - raw.trimStart().length);
    const to = start + raw.trimEnd().length;
    if (to > from) spans.push({ start: from, end: to });
    start = end;
  };
  for (const match of text.matchAll(ending)) {
    const end = match.index + match[0].length;
    if (match[0] === '.' && isWithin(text, start, match.index)) continue;
    close(end);
  }
  close(text.length);
  return spans;
}

/** Characters that are looked at on either side of a point. */
const besideMax = 16;

function isWithin(text: string, start: number, point: number): boolean {
  const before = text.slice(Math.max(start, point - besideMax), point);
  return shortened.test(before) || startsSmall.test(text.slice(point + 1, point + besideMax));
}
