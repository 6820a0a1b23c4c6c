/** Whether a text says nearly what another one says, by its words in their order. Pure. */
import { foldTerm } from './fold.ts';
import { denies, type Said } from './same-words.ts';
import { stopMask } from './stop-words.ts';

/** Shorter ones are compared as a whole: of four words each one counts. */
const wordsMin = 5;
/** Longer texts are compared by their beginning. */
export const nearWordsMax = 128;
/** Share of the longer text that both have in common, in order (docs/guides/audit.md). */
const commonMin = 0.7;

/**
 * True for what was said again with words more or less, in another order of its parts, or spelled
 * otherwise. Not where a number, a negation or a telling word differs: "at 5 pm" is not "at 6 pm",
 * and "to Rome" is not "to Oslo".
 */
export function nearlySays(a: Said, b: Said): boolean {
  const [first, second] = [a.slice(0, nearWordsMax), b.slice(0, nearWordsMax)];
  if (Math.min(first.length, second.length) < wordsMin) return false;
  const longer = Math.max(first.length, second.length);
  if (!mayShare(first, second, commonMin * longer)) return false;
  const { common, onlyA, onlyB } = align(first, second);
  if (common < commonMin * longer) return false;
  const [wordsA, wordsB] = [wordsOf(onlyA), wordsOf(onlyB)];
  if (denies(wordsA) !== denies(wordsB)) return false;
  const [tellsA, tellsB] = [onlyA.filter(tells), onlyB.filter(tells)];
  if (onlyA.length === 0 || onlyB.length === 0) {
    return ![...wordsA, ...wordsB].some((word) => /\p{N}/u.test(word));
  }
  return samePersons(wordsA, wordsB) && isMoved(tellsA, tellsB);
}

/** Alike words that begin otherwise; more of them would be another text. */
const slipsMax = 2;

/** Saves most comparisons their whole cost: whether so many words begin alike, in any order. */
function mayShare(a: Said, b: Said, countMin: number): boolean {
  const beginnings = new Map<string, number>();
  for (const word of a) {
    const beginning = word.slice(0, 5);
    beginnings.set(beginning, (beginnings.get(beginning) ?? 0) + 1);
  }
  let shared = slipsMax;
  for (const word of b) {
    const beginning = word.slice(0, 5);
    const left = beginnings.get(beginning) ?? 0;
    if (left > 0) shared += 1;
    beginnings.set(beginning, left - 1);
  }
  return shared >= countMin;
}

interface Left {
  readonly word: string;
  readonly at: number;
}

const wordsOf = (left: readonly Left[]): string[] => left.map(({ word }) => word);
const tells = ({ word }: Left): boolean => stopMask(foldTerm(word)) === 0;

/** Function words that say who: "he" is not "she", while "in" may stand for "at". */
const persons = new Set(
  (
    'i you he she we they him her them my your his our their me us mine yours hers ours theirs ' +
    'ich du er sie wir ihr mein meine dein deine sein seine ihre unser unsere euer eure ihm ihn ' +
    'je tu il elle nous vous ils elles mon ma ton ta notre votre leur yo el ella ellos ellas ' +
    'nosotros mi tu su nuestro nuestra io lui lei noi voi loro eu ele ela eles elas meu minha ' +
    'ik jij hij zij wij mijn jouw zijn haar onze я ты он она мы вы они мой твой его ее наш'
  )
    .split(' ')
    .map(foldTerm),
);

function samePersons(a: readonly string[], b: readonly string[]): boolean {
  const of = (words: readonly string[]): string =>
    words
      .map(foldTerm)
      .filter((word) => persons.has(word))
      .sort()
      .join(' ');
  return of(a) === of(b);
}

/** Nothing, or one piece that stands as one piece elsewhere in the other text. */
function isMoved(a: readonly Left[], b: readonly Left[]): boolean {
  const isPiece = (left: readonly Left[]): boolean =>
    left.every(({ at }, i) => i === 0 || at === (left[i - 1]?.at ?? 0) + 1);
  return (
    a.length === b.length &&
    isPiece(a) &&
    isPiece(b) &&
    a.every(({ word }, i) => word === b[i]?.word)
  );
}

/** The longest common part in order, and what each has beside it. */
function align(a: Said, b: Said): { common: number; onlyA: Left[]; onlyB: Left[] } {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] = isAlike(a[i] ?? '', b[j] ?? '')
        ? cell(i + 1, j + 1) + 1
        : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const onlyA: Left[] = [];
  const onlyB: Left[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [wordA = '', wordB = ''] = [a[i], b[j]];
    if (i < a.length && j < b.length && isAlike(wordA, wordB)) {
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) {
      onlyA.push({ word: wordA, at: i });
      i += 1;
    } else {
      onlyB.push({ word: wordB, at: j });
      j += 1;
    }
  }
  return { common: cell(0, 0), onlyA, onlyB };
}

/** The same word, one of its forms, or a slip of the finger in a long one. */
function isAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  // All that follows needs the same beginning, which most pairs lack.
  if (short.length < 5 || short[0] !== long[0] || long.length > 40) return false;
  if (/\p{N}/u.test(a + b)) return false;
  let start = 1;
  while (start < short.length && short[start] === long[start]) start += 1;
  // "visit" and "visited", "Haus" and "Hauses"; names differ before.
  if (start >= 5 && start >= 0.6 * long.length) return true;
  if (short.length < 7 || long.length - short.length > 1) return false;
  const rest = short.length === long.length ? start + 1 : start;
  return short.slice(rest) === long.slice(start + 1) || isSwap(a, b, start);
}

function isSwap(a: string, b: string, at: number): boolean {
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
