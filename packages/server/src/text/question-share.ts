/** How much of a text asks instead of telling. */

/**
 * A run of marks that end a sentence, with closing quotes and brackets, before a space, the end, or
 * anything in scripts that put no space behind it. U+037E is the Greek question mark; the
 * semicolon that Greeks type in its place also ends English clauses, so it does not count.
 */
const sentenceEnd = /[.!?…؟\u037e]+["')\]}»”’]*(?=\s|$)|[。！？｡]+[」』）”]?|\n+/gu;
const questionMark = /[?？؟\u037e]/u;
const letters = /[\p{L}\p{N}]/gu;
/** UTF-16 units that are looked at. */
const charsMax = 20_000;

/**
 * The share, 0 to 1, of the letters that stand in sentences with a question mark at their end.
 *
 * @example questionShare('Nice! Where did you buy it?') // 18 / 22
 */
export function questionShare(text: string): number {
  const part = text.slice(0, charsMax);
  if (!questionMark.test(part)) return 0;
  let asked = 0;
  let all = 0;
  let start = 0;
  const count = (end: number, isQuestion: boolean): void => {
    const size = part.slice(start, end).match(letters)?.length ?? 0;
    all += size;
    if (isQuestion) asked += size;
    start = end;
  };
  for (const match of part.matchAll(sentenceEnd)) {
    count(match.index + match[0].length, questionMark.test(match[0]));
  }
  count(part.length, false);
  return all === 0 ? 0 : asked / all;
}
