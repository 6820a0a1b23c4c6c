/** Taking compounds apart: identifiers, addresses, numbers, hyphens, apostrophes. */
import { cutTerm } from './fold.ts';

export interface Compound {
  /** The plain words inside: they count for the length of the document. */
  readonly parts: readonly string[];
  /** Lower-case spellings under which the thing as a whole is found. */
  readonly wholes: readonly string[];
}

/** French, Italian and Catalan words that lose their vowel before another word. */
const elided = new Set(
  'l d j m t s n c qu jusqu lorsqu puisqu quelqu dell nell all sull dall un bell gl'.split(' '),
);
/** Words joined into one at most; longer chains are found by their parts. */
const joinedPartsMax = 4;

function splitCamel(word: string): string[] {
  return word
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(' ');
}

/** Possessive and contraction endings are dropped, elided articles cut off, the rest is joined. */
export function joinApostrophes(word: string): string {
  const plain = word.replaceAll('’', "'");
  const at = plain.indexOf("'");
  if (at < 0) return plain;
  const rest = plain.slice(at + 1);
  const head = plain.slice(0, at);
  if (/^(?:s|ll|re|ve|d|m)$/i.test(rest) && head !== '') return head;
  if (elided.has(head.toLowerCase()) && rest.length > 1 && !rest.includes("'")) return rest;
  return plain.replaceAll("'", '');
}

function numberForms(word: string): Compound | undefined {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(word)) {
    return { parts: [word.replaceAll(',', '')], wholes: [] };
  }
  if (/^\d+[.,:]\d+$/.test(word)) return { parts: [word.replace(',', '.')], wholes: [] };
  const ordinal = /^(\d+)(?:st|nd|rd|th)$/i.exec(word);
  if (ordinal?.[1] !== undefined) return { parts: [ordinal[1]], wholes: [] };
  const measure = /^(\d+)([a-z]{1,3})$/i.exec(word);
  if (measure?.[1] === undefined || measure[2] === undefined) return undefined;
  return { parts: [measure[1], measure[2]], wholes: [word] };
}

function addressForms(word: string): Compound {
  const bare = word.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^www\./i, '');
  const host = bare.split(/[/?#:]/u, 1)[0] ?? bare;
  return { parts: wordsIn(bare), wholes: [bare, host] };
}

function wordsIn(word: string): string[] {
  return word
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap(splitCamel)
    .filter((part) => part !== '');
}

function pathForms(word: string): Compound {
  const inner = word.split('/').map(compoundForms);
  return {
    parts: inner.flatMap((form) => form.parts),
    wholes: [word, ...inner.flatMap((form) => form.wholes)],
  };
}

function compoundForms(word: string): Compound {
  if (/^\p{L}+(?:['’]\p{L}+)+$/u.test(word)) {
    const joined = joinApostrophes(word);
    return { parts: [joined], wholes: [] };
  }
  const number = numberForms(word);
  if (number !== undefined) return number;
  if (word.includes('://')) return addressForms(word);
  if (word.includes('/')) return pathForms(word);
  const bare = word.replace(/['’]s$/u, '');
  const parts = wordsIn(bare);
  const wholes: string[] = [];
  if (/[@._:#+]/.test(bare)) wholes.push(bare);
  if (!bare.includes('@') && parts.length <= joinedPartsMax) {
    const joined = bare.replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
    if (joined !== parts[0] || parts.length > 1) wholes.push(joined);
  }
  return { parts, wholes };
}

/** Parts and wholes of a compound token; wholes are lower-case, cut and each listed once. */
export function splitCompound(text: string): Compound {
  const { parts, wholes } = compoundForms(text);
  const single = parts.length === 1 ? parts[0]?.toLowerCase() : undefined;
  const cut = wholes.map((whole) => cutTerm(whole.toLowerCase()));
  return { parts, wholes: [...new Set(cut)].filter((whole) => whole !== single) };
}
