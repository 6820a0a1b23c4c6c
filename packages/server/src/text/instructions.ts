/** Text that speaks to a model: to drop its rules, to tell them, to call tools, to stay unseen. */
import type { Finding } from '../domain/hygiene.ts';
import { allMatches } from './all-matches.ts';
import { type InstructionType, type Wording, wordings } from './instruction-forms.ts';
import type { PlainText } from './plain-text.ts';

/** Linear in the length of the text. Places are those of the plain text. */
export function findInstructions({ lower }: PlainText): Finding[] {
  return wordings.flatMap((wording) => worded(lower, wording));
}

const charsUsual = 100;
/** A line goes on in the next one, unless that is empty or the next point of a list. */
const sentenceEnd = /[.!?。！？]|\n(?=\s*(?:\n|[-*•#>]|\d+[.)]))/;

function worded(lower: string, { type, first, next, chars = charsUsual }: Wording): Finding[] {
  const found: Finding[] = [];
  // What the last pattern looks for is in few texts.
  if (lower.search(next.at(-1) ?? first) < 0) return found;
  let behind = 0;
  for (const { 0: word, index } of allMatches(lower, first)) {
    if (index < behind) continue;
    const from = index + word.length;
    const length = next.length === 0 ? 0 : followed(lower.slice(from, from + chars), next);
    if (length === undefined) continue;
    behind = from + length;
    found.push(instruction(type, index, behind));
  }
  return found;
}

/** Where the last of the patterns ends, each behind the one before and in the same sentence. */
function followed(window: string, patterns: readonly RegExp[]): number | undefined {
  const sentence = window.slice(0, window.search(sentenceEnd) + 1 || undefined);
  let at = 0;
  for (const pattern of patterns) {
    const match = pattern.exec(sentence.slice(at));
    if (match === null) return undefined;
    at += match.index + match[0].length;
  }
  return at;
}

const instruction = (type: InstructionType, start: number, end: number): Finding => ({
  ...{ kind: 'instructions', type, start, end },
});

/** Letters that only a machine reads, and overrides that show a text in another order. */
const hiddenRuns: readonly RegExp[] = [
  /[\u{e0100}-\u{e01ef}]{3,}/gu,
  /(?<![\ufe00-\ufe0f])[\ufe00-\ufe0f]{4,}/gu,
  /[\u202d\u202e]+/gu,
  /(?:\u200b|\u200c|\u200d|\u2060|\ufeff){6,}/gu,
  /[\u115f\u1160\u3164\uffa0\u2800]{6,}/gu,
];

/** Tag characters, and the one thing that they are for: flags of regions such as Scotland. */
const tagRun = /\u{1f3f4}?[\u{e0020}-\u{e007f}]{2,}/gu;
const regionFlag = /^\u{1f3f4}[\u{e0061}-\u{e007a}]{3,6}\u{e007f}$/u;

const splitter = '(?:\\u200b|\\u2060|\\ufeff|\\u00ad|\\u200c|\\u200d)+';
const splitters = new RegExp(splitter, 'g');
const splitWord = new RegExp(`(?<![A-Za-z])(?:[A-Za-z]+${splitter})+[A-Za-z]+`, 'g');
/** Of invisible characters between Latin letters so many are no accident. */
const splitsMax = 3;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they belong to ASCII.
const ascii = /^[\x00-\x7f]*$/;

/** Over the text as it was written: in plain text they are gone. */
export function findHiddenText(text: string): Finding[] {
  if (ascii.test(text)) return [];
  const runs = hiddenRuns.flatMap((pattern) => allMatches(text, pattern));
  const tags = allMatches(text, tagRun).filter(([run]) => !regionFlag.test(run));
  return [...runs, ...tags, ...splitWords(text)].map(({ 0: run, index }) =>
    instruction('hidden_text', index, index + run.length),
  );
}

function splitWords(text: string): RegExpExecArray[] {
  const words = allMatches(text, splitWord);
  let splits = 0;
  for (const [word] of words) splits += word.match(splitters)?.length ?? 0;
  return splits > splitsMax ? words : [];
}
