/** Whether two texts say the same in the same words. Pure. */

/** Share of the words that two near-duplicates have in common, of all that either has. */
const sharedMin = 0.9;
/** With fewer words one that differs changes what is said. */
const wordsMin = 8;
/** One of these more or less turns a statement round, however long it is. */
const negatingWords = [
  "not?|never|none|nobody|nothing|without|cannot|[a-z]+n['’]t",
  'nicht|kein\\p{L}*|nie|ne|pas|jamais|non|nunca|jamás|sin|não|nem|nu|niciodată|fără',
  'не|нет|ни|никогда|без|δεν|μην|όχι|ποτέ|χωρίς|değil|yok|hiç|không|chưa|chẳng',
  'لا|لم|لن|ليس|नहीं|मत|बिना',
];
/** In scripts without spaces they stand inside of what is written. */
const negatingSigns = '[不没沒無无未别別非]|ไม่|ない|ません|않|못|없';
const negations = new RegExp(
  `(?<![\\p{L}\\p{M}])(?:${negatingWords.join('|')})(?![\\p{L}\\p{M}])|${negatingSigns}`,
  'gu',
);
/** Longer texts are compared by what stands at their beginning, and by their length. */
const charsMax = 4000;

/** A text that is compared with several: its words are found once, when they are needed. */
export class ComparedText {
  readonly text: string;
  #words: readonly string[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get words(): readonly string[] {
    this.#words ??= wordsOf(this.text);
    return this.#words;
  }
}

/**
 * Equal but for case, punctuation and space; or at least nine tenths of at least eight words in
 * common. Texts whose numbers or negations differ never say the same: "at 5 pm" is not "at 6 pm".
 *
 * @example saysTheSame(new ComparedText('In Porto.'), new ComparedText('in Porto')) // true
 */
export function saysTheSame(one: ComparedText, other: ComparedText): boolean {
  const [a, b] = [one.text, other.text];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 0.8 * Math.max(a.length, b.length)) return false;
  const [first, second] = [one.words, other.words];
  // Signs alone ("!!!", an emoji) have no words to compare.
  if (first.length === 0 || second.length === 0) return false;
  if (first.length === second.length && first.every((word, i) => word === second[i])) return true;
  if (Math.min(first.length, second.length) < wordsMin) return false;
  return (
    numbersOf(first) === numbersOf(second) &&
    negationsIn(a) === negationsIn(b) &&
    overlap(first, second) >= sharedMin
  );
}

function negationsIn(text: string): number {
  return text.slice(0, charsMax).toLowerCase().match(negations)?.length ?? 0;
}

function wordsOf(text: string): string[] {
  const start = text.slice(0, charsMax).normalize('NFKC').toLowerCase();
  // One word of a script without spaces is a character.
  return (
    start.match(
      /[\p{Script=Han}\p{Script=Thai}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu,
    ) ?? []
  );
}

function numbersOf(words: readonly string[]): string {
  return words
    .filter((word) => /\p{N}/u.test(word))
    .sort()
    .join(' ');
}

/** Words in common of all words, each counted as often as it stands there. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left === 0) continue;
    counts.set(word, left - 1);
    common += 1;
  }
  return common / (a.length + b.length - common);
}
