/** The names that memories mention, with who mentions them. */
import type { DreamMemory, DreamTools } from './strategy.ts';

export interface NamedThing {
  /** Case-folded: what all mentions have in common. */
  readonly normal: string;
  /** As it is written most often. */
  readonly text: string;
  /** `person`, `organization`, `product` or `place`, by most mentions. */
  readonly type: string;
  /** Each once, in the order of the list. */
  readonly memories: readonly DreamMemory[];
}

interface Mentions {
  readonly texts: Map<string, number>;
  readonly types: Map<string, number>;
  readonly memories: DreamMemory[];
}

const named = new Set(['person', 'organization', 'product', 'place']);

/** By normal form, in the order in which they first occur. */
export async function namesIn(
  memories: readonly DreamMemory[],
  tools: Pick<DreamTools, 'breathe'>,
): Promise<NamedThing[]> {
  const speakers = new Set([...speakersOf(memories)].flatMap(wordsOf));
  // "Mel" is what Melanie is called.
  const speaks = (normal: string): boolean =>
    speakers.has(normal) ||
    (normal.length > 1 && [...speakers].some((speaker) => speaker.startsWith(normal)));
  const found = new Map<string, Mentions>();
  for (const memory of memories) {
    await tools.breathe();
    for (const { type, normal, start, end } of memory.entities) {
      // Who speaks is in every turn: being named there tells nothing.
      if (!named.has(type) || speaks(normal)) continue;
      const thing: Mentions = found.get(normal) ?? {
        texts: new Map(),
        types: new Map(),
        memories: [],
      };
      found.set(normal, thing);
      count(thing.texts, memory.text.slice(start, end) || normal);
      count(thing.types, type);
      if (thing.memories.at(-1) !== memory) thing.memories.push(memory);
    }
  }
  const small = await smallWords(memories, tools);
  const isWord = (normal: string, { memories: naming }: Mentions): boolean =>
    2 * (small.get(normal) ?? 0) >= naming.length;
  const names = [...found].filter(([normal, mentions]) => !isWord(normal, mentions));
  return names.map(([normal, { texts, types, memories: mentioning }]) => ({
    normal,
    text: mostOf(texts) ?? normal,
    type: mostOf(types) ?? 'person',
    memories: mentioning,
  }));
}

/** How often words are written small: "Inventory" at the start of a sentence is no name then. */
async function smallWords(
  memories: readonly DreamMemory[],
  tools: Pick<DreamTools, 'breathe'>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { text } of memories) {
    await tools.breathe();
    for (const [word] of text.matchAll(/(?<![\p{L}\p{N}])\p{Ll}[\p{L}\p{M}]+/gu))
      count(counts, word);
  }
  return counts;
}

const speakersOf = (memories: readonly DreamMemory[]): Set<string> =>
  new Set(memories.map(({ speaker }) => speaker ?? ''));

/** Every word of a name, and of who speaks, in lower case. */
export async function wordsOfNames(
  memories: readonly DreamMemory[],
  tools: Pick<DreamTools, 'breathe'>,
): Promise<ReadonlySet<string>> {
  const words = new Set([...speakersOf(memories)].flatMap(wordsOf));
  for (const { entities } of memories) {
    await tools.breathe();
    for (const { normal } of entities) {
      for (const word of normal.split(' ')) words.add(word);
    }
  }
  return words;
}

function wordsOf(speaker: string): string[] {
  const whole = speaker.trim().toLowerCase();
  return [whole, ...whole.split(/\s+/u)];
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The key counted most; the first of equal ones. */
export function mostOf<Key>(counts: ReadonlyMap<Key, number>): Key | undefined {
  let best: { key: Key; count: number } | undefined;
  for (const [key, times] of counts) {
    if (!best || times > best.count) best = { key, count: times };
  }
  return best?.key;
}
