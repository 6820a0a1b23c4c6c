/** Terms as the postings know them: one namespace of strings for words, entities, and fields. */

/** The first character tells words, entities and fields apart in the one inverted list. */
export const termPrefix = { word: 'w', entity: 'e', field: 'f' } as const;

/** A prefixed term, ready to be looked up. */
export interface TermKey {
  readonly text: string;
  readonly hash: number;
  readonly bytes: Uint8Array;
}

/** FNV-1a over UTF-16 code units with murmur3's final mixing; unsigned 32 bits. */
export function hashTerm(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const encoder = new TextEncoder();

export function termKey(prefix: string, term: string): TermKey {
  const text = prefix + term;
  return { text, hash: hashTerm(text), bytes: encoder.encode(text) };
}
