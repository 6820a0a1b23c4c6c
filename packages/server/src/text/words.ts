/** Tokens made into words: terms, further spellings, and whether they carry content. */
import { splitCompound } from './compound.ts';
import { scriptLanguage } from './detect-language.ts';
import { cutTerm, detach, foldTerm, lowerCase, termCharsMax } from './fold.ts';
import { stemWord } from './stemmers.ts';
import { isStopWord, latinLanguage } from './stop-words.ts';
import type { Token } from './tokenize.ts';

/** One countable word. */
export interface Word {
  /** As written, normalised. */
  readonly surface: string;
  readonly term: string;
  /** Other spellings of the thing it is part of, for documents and queries. */
  readonly aliases: readonly string[];
  /** Coarser terms that only documents carry, so that a coarser query finds them. */
  readonly coarse: readonly string[];
  /** A function word. */
  readonly stop: boolean;
}

/** Units handed to Intl.Segmenter at once: its time grows faster than the text. */
const segmentCharsMax = 1000;
/** Words kept per language, about 4 MB when full. */
const cacheWordsMax = 20_000;
const none: readonly string[] = [];
/** Spelled like this they are no function words: names, and Turkish "died", "dies". */
const contentSpellings = new Set(['IT', 'US', 'WHO', 'öldü', 'ölür']);

const caches = new Map<string, Map<string, readonly Word[]>>();
const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

function plainWord(term: string, coarse = none): Word {
  return { surface: term, term, aliases: none, coarse, stop: false };
}

/**
 * Vietnamese tones part words: folding them away cost 1.4 points of recall@10 (300 questions), so
 * only documents carry the folded form, for queries typed without tones.
 */
function vietnameseWord(surface: string): Word {
  const term = detach(cutTerm(lowerCase(surface)));
  const folded = detach(cutTerm(foldTerm(term)));
  return plainWord(term, folded === term ? none : [folded]);
}

function makeWord(surface: string, language: string, aliases = none): Word {
  if (language === 'vi') return { ...vietnameseWord(cutTerm(surface)), aliases };
  const number = /^0\d$/.test(surface) ? surface.slice(1) : surface;
  const folded = foldTerm(cutTerm(number));
  const spoken = scriptLanguage(surface) ?? language;
  const stop = isStopWord(folded, spoken) && !contentSpellings.has(surface);
  const term = detach(stop ? cutTerm(folded) : stemWord(number, spoken));
  const bare = spoken === 'tr' ? detach(foldTerm(term)) : term;
  const coarse = bare === term ? none : [bare];
  return { surface: detach(cutTerm(surface)), term, aliases, coarse, stop };
}

/** What follows the apostrophe of a Turkish name or number is its case: Ankara'da, 2015'te. */
const turkishCase = /(?<=[\p{L}\p{N}]{2})['’]\p{L}+$/u;

function makeCompound(text: string, language: string): Word[] {
  const { parts, wholes } = splitCompound(language === 'tr' ? text.replace(turkishCase, '') : text);
  const spelled = wholes.map((whole) =>
    detach(/^\p{L}+$/u.test(whole) ? stemWord(whole, language) : cutTerm(foldTerm(whole))),
  );
  const aliases = spelled.filter((alias) => alias !== '');
  return parts.map((part) => makeWord(part, language, aliases));
}

const isHan = (character: string): boolean => /\p{Script=Han}/u.test(character);

/**
 * Overlapping pairs of characters; a character on its own stands alone. Documents also carry each
 * Han character, so that a query for a word of one character finds it.
 */
function makePairs(text: string): Word[] {
  const characters = Array.from(text);
  if (characters.length === 1) return [plainWord(cutTerm(foldTerm(text)))];
  const words: Word[] = [];
  for (let at = 0; at + 1 < characters.length; at++) {
    const first = characters[at] ?? '';
    const second = characters[at + 1] ?? '';
    const singles = at + 2 === characters.length ? [first, second] : [first];
    words.push(plainWord(first + second, singles.filter(isHan)));
  }
  return words;
}

function makeSegments(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; at += segmentCharsMax) {
    for (const { segment } of segmenter.segment(text.slice(at, at + segmentCharsMax))) {
      words.push(plainWord(detach(cutTerm(segment))));
    }
  }
  return words;
}

function cachedWords(token: Token, spoken: string): readonly Word[] {
  const language = latinLanguage(spoken);
  let cache = caches.get(language);
  if (cache === undefined) {
    cache = new Map();
    caches.set(language, cache);
  }
  const found = cache.get(token.text);
  if (found !== undefined) return found;
  const made =
    token.kind === 'word' ? [makeWord(token.text, language)] : makeCompound(token.text, language);
  // A word of nothing but points and fillers folds to nothing.
  const words = made.filter((word) => word.term !== '');
  if (token.text.length <= termCharsMax) {
    if (cache.size >= cacheWordsMax) cache.clear();
    cache.set(detach(token.text), words);
  }
  return words;
}

/**
 * Words of a token. Latin words are taken to be of the language, or English in a text of another
 * script; words of other scripts tell their language.
 */
export function wordsOf(token: Token, language: string): readonly Word[] {
  switch (token.kind) {
    case 'word':
    case 'compound':
      return cachedWords(token, language);
    case 'cjk':
    case 'hangul':
      return makePairs(token.text);
    case 'unspaced':
      return makeSegments(token.text);
    case 'emoji':
      return [plainWord(token.text)];
  }
}
