/** Cutting a text into passages of about 200 tokens at sentence borders. */

/** UTF-16 offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tokens a passage holds at most, but for a short tail that joins it. */
const passageTokensMax = 200;
/** A tail below this joins the passage before it. */
const tailTokensMin = 40;
/** A sentence border nearer to the start than this is not worth a passage of its own. */
const borderTokensMin = 60;

interface Cut {
  readonly at: number;
  readonly tokens: number;
}

/** Tokens per UTF-16 unit, roughly: subword vocabularies spend one on each ideograph. */
function tokensOf(unit: number): number {
  if (unit < 0x80) return 0.25;
  if (unit < 0x0e00) return 0.4;
  return unit >= 0xd800 && unit <= 0xdfff ? 0.5 : 1;
}

const isSpace = (unit: number): boolean => unit <= 0x20 || unit === 0xa0 || unit === 0x3000;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
/** Ends of sentences in scripts that put no space behind them. */
const wideEnds = '。！？｡…।';
const closers = '"\')]}»”’」』）';

/** Whether a sentence ends right before `at`, where something that is no space begins. */
function endsSentence(text: string, at: number): boolean {
  let before = at - 1;
  let spaced = false;
  while (before > at - 8 && before >= 0 && isSpace(text.charCodeAt(before))) {
    if (text[before] === '\n') return true;
    spaced = true;
    before--;
  }
  while (before > at - 8 && before >= 0 && closers.includes(text[before] ?? ' ')) before--;
  const end = text[before] ?? ' ';
  return wideEnds.includes(end) || (spaced && '.!?;؟۔'.includes(end));
}

/**
 * Passages that cover the text without gaps or overlaps; never a list of none (an empty text is
 * one empty passage). Giant sentences are cut at a space, giant words anywhere but inside a
 * surrogate pair. Linear in the length of the text.
 */
export function splitPassages(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  let tokens = 0;
  let sentence: Cut | undefined;
  let space: Cut | undefined;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const inPair = isLowSurrogate(unit) && isHighSurrogate(text.charCodeAt(at - 1));
    if (at > start && !inPair && !isSpace(unit)) {
      if (tokens > passageTokensMax) {
        const cut: Cut = sentence ?? space ?? { at, tokens };
        spans.push({ start, end: cut.at });
        start = cut.at;
        tokens -= cut.tokens;
        sentence = undefined;
        space = undefined;
      }
      const border = at > start && tokens <= passageTokensMax;
      if (border && isSpace(text.charCodeAt(at - 1))) space = { at, tokens };
      if (border && tokens >= borderTokensMin && endsSentence(text, at)) sentence = { at, tokens };
    }
    tokens += tokensOf(unit);
  }
  const last = spans.at(-1);
  if (last !== undefined && tokens < tailTokensMin) {
    spans[spans.length - 1] = { start: last.start, end: text.length };
  } else spans.push({ start, end: text.length });
  return spans;
}
