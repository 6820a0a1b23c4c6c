/**
 * Synthetic memories and queries that hit them: a Zipf vocabulary of 20,000 words, real ones first,
 * then word-like ones, with function words and names. Text n is the same in every run.
 */
import { createRandom, integer, pick, type Random } from '../lib/random.ts';
import { contentWords, functionWords, names } from './words.ts';

export interface TextSource {
  /** Memory n: 20 to 30 words, one or two names. */
  text(n: number): string;
  /** A query of 6 to 8 words that occur in memory n. */
  query(n: number): string;
}

const vocabularySize = 20_000;

/** Makes a source; equal seeds give equal texts. */
export function createTextSource(seed: number): TextSource {
  const vocabulary = [...new Set(contentWords)];
  while (vocabulary.length < vocabularySize) vocabulary.push(inventedWord(vocabulary.length));
  // Zipf's law: word r is drawn with a weight of 1 / r. The first ranks of English belong to the
  // function words, which are drawn apart, so the commonest content word starts at rank 30: it is
  // in about 7 of 100 memories, as in chat logs.
  const cumulative = new Float64Array(vocabularySize);
  let sum = 0;
  for (let rank = 0; rank < vocabularySize; rank += 1) {
    sum += 1 / (rank + 30);
    cumulative[rank] = sum;
  }
  const draw = (random: Random): string => {
    const target = random() * sum;
    let low = 0;
    let high = vocabularySize - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return vocabulary[low] ?? 'word';
  };
  const words = (n: number): string[] => {
    const random = createRandom(seed * 1_000_003 + n);
    const list = Array.from({ length: integer(random, 20, 30) }, () => {
      const kind = random();
      if (kind < 0.4) return pick(random, functionWords);
      return kind < 0.45 ? pick(random, names) : draw(random);
    });
    list[integer(random, 0, list.length - 1)] = pick(random, names);
    return list;
  };
  return {
    text: (n) => `${words(n).join(' ')}.`,
    query: (n) => {
      const random = createRandom(seed * 7_000_003 + n);
      const content = words(n).filter((word) => !functionWords.includes(word));
      while (content.length > integer(random, 6, 8)) {
        content.splice(integer(random, 0, content.length - 1), 1);
      }
      return content.join(' ');
    },
  };
}

/**
 * A word of consonant-vowel syllables for a number: equal numbers give equal words, and different
 * ones different words, also after stemming (no ending of it is an English suffix).
 */
export function inventedWord(n: number): string {
  const consonants = 'bdfgklmnprstvz';
  const vowels = 'aou';
  const base = consonants.length * vowels.length;
  let word = '';
  for (let rest = n, syllable = 0; syllable < 3 || rest > 0; syllable += 1) {
    const part = rest % base;
    word += (consonants[Math.floor(part / 3)] ?? 'b') + (vowels[part % 3] ?? 'a');
    rest = Math.floor(rest / base);
  }
  return word;
}
