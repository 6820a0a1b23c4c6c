/** Counts what grows with a text piece by piece, so that nobody waits for a long one. */
import { serverItself } from './fair-turns.ts';
import { createTurns, type Turns } from './turns.ts';

/** Of a piece; a tokeniser takes about a millisecond for it. */
const pieceCharsMax = 4096;
/** Longer runs are no words of any language, and tokenisers take the square of their length. */
const runCharsMax = 256;
const longRun = new RegExp(`\\S{${runCharsMax}}(?=\\S)`, 'gu');

/** Puts a space into every run of over {@link runCharsMax} characters without one. */
export function breakLongRuns(text: string): string {
  return text.replace(longRun, '$& ');
}

/** The sum of `count` over the pieces; they end before white space where that is possible. */
export async function countInPieces(
  text: string,
  count: (piece: string) => number,
  turns: Turns = createTurns(serverItself),
): Promise<number> {
  const whole = breakLongRuns(text);
  let sum = 0;
  for (let from = 0; from < whole.length; ) {
    const to = endOfPiece(whole, from);
    sum += count(whole.slice(from, to));
    from = to;
    if (turns.due()) await turns.next();
  }
  return sum;
}

function endOfPiece(text: string, from: number): number {
  const to = from + pieceCharsMax;
  if (to >= text.length) return text.length;
  for (let at = to; at > from; at--) if (/\s/u.test(text[at] ?? '')) return at;
  return to;
}
