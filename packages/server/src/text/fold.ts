/** Folding of words: case, accents and digits that people leave out or write in another way. */

/** UTF-16 units in a term at most; longer words are cut. */
export const termCharsMax = 64;

const letters = new Map<string, string>([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ı', 'i'],
  ['ŋ', 'n'],
  ['ς', 'σ'],
  ['ё', 'е'],
  ['أ', 'ا'],
  ['إ', 'ا'],
  ['آ', 'ا'],
  ['ى', 'ي'],
  ['ـ', ''],
]);

/** Code points at which decimal digits of other scripts begin (Unicode, property Nd). */
const digitZeros = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
  0xf20, 0x1040, 0x17e0,
];

const foreignDigit = /[٠-٩۰-۹߀-߉०-९০-৯੦-੯૦-૯୦-୯௦-௯౦-౯೦-೯൦-൯๐-๙໐-໙༠-༩၀-၉០-៩]/g;
const special = /[ßæœøłđðþıŋςёأإآىـ]/g;
/** Marks over Latin and Greek letters, Arabic vowel points, Hebrew points. */
const accents = /([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+|[\u064b-\u0652\u0591-\u05c7]/gu;
const notAscii = /[^\p{ASCII}]/u;

/** The same text with 0 to 9 in place of other digits; every place stays where it was. */
export function plainDigits(text: string): string {
  return text.replaceAll(foreignDigit, digitValue);
}

function digitValue(digit: string): string {
  const code = digit.charCodeAt(0);
  const zero = digitZeros.find((start) => code >= start && code < start + 10) ?? code;
  return String(code - zero);
}

/** Lower case without folding accents away: what stemmers of accented languages expect. */
export function lowerCase(word: string): string {
  return word.toLowerCase().replace(/i̇/g, 'i').normalize('NFC');
}

/** Case, accents and digits folded. Marks that make another letter (й, ガ, Indic vowels) stay. */
export function foldTerm(word: string): string {
  const lower = word.toLowerCase();
  if (!notAscii.test(lower)) return lower;
  return lower
    .replace(special, (letter) => letters.get(letter) ?? letter)
    .replace(foreignDigit, digitValue)
    .normalize('NFD')
    .replace(accents, (_, letter: string | undefined) => letter ?? '')
    .normalize('NFC');
}

/** The first `termCharsMax` units, never half a surrogate pair. */
export function cutTerm(word: string): string {
  if (word.length <= termCharsMax) return word;
  const last = word.charCodeAt(termCharsMax - 1);
  const pair = last >= 0xd800 && last <= 0xdbff;
  return word.slice(0, pair ? termCharsMax - 1 : termCharsMax);
}

/**
 * A copy that does not keep the text alive from which the word was cut: V8 stores slices of 13
 * units and more as pointers into their parent.
 */
export function detach(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, 'utf16le').toString('utf16le');
}
