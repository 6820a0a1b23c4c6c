/** The text of a summary: for each day and speaker the sentences chosen, then further words. */
import type { DreamMemory } from '../../strategy.ts';
import { writtenDay } from './absolute-times.ts';
import { compressLimits } from './compress-limits.ts';
import { type Sentence, toldIn, type Weighing, type Word } from './told-in.ts';

/** Undefined where it would hardly be shorter, or where there is nothing to say. */
export async function summarize(
  cluster: readonly DreamMemory[],
  weighing: Weighing,
): Promise<string | undefined> {
  const before = cluster.reduce((sum, { tokens }) => sum + tokens, 0);
  const { share, sentenceShare, tokensMin, tokensMax, shareMax, charsMax } = compressLimits;
  const days = new Set(cluster.map(dayOf));
  const labels = new Set(cluster.map((memory) => `${dayOf(memory)} ${memory.speaker}`));
  const wanted = Math.min(tokensMax, share * before);
  const free = Math.max(tokensMin, wanted - days.size * dayTokens - labels.size * labelTokens);
  const told = await toldIn(cluster, weighing);
  const said = new Set<string>();
  const sentences = chooseSentences(told, free * sentenceShare, said);
  const used = sentences.reduce((sum, { tokens }) => sum + tokens, 0);
  const words = chooseWords(told, free - used, said);
  if (sentences.length + words.length === 0) return undefined;
  const text = written(cluster, sentences, words);
  const isShort = weighing.countTokens(text) <= shareMax * before && text.length <= charsMax;
  return isShort ? text : undefined;
}

const dayOf = ({ occurredAt }: DreamMemory): string => writtenDay(occurredAt);

/** Tokens of a line with a day, and of a speaker's name with what parts sentences from words. */
const dayTokens = 6;
const labelTokens = 4;
/** Telling words that a sentence must have to be worth reading. */
const wordsMin = 3;
/** A word that is said already is worth so much when it is said again. */
const saidAgain = 0.1;
/** How much shorter sentences are preferred: 0 not at all, 1 by what each token tells. */
const shortness = 0.8;

/** Those that tell most within so many tokens, each by what it adds to the ones before. */
function chooseSentences(
  sentences: readonly Sentence[],
  tokensMax: number,
  said: Set<string>,
): Sentence[] {
  const chosen: Sentence[] = [];
  const left = new Set(sentences.filter(({ words }) => words.length >= wordsMin));
  let tokens = 0;
  for (;;) {
    let best: Sentence | undefined;
    let most = 0;
    for (const one of left) {
      if (tokens + one.tokens > tokensMax) {
        left.delete(one);
        continue;
      }
      const gain = gainOf(one, said) / one.tokens ** shortness;
      if (gain > most) [best, most] = [one, gain];
    }
    if (!best) return chosen.sort((a, b) => a.place - b.place);
    left.delete(best);
    chosen.push(best);
    tokens += best.tokens;
    for (const { terms } of [...best.words, ...best.times]) {
      for (const term of terms) said.add(term);
    }
  }
}

function gainOf({ words }: Sentence, said: ReadonlySet<string>): number {
  let gain = 0;
  for (const { worth, terms } of words) {
    gain += terms.every((term) => said.has(term)) ? worth * saidAgain : worth;
  }
  return gain;
}

/** The words that tell most of what is not said yet, each once, in the order of the turns. */
function chooseWords(sentences: readonly Sentence[], tokensMax: number, said: Set<string>): Word[] {
  const all = sentences.flatMap(({ words, times }) => [...words, ...times]);
  const ranked = all.toSorted((a, b) => b.worth / b.tokens - a.worth / a.tokens);
  const chosen = new Set<Word>();
  let tokens = 0;
  for (const word of ranked) {
    if (tokens + word.tokens > tokensMax || word.worth === 0) continue;
    if (word.terms.every((term) => said.has(term))) continue;
    chosen.add(word);
    tokens += word.tokens;
    for (const term of word.terms) said.add(term);
  }
  return all.filter((word) => chosen.has(word));
}

/** A line for each day, and below it one for each speaker. */
function written(
  cluster: readonly DreamMemory[],
  sentences: readonly Sentence[],
  words: readonly Word[],
): string {
  const lines: string[] = [];
  for (const day of new Set(cluster.map(dayOf))) {
    const spoken = [...new Set(cluster.map(({ speaker }) => speaker))].flatMap((speaker) => {
      const isTheirs = ({ memory }: { readonly memory: DreamMemory }): boolean =>
        memory.speaker === speaker && dayOf(memory) === day;
      const said = sentences.filter(isTheirs).map(({ text }) => text);
      const further = words.filter(isTheirs).map(({ text }) => text);
      if (said.length + further.length === 0) return [];
      const parts = [...said, ...(further.length > 0 ? ['…', ...further] : [])];
      return [`${speaker === undefined ? '' : `${speaker}: `}${parts.join(' ')}`];
    });
    if (spoken.length > 0) lines.push(day, ...spoken);
  }
  return lines.join('\n');
}
