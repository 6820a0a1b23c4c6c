/** Whether a text says what another one has said already, by its words in their order. Pure. */

/** Words in order, case and punctuation aside; what may be left out without a loss is left out. */
export type Said = readonly string[];

/** Who says "yes, the blue car" says "blue car". */
const sayNothing = new Set(['a', 'the', 'yes', 'yeah', 'ok', 'okay', 'oh', 'please']);
/** A text that is shorter than this share of the other is a part of it, not near to equal. */
const lengthShare = 0.6;
/** One of these more or less turns a statement round, however long it is. */
const negatingWords = [
  "not?|never|none|nobody|nothing|without|cannot|hardly|[a-z]+n['’]t",
  'nicht|kein\\p{L}*|nie|ne|pas|jamais|non|nunca|jamás|sin|não|nem|nu|niciodată|fără',
  'не|нет|ни|никогда|без|δεν|μην|όχι|ποτέ|χωρίς|değil|yok|hiç|không|chưa|chẳng',
  'لا|لم|لن|ليس|नहीं|मत|बिना',
];
const negation = new RegExp(`^(?:${negatingWords.join('|')}|[不没沒無无未别別非])$`, 'u');
/** In scripts without spaces they stand inside of what is written. */
const negatingSigns = /ไม่|ない|ません|않|못|없/u;
const wordPattern = new RegExp(
  // One word of a script without spaces is a character.
  '[\\p{Script=Han}\\p{Script=Thai}\\p{Script=Hiragana}\\p{Script=Katakana}]' +
    "|[\\p{L}\\p{M}\\p{N}]+(?:['’.,:][\\p{L}\\p{N}]+)*",
  'gu',
);

/** The words of a text, to be compared with those of others. Linear in the length of the text. */
export function saidBy(text: string): Said {
  const words = text.normalize('NFKC').toLowerCase().match(wordPattern) ?? [];
  const telling = words.filter((word) => !sayNothing.has(word));
  return telling.length > 0 ? telling : words;
}

/**
 * True when both have the same words in the same order: "Ann owes Bob" is not "Bob owes Ann", and
 * "at 5 pm" is not "at 6 pm".
 */
export function saysTheSame(a: Said, b: Said): boolean {
  // Signs alone ("!!!", an emoji) have no words to compare.
  return a.length > 0 && a.length === b.length && a.every((word, i) => word === b[i]);
}

/**
 * True when all of the text stands in the other in one piece, which is most of it: it adds nothing.
 * Not where the rest of the other denies: "I like tea" is not said in "I like tea? Never".
 */
export function isSaidIn(text: Said, other: Said): boolean {
  if (text.length === 0 || text.length < lengthShare * other.length) return false;
  for (let start = 0; start + text.length <= other.length; start += 1) {
    if (!text.every((word, i) => word === other[start + i])) continue;
    const rest = [...other.slice(0, start), ...other.slice(start + text.length)];
    return !denies(rest);
  }
  return false;
}

/** Whether one of the words turns a statement round. */
export function denies(words: Said): boolean {
  return words.some((word) => negation.test(word)) || negatingSigns.test(words.join(''));
}
