/** Cutting text into runs: words, compounds, and runs of scripts that do not space their words. */
import { type CharClass, charClass, classAt } from './char-class.ts';

export type TokenKind = 'word' | 'compound' | 'cjk' | 'hangul' | 'unspaced' | 'emoji';

/** A stretch of normalised text, as written. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const { separator, lower, upper, digit, mark, joiner, cjk, hangul, unspaced, emoji } = charClass;
const notAscii = /[^\p{ASCII}]/u;
/** Joiners looked past at most: the longest sequence that holds a word together is `://`. */
const joinersMax = 3;

/**
 * NFKC without invisible characters; ASCII comes back as it is. A zero-width space parts words,
 * the other format characters and variation selectors vanish. NFKC takes Thai and Lao AM apart,
 * which the word dictionary does not expect, so it is put together again.
 */
export function normalizeText(text: string): string {
  if (!notAscii.test(text)) return text;
  return text
    .replaceAll('\u200b', ' ')
    .replace(/\p{Cf}|\p{Variation_Selector}/gu, '')
    .normalize('NFKC')
    .replaceAll('\u0e4d\u0e32', '\u0e33')
    .replaceAll('\u0ecd\u0eb2', '\u0eb3');
}

function widthAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function isWordClass(found: CharClass): boolean {
  return found === lower || found === upper || found === digit || found === mark;
}

/** Where the word goes on behind the joiners at `at`; -1 where it ends here. */
function behindJoiners(text: string, at: number, address: boolean): number {
  let next = at + 1;
  while (next - at < joinersMax && next < text.length && classAt(text, next) === joiner) next++;
  if (next >= text.length || !isWordClass(classAt(text, next))) return -1;
  const held = text.slice(at, next);
  if (address || held === '://' || held === '::' || held === '__') return next;
  if (held.length > 1) return -1;
  if (held === ',') {
    const between = classAt(text, at - 1) === digit && classAt(text, next) === digit;
    return between ? next : -1;
  }
  return '=%~?'.includes(held) ? -1 : next;
}

/** The end of C++, C# and F#, whose names close with punctuation. */
function behindNameEnd(text: string, start: number, end: number): number {
  if (end - start !== 1) return end;
  const next = text[end];
  if (next === '#') return end + 1;
  return next === '+' && text[end + 1] === '+' ? end + 2 : end;
}

/** Scans a word that starts at `start`; returns its end, negative where it is a compound. */
function scanWord(text: string, start: number): number {
  let at = start;
  let compound = false;
  let address = false;
  let before: CharClass = separator;
  if (text[at] === '@') {
    compound = true;
    at++;
  }
  while (at < text.length) {
    const found = classAt(text, at);
    if (found === joiner) {
      const next = behindJoiners(text, at, address);
      if (next < 0) break;
      address ||= text.startsWith('://', at);
      compound = true;
      before = joiner;
      at = next;
      continue;
    }
    if (!isWordClass(found)) break;
    if (found === upper && before === lower) compound = true;
    if (before !== separator && (found === digit) !== (before === digit)) compound = true;
    before = found;
    at += widthAt(text, at);
  }
  const end = behindNameEnd(text, start, at);
  return compound || end !== at ? -end : end;
}

function scanRun(text: string, start: number, wanted: CharClass): number {
  let at = start + widthAt(text, start);
  while (at < text.length) {
    const found = classAt(text, at);
    if (found !== wanted && (found !== mark || wanted === emoji)) break;
    at += widthAt(text, at);
  }
  return at;
}

const runKinds = new Map<CharClass, TokenKind>([
  [cjk, 'cjk'],
  [hangul, 'hangul'],
  [unspaced, 'unspaced'],
]);

/** Tokens of normalised text, in order. Linear in the length of the text. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = classAt(text, at);
    const handle = found === joiner && text[at] === '@' && isWordClass(classAt(text, at + 1));
    if (isWordClass(found) || handle) {
      const end = scanWord(text, at);
      const stop = Math.abs(end);
      tokens.push({ kind: end < 0 ? 'compound' : 'word', text: text.slice(at, stop) });
      at = stop;
      continue;
    }
    const kind = runKinds.get(found);
    if (kind !== undefined) {
      const end = scanRun(text, at, found);
      tokens.push({ kind, text: text.slice(at, end) });
      at = end;
    } else {
      const end = at + widthAt(text, at);
      if (found === emoji) tokens.push({ kind: 'emoji', text: text.slice(at, end) });
      at = end;
    }
  }
  return tokens;
}
