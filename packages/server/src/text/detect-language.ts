/** Cheap language detection: scripts, telling letters and votes of function words. */
import { foldTerm } from './fold.ts';
import { stopLanguages, stopMask } from './stop-words.ts';
import type { Token } from './tokenize.ts';

/** Tokens that vote; more would not change the outcome. */
const votersMax = 200;
/** What another language must lead the default by, in votes. */
const leadMin = 1;

const scripts: readonly (readonly [RegExp, string])[] = [
  [/[іїєґ]/iu, 'uk'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/[پچژگک]/u, 'fa'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Hebrew}/u, 'he'],
];

/** Letters that few languages write; each is worth one vote. */
const telling: readonly (readonly [RegExp, string])[] = [
  [/[ñ¿¡]/iu, 'es'],
  [/ß/u, 'de'],
  [/[ãõ]/iu, 'pt'],
  [/[ığş]/u, 'tr'],
  [/[őű]/iu, 'hu'],
  [/[ățș]/iu, 'ro'],
  [/[ąęłśźż]/iu, 'pl'],
  [/[\u1ea0-\u1ef9ơưđ]/iu, 'vi'],
  [/[èêëœ]|ç/iu, 'fr'],
  [/[æø]/iu, 'da'],
];

const notAscii = /[^\p{ASCII}]/u;

/** Language of a word in a script that gives it away; undefined for Latin and unknown scripts. */
export function scriptLanguage(word: string): string | undefined {
  if (!notAscii.test(word)) return undefined;
  return scripts.find(([pattern]) => pattern.test(word))?.[1];
}

function vote(votes: Map<string, number>, language: string, weight: number): void {
  votes.set(language, (votes.get(language) ?? 0) + weight);
}

function voteWord(votes: Map<string, number>, word: string): void {
  let mask = stopMask(notAscii.test(word) ? foldTerm(word) : word.toLowerCase());
  while (mask !== 0) {
    const position = 31 - Math.clz32(mask);
    mask &= ~(1 << position);
    vote(votes, stopLanguages[position] ?? 'en', 1);
  }
  if (!notAscii.test(word)) return;
  const script = scriptLanguage(word);
  if (script !== undefined) vote(votes, script, 1);
  else for (const [letter, language] of telling) if (letter.test(word)) vote(votes, language, 1);
}

function voteRun(votes: Map<string, number>, token: Token): void {
  if (token.kind === 'hangul') vote(votes, 'ko', token.text.length);
  else if (token.kind === 'unspaced') {
    vote(votes, /\p{Script=Thai}/u.test(token.text) ? 'th' : 'und', token.text.length / 2);
  } else if (token.kind === 'cjk') {
    const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(token.text);
    vote(votes, kana ? 'ja' : 'zh', kana ? token.text.length * 2 : token.text.length);
  }
}

/** ISO 639-1 code of the likeliest language; `fallback` where none stands out. */
export function detectLanguage(tokens: readonly Token[], fallback: string): string {
  const votes = new Map<string, number>();
  for (const token of tokens.slice(0, votersMax)) {
    if (token.kind === 'word') voteWord(votes, token.text);
    else if (token.kind === 'compound') {
      for (const part of token.text.split(/[^\p{L}\p{M}]+/u, 4)) voteWord(votes, part);
    } else voteRun(votes, token);
  }
  let best = fallback;
  let most = (votes.get(fallback) ?? 0) + leadMin;
  for (const [language, count] of votes) {
    if (count <= most) continue;
    best = language;
    most = count;
  }
  return best;
}
