/**
 * English stemming by the Porter2 rules (Snowball's "english"). The library that stems the other
 * languages carries an older English stemmer that parts `adoption` from `adopt`.
 */

const isVowel = (letter: string | undefined): boolean =>
  letter !== undefined && 'aeiouy'.includes(letter);

/** Words that the rules would get wrong, as Porter2 lists them. */
const irregular = new Map<string, string>(
  (
    'skis:ski skies:sky idly:idl gently:gentl ugly:ugli early:earli only:onli singly:singl ' +
    'sky:sky news:news howe:howe atlas:atlas cosmos:cosmos bias:bias andes:andes dying:die ' +
    'lying:lie tying:tie inning:inning outing:outing canning:canning herring:herring ' +
    'earring:earring proceed:proceed exceed:exceed succeed:succeed'
  )
    .split(' ')
    .map((pair): [string, string] => {
      const [word = '', stem = ''] = pair.split(':');
      return [word, stem];
    }),
);

const longSuffixes: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['fulness', 'ful'],
  ['iveness', 'ive'],
  ['ization', 'ize'],
  ['ousness', 'ous'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['tional', 'tion'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ation', 'ate'],
  ['entli', 'ent'],
  ['fulli', 'ful'],
  ['iviti', 'ive'],
  ['ousli', 'ous'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['anci', 'ance'],
  ['ator', 'ate'],
  ['enci', 'ence'],
  ['izer', 'ize'],
  ['bli', 'ble'],
];

const middleSuffixes: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];

const endSuffixes: readonly string[] = [
  'ement',
  'able',
  'ance',
  'ence',
  'ible',
  'ment',
  'ant',
  'ate',
  'ent',
  'ism',
  'iti',
  'ive',
  'ize',
  'ous',
  'al',
  'er',
  'ic',
];

/** Where the region after the first vowel-consonant pair at or behind `from` begins. */
function regionAfter(word: string, from: number): number {
  for (let at = from + 1; at < word.length; at++) {
    if (!isVowel(word[at]) && isVowel(word[at - 1])) return at + 1;
  }
  return word.length;
}

function firstRegion(word: string): number {
  for (const prefix of ['gener', 'commun', 'arsen']) {
    if (word.startsWith(prefix)) return prefix.length;
  }
  return regionAfter(word, 0);
}

function endsInShortSyllable(word: string): boolean {
  const size = word.length;
  if (size === 2) return isVowel(word[0]) && !isVowel(word[1]);
  const last = word[size - 1];
  return (
    size > 2 &&
    !isVowel(last) &&
    last !== 'w' &&
    last !== 'x' &&
    last !== 'Y' &&
    isVowel(word[size - 2]) &&
    !isVowel(word[size - 3])
  );
}

const hasVowel = (word: string): boolean => /[aeiouy]/.test(word);

/** A y that stands for a consonant is written Y while the rules run. */
function markConsonantY(word: string): string {
  if (!word.includes('y')) return word;
  let marked = '';
  for (let at = 0; at < word.length; at++) {
    const letter = word[at] ?? '';
    marked += letter === 'y' && (at === 0 || isVowel(marked[at - 1])) ? 'Y' : letter;
  }
  return marked;
}

function dropPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ied') || word.endsWith('ies')) {
    return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  }
  if (!word.endsWith('s') || word.endsWith('us') || word.endsWith('ss')) return word;
  return hasVowel(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

function dropPast(word: string, first: number): string {
  for (const suffix of ['eedly', 'eed']) {
    if (!word.endsWith(suffix)) continue;
    const start = word.length - suffix.length;
    return start >= first ? `${word.slice(0, start)}ee` : word;
  }
  const suffix = ['ingly', 'edly', 'ing', 'ed'].find((end) => word.endsWith(end));
  if (suffix === undefined) return word;
  const rest = word.slice(0, -suffix.length);
  if (!hasVowel(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(rest)) return rest.slice(0, -1);
  return first >= rest.length && endsInShortSyllable(rest) ? `${rest}e` : rest;
}

function replaceLong(word: string, first: number): string {
  for (const [suffix, replacement] of longSuffixes) {
    if (!word.endsWith(suffix)) continue;
    const start = word.length - suffix.length;
    return start >= first ? word.slice(0, start) + replacement : word;
  }
  const size = word.length;
  if (word.endsWith('ogi')) {
    return size - 3 >= first && word[size - 4] === 'l' ? word.slice(0, -1) : word;
  }
  if (!word.endsWith('li')) return word;
  return size - 2 >= first && /[cdeghkmnrt]li$/.test(word) ? word.slice(0, -2) : word;
}

function replaceMiddle(word: string, first: number, second: number): string {
  if (word.endsWith('ative')) return word.length - 5 >= second ? word.slice(0, -5) : word;
  for (const [suffix, replacement] of middleSuffixes) {
    if (!word.endsWith(suffix)) continue;
    const start = word.length - suffix.length;
    return start >= first ? word.slice(0, start) + replacement : word;
  }
  return word;
}

function dropEnd(word: string, second: number): string {
  for (const suffix of endSuffixes) {
    if (!word.endsWith(suffix)) continue;
    const start = word.length - suffix.length;
    return start >= second ? word.slice(0, start) : word;
  }
  if (!/[st]ion$/.test(word)) return word;
  return word.length - 3 >= second ? word.slice(0, -3) : word;
}

function dropLast(word: string, first: number, second: number): string {
  const start = word.length - 1;
  if (word.endsWith('e')) {
    const rest = word.slice(0, -1);
    if (start >= second || (start >= first && !endsInShortSyllable(rest))) return rest;
    return word;
  }
  return word.endsWith('ll') && start >= second ? word.slice(0, -1) : word;
}

/** Stem of a lower-case English word of plain letters. */
export function stemEnglish(word: string): string {
  if (word.length < 3) return word;
  const fixed = irregular.get(word);
  if (fixed !== undefined) return fixed;
  let stem = markConsonantY(word);
  const first = firstRegion(stem);
  const second = regionAfter(stem, first);
  stem = dropPlural(stem);
  if (irregular.get(stem) === stem) return stem.toLowerCase();
  stem = dropPast(stem, first);
  const size = stem.length;
  if (size > 2 && /[yY]$/.test(stem) && !isVowel(stem[size - 2])) stem = `${stem.slice(0, -1)}i`;
  stem = replaceLong(stem, first);
  stem = replaceMiddle(stem, first, second);
  stem = dropEnd(stem, second);
  return dropLast(stem, first, second).toLowerCase();
}
