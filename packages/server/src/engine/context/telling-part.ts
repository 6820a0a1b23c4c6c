/** The few words of a long text that answer a question, where there is no room for more. Pure. */

/** About 50 tokens. */
const charsMax = 200;
const sentence = /[^.!?\n。！？]+(?:[.!?。！？]+|\n|$)/gu;
const ellipsis = '…';

/**
 * The sentence with the most of the matched words (the first of equal ones), or as much of it as
 * `charsMax` UTF-16 units hold; a short text as it is. Marks where something was cut off.
 */
export function tellingPart(text: string, matched: readonly string[]): string {
  const trimmed = text.trim();
  if (trimmed.length <= charsMax) return trimmed;
  const words = matched.map((word) => word.toLowerCase());
  let best = { start: 0, end: trimmed.length, hits: -1 };
  for (const { 0: found, index } of trimmed.matchAll(sentence)) {
    const lower = found.toLowerCase();
    const hits = words.filter((word) => lower.includes(word)).length;
    if (hits > best.hits) best = { start: index, end: index + found.length, hits };
  }
  const { start, end } = best.end - best.start <= charsMax ? best : around(trimmed, best, words);
  const part = trimmed.slice(start, end).trim();
  const before = start > 0 ? `${ellipsis} ` : '';
  return `${before}${part}${end < trimmed.length ? ` ${ellipsis}` : ''}`;
}

/** A part of the sentence that begins a little before its first matched word, at whole words. */
function around(
  text: string,
  { start, end }: { start: number; end: number },
  words: readonly string[],
): { start: number; end: number } {
  const lower = text.slice(start, end).toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = first < charsMax / 2 ? start : wordStart(text, start + first - charsMax / 4);
  const to = Math.min(end, from + charsMax);
  return { start: from, end: to === end ? end : wordStart(text, to) };
}

/** The last place up to `at` where a word begins; `at` itself in scripts without spaces. */
function wordStart(text: string, at: number): number {
  const space = text.lastIndexOf(' ', at);
  if (space > at - 40) return space + 1;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
