/** A text without its disguises: width, accents, look-alikes, other digits, hidden signs. Pure. */
import { foldTerm, plainDigits } from './fold.ts';
import { ofEnclosed, ofSmallCapital, unmaskLookAlikes } from './look-alikes.ts';

export interface PlainText {
  /** Case is kept. */
  readonly text: string;
  /** The same in lower case, place by place. */
  readonly lower: string;
  /** From a place in the plain text to one in the original. */
  at(place: number): number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they belong to ASCII.
const ascii = /^[\x00-\x7f]*$/;

/** Linear in the length of the text. */
export function plainText(text: string): PlainText {
  if (ascii.test(text)) return { text, lower: text.toLowerCase(), at: (place) => place };
  const units = new Uint16Array(text.length);
  const places = new Uint32Array(text.length + 1);
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const isPair = unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length;
    const plain = isPair ? plainPair(text, i) : plainUnit(unit);
    if (plain === hidden) {
      if (isPair) i += 1;
      continue;
    }
    places[length] = i;
    units[length++] = plain === same ? unit : plain;
    if (!isPair) continue;
    i += 1;
    if (plain !== same) continue;
    places[length] = i;
    units[length++] = text.charCodeAt(i);
  }
  places[length] = text.length;
  const plainUnits = units.subarray(0, length);
  unmaskLookAlikes(plainUnits);
  const plain = decode(plainUnits);
  return { text: plain, lower: lowerOf(plain), at: (place) => places[place] ?? text.length };
}

const hidden = -1;
const same = -2;
const unseen = -3;

/** Per UTF-16 unit, filled on first sight. */
const table = new Int32Array(0x10000).fill(unseen);

const hiddenUnit = /[\p{Cf}\p{Mn}\p{Me}\u115f\u1160\uffa0]/u;
/** Marks that make another letter, as in Indic scripts, stay; accents go. */
const accent = /[\u0300-\u036f\ufe00-\ufe0f]/;
/** The last two are a blank of braille and one of hangul. */
const space = /[\u00a0\u2000-\u200a\u202f\u205f\u3000\u2800\u3164]/;

function plainUnit(unit: number): number {
  const known = table[unit] ?? unseen;
  if (known !== unseen) return known;
  const made = makePlain(String.fromCharCode(unit));
  table[unit] = made;
  return made;
}

function makePlain(character: string): number {
  if (/[\ud800-\udfff]/.test(character)) return same;
  const isMark = /\p{Mn}/u.test(character);
  if (hiddenUnit.test(character) && (!isMark || accent.test(character))) return hidden;
  if (space.test(character)) return 0x20;
  const wide = character.charCodeAt(0);
  if (wide >= 0xff01 && wide <= 0xff5e) return wide - 0xfee0;
  const capital = ofSmallCapital(character) ?? circled(character);
  if (capital !== undefined) return capital.charCodeAt(0);
  const digit = plainDigits(character);
  if (digit !== character) return digit.charCodeAt(0);
  if (!/\p{Script=Latin}/u.test(character)) return same;
  const folded = foldTerm(character).charAt(0);
  const isUpper = character !== character.toLowerCase();
  const plain = (isUpper ? folded.toUpperCase() : folded).charCodeAt(0);
  return Number.isNaN(plain) ? same : plain;
}

/** Letters in circles. */
function circled(character: string): string | undefined {
  return /[\u24b6-\u24e9]/.test(character) ? character.normalize('NFKC') : undefined;
}

/** Mathematical and enclosed letters, and tags; every other character stays. */
function plainPair(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0;
  if ((point >= 0xe0000 && point <= 0xe007f) || (point >= 0xe0100 && point <= 0xe01ef)) {
    return hidden;
  }
  const letter = ofEnclosed(point);
  if (letter !== undefined) return letter.charCodeAt(0);
  if (point < 0x1d400 || point > 0x1d7ff) return same;
  const plain = String.fromCodePoint(point).normalize('NFKC');
  return plain.length === 1 ? plain.charCodeAt(0) : same;
}

const unitsAtOnce = 8192;

function decode(units: Uint16Array): string {
  const parts: string[] = [];
  for (let i = 0; i < units.length; i += unitsAtOnce) {
    parts.push(String.fromCharCode(...units.subarray(i, i + unitsAtOnce)));
  }
  return parts.join('');
}

/** A few letters are longer in lower case, which would move all places behind them. */
function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/\p{Lu}/gu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}
