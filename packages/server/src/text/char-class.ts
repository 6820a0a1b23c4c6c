/** What a character is to the tokenizer. */

export const charClass = {
  separator: 1,
  lower: 2,
  upper: 3,
  digit: 4,
  mark: 5,
  /** ASCII punctuation that may hold two halves of a word together. */
  joiner: 6,
  /** Han and kana. */
  cjk: 7,
  hangul: 8,
  /** Scripts written without spaces: Thai, Lao, Khmer, Myanmar. */
  unspaced: 9,
  emoji: 10,
} as const;

export type CharClass = (typeof charClass)[keyof typeof charClass];

const joiners = "'’.-_@/:+#&=%~?,";
const tests: readonly (readonly [CharClass, RegExp])[] = [
  [charClass.digit, /\p{Nd}/u],
  [charClass.cjk, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ーｰ々〆]/u],
  [charClass.hangul, /\p{Script=Hangul}/u],
  [charClass.unspaced, /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u],
  [charClass.upper, /[\p{Lu}\p{Lt}]/u],
  [charClass.lower, /[\p{L}\p{Nl}]/u],
  [charClass.digit, /\p{N}/u],
  [charClass.mark, /\p{M}/u],
  [charClass.emoji, /\p{Extended_Pictographic}|\p{Regional_Indicator}/u],
];

function classify(character: string): CharClass {
  if (joiners.includes(character)) return charClass.joiner;
  for (const [found, pattern] of tests) if (pattern.test(character)) return found;
  return charClass.separator;
}

/** Class per UTF-16 unit, filled on first sight; 0 where not seen yet. */
const known = new Uint8Array(0x10000);

/** Class of the code point at `at`; a lone surrogate is a separator. */
export function classAt(text: string, at: number): CharClass {
  const unit = text.charCodeAt(at);
  const found = known[unit];
  if (found !== undefined && found !== 0) return found as CharClass;
  if (unit >= 0xd800 && unit <= 0xdfff) {
    const point = text.codePointAt(at) ?? 0;
    return point > 0xffff ? classify(String.fromCodePoint(point)) : charClass.separator;
  }
  const fresh = classify(String.fromCharCode(unit));
  known[unit] = fresh;
  return fresh;
}
