/** What the turns of a cluster tell: their sentences and words, and what each is worth. */
import { contentTerms } from '../../../../text/content-terms.ts';
import { detectLanguage } from '../../../../text/detect-language.ts';
import type { Span } from '../../../../text/passages.ts';
import { splitSentences } from '../../../../text/sentences.ts';
import { findTimes } from '../../../../text/time-expressions.ts';
import { normalizeText, tokenize } from '../../../../text/tokenize.ts';
import { wordsOf } from '../../../../text/words.ts';
import type { DreamMemory } from '../../strategy.ts';
import { withAbsoluteTimes, writtenTime } from './absolute-times.ts';
import { speaksOf } from './speaks-of.ts';

export interface Weighing {
  /** In nats, of a stemmed word. */
  readonly rarity: (term: string) => number;
  readonly countTokens: (text: string) => number;
  readonly breathe: () => Promise<void>;
}

export interface Word {
  readonly memory: DreamMemory;
  readonly text: string;
  readonly terms: readonly string[];
  readonly worth: number;
  readonly tokens: number;
}

export interface Sentence {
  readonly memory: DreamMemory;
  /** Its place among all of the cluster. */
  readonly place: number;
  /** To be read alone: its times are dates. */
  readonly text: string;
  readonly tokens: number;
  /** Without function words, and without what it says of time. */
  readonly words: readonly Word[];
  /** What it says of time, as dates. */
  readonly times: readonly Word[];
}

/*
 * What is asked later, as questions of LoCoMo's dev half are: a word in the name of something about
 * twice as often as another, one of a sentence in the first person four times as often as one of a
 * sentence about the listener. The factors are milder than that.
 */
const namedFactor = 1.5;
const selfFactor = 2;
const otherFactor = 0.4;
const bothFactor = 0.7;
const questionFactor = 0.4;
/** A word of several turns is what they are about: for each time that their number doubles. */
const spreadFactor = 0.25;

const question = /[?？؟]["')\]}»”’]*$/u;

/** Sentences in order; what repeats a recall tells nothing of its own. */
export async function toldIn(
  cluster: readonly DreamMemory[],
  weighing: Weighing,
): Promise<Sentence[]> {
  const weightOf = weightIn(cluster, weighing);
  const sentences: Sentence[] = [];
  for (const memory of cluster) {
    if (memory.isEcho) continue;
    const language = detectLanguage(tokenize(normalizeText(memory.text)), 'en');
    for (const span of splitSentences(memory.text)) {
      await weighing.breathe();
      const raw = memory.text.slice(span.start, span.end);
      const factor = factorOf(raw);
      const text = withAbsoluteTimes(raw, memory.occurredAt).replace(/\s+/gu, ' ');
      const words = wordsIn(memory, span, language).map(({ text: word, terms, isNamed }): Word => {
        const weight = terms.reduce((sum, term) => sum + weightOf(term), 0);
        const worth = weight * factor * (isNamed ? namedFactor : 1);
        return { memory, text: word, terms, worth, tokens: weighing.countTokens(` ${word}`) };
      });
      const tokens = weighing.countTokens(text);
      const times = timesIn(memory, raw, words, weighing);
      sentences.push({ memory, place: sentences.length, text, tokens, words, times });
    }
  }
  return sentences;
}

/** A date is worth as much as the best word that it belongs to. */
function timesIn(
  memory: DreamMemory,
  sentence: string,
  words: readonly Word[],
  { countTokens }: Weighing,
): Word[] {
  const density = Math.max(0, ...words.map(({ worth, tokens }) => worth / tokens));
  return findTimes(sentence, memory.occurredAt).flatMap((time) => {
    if (time.certainty === 'vague') return [];
    const text = writtenTime(time, memory.occurredAt);
    const tokens = countTokens(` ${text}`);
    return [{ memory, text, terms: [`date ${text}`], worth: density * tokens, tokens }];
  });
}

function weightIn(cluster: readonly DreamMemory[], { rarity }: Weighing): (term: string) => number {
  const turns = new Map<string, number>();
  for (const { terms } of cluster) {
    for (const term of terms.keys()) turns.set(term, (turns.get(term) ?? 0) + 1);
  }
  // The speakers stand before each line anyway.
  const speakers = contentTerms([...new Set(cluster.map(({ speaker }) => speaker))].join(' . '));
  return (term) => {
    if (speakers.has(term)) return 0;
    return Math.max(0, rarity(term)) * (1 + spreadFactor * Math.log2(turns.get(term) ?? 1));
  };
}

function factorOf(sentence: string): number {
  const asks = question.test(sentence) ? questionFactor : 1;
  const { self, other } = speaksOf(sentence);
  if (self) return asks * (other ? bothFactor : selfFactor);
  return asks * (other ? otherFactor : 1);
}

/** Words with the marks that stand within them. */
const wordPattern = /[\p{L}\p{M}\p{N}$€£#@]+(?:['’.\-:/&][\p{L}\p{M}\p{N}]+)*%?/gu;

const isNumber = /^[$€£]?\p{N}+(?:[.,]\p{N}+)*$/u;

function joinedWord(number: RawWord, text: string, terms: readonly string[]): RawWord {
  return { ...number, text: `${number.text} ${text}`, terms: [...number.terms, ...terms] };
}

/** Scripts that put no space between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
/** UTF-16 units handed to Intl.Segmenter at once: its time grows faster than the text. */
const segmentCharsMax = 1000;

/** Words as written. In scripts without spaces single characters are left out: most say little. */
function spelled(sentence: string): { readonly text: string; readonly index: number }[] {
  return [...sentence.matchAll(wordPattern)].flatMap(({ 0: run, index }) => {
    if (!unspaced.test(run)) return [{ text: run, index }];
    return [...segmenter.segment(run.slice(0, segmentCharsMax))]
      .filter(({ isWordLike, segment }) => isWordLike && [...segment].length > 1)
      .map(({ segment, index: within }) => ({ text: segment, index: index + within }));
  });
}

type RawWord = Pick<Word, 'text' | 'terms'> & { readonly isNamed: boolean };

function wordsIn(memory: DreamMemory, { start, end }: Span, language: string): RawWord[] {
  const sentence = memory.text.slice(start, end);
  const times = findTimes(sentence, memory.occurredAt);
  const words: RawWord[] = [];
  for (const { text, index } of spelled(sentence)) {
    if (times.some((time) => index >= time.start && index < time.end)) continue;
    const terms = tokenize(normalizeText(text)).flatMap((token) =>
      wordsOf(token, language)
        .filter(({ stop }) => !stop)
        .map(({ term }) => term),
    );
    if (terms.length === 0) continue;
    const at = start + index;
    const isEntity = memory.entities.some((entity) => at >= entity.start && at < entity.end);
    const last = words.at(-1);
    if (last && isNumber.test(last.text) && sentence.slice(0, index).endsWith(`${last.text} `)) {
      // "352" alone tells nothing of euros.
      words[words.length - 1] = { ...joinedWord(last, text, terms), isNamed: true };
    } else words.push({ text, terms, isNamed: isEntity || /\p{N}/u.test(text) });
  }
  return words;
}
