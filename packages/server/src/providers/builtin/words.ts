/** Splits a text into the words that the built-in table knows; the reference is tokenizer.py. */

/** UTF-16 code units of a text that are read: no memory value is longer. */
export const TEXT_UNITS_MAX = 32_768;

const GAP = 0;
const WORD = 1;
const ALONE = 2;
const UNSEEN = 255;

const WORD_CHARACTER = /^[\p{L}\p{N}\p{M}]$/u;
const SYMBOL = /^[\p{P}\p{S}]$/u;
const NON_SPACING = /\p{Mn}+/gu;
const SURROGATES = 0xd800;
const SURROGATES_END = 0xe000;
const classes = new Uint8Array(0x10000).fill(UNSEEN);

/** The blocks that the teacher's tokenizer takes one ideograph at a time. */
function isIdeograph(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x20000 && code <= 0x2a6df) ||
    (code >= 0x2a700 && code <= 0x2ceaf) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x2f800 && code <= 0x2fa1f)
  );
}

function classify(code: number): number {
  if (isIdeograph(code)) return ALONE;
  const character = String.fromCodePoint(code);
  if (WORD_CHARACTER.test(character)) return WORD;
  return SYMBOL.test(character) ? ALONE : GAP;
}

function classOf(code: number): number {
  if (code > 0xffff) return classify(code);
  const known = classes[code] ?? UNSEEN;
  if (known !== UNSEEN) return known;
  const found = classify(code);
  classes[code] = found;
  return found;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 127) return false;
  }
  return true;
}

function normalise(text: string): string {
  const cut = text.length > TEXT_UNITS_MAX ? text.slice(0, TEXT_UNITS_MAX) : text;
  if (isAscii(cut)) return cut.toLowerCase();
  return cut.normalize('NFKD').replace(NON_SPACING, '').toLowerCase();
}

/**
 * Calls `take` with each word in order until it returns false. Words are lower case and without
 * accents: runs of letters, digits and marks, single ideographs, and single visible symbols.
 */
export function eachWord(text: string, take: (word: string) => boolean): void {
  const plain = normalise(text);
  let start = -1;
  for (let at = 0; at < plain.length; ) {
    let code = plain.charCodeAt(at);
    if (code >= SURROGATES && code < SURROGATES_END) code = plain.codePointAt(at) ?? code;
    const next = at + (code > 0xffff ? 2 : 1);
    const kind = classOf(code);
    if (kind === WORD) {
      if (start < 0) start = at;
    } else {
      if (start >= 0 && !take(plain.slice(start, at))) return;
      start = -1;
      if (kind === ALONE && !take(plain.slice(at, next))) return;
    }
    at = next;
  }
  if (start >= 0) take(plain.slice(start));
}
