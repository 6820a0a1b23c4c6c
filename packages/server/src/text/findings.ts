/** What in a text should not be kept unseen: secrets, card numbers, instructions to a model. */
import { type Finding, hygieneKinds } from '../domain/hygiene.ts';
import { findCardNumbers } from './card-numbers.ts';
import { findHiddenText, findInstructions } from './instructions.ts';
import { plainText } from './plain-text.ts';
import { findSecrets } from './secrets.ts';

/** Between two texts: what is open in the one does not go on in the other. */
export const textBreak = '\n\f\n';

/**
 * In order of their places. Those of one kind do not overlap; of different kinds they may, as a
 * policy for one kind says nothing about another. Linear in the length of the text.
 */
export function findingsIn(text: string): Finding[] {
  const plain = plainText(text);
  const found = [...findSecrets(plain), ...findCardNumbers(plain), ...findInstructions(plain)];
  const placed = found.map((one) => ({
    ...one,
    start: plain.at(one.start),
    end: plain.at(one.end),
  }));
  const all = [...placed, ...findHiddenText(text)];
  return hygieneKinds
    .flatMap((kind) => withoutOverlaps(all.filter((one) => one.kind === kind)))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Of two that overlap the earlier stays, and of these the longer; it takes up the other's end. */
export function withoutOverlaps<F extends Finding>(found: readonly F[]): F[] {
  const kept: F[] = [];
  for (const one of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || one.start >= last.end) kept.push(one);
    else if (one.end > last.end) kept[kept.length - 1] = { ...last, end: one.end };
  }
  return kept;
}
