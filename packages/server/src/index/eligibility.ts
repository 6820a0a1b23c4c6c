/** Which passages a query may see, and the counts that BM25 takes over exactly those. */
import type { Corpus } from './corpus.ts';
import { LanguageCounter } from './languages.ts';
import type { Part } from './part.ts';
import { hiddenMask, kindBit, kindBits, passageFlag } from './passage-flags.ts';
import { countBits } from './posting-list.ts';
import { termKey, termPrefix } from './term-key.ts';
import type { IndexFilter } from './types.ts';

/** What `marks` says of a document. */
export const eligibleMark = { no: 0, passage: 1, bare: 2 } as const;

export interface Eligible {
  /** One {@link eligibleMark} per document. */
  marks: Uint8Array;
  /** 1 for each part in which every document is an eligible passage. */
  whole: Uint8Array;
  passages: number;
  /** Sum of their lengths. */
  length: number;
  /** Languages of the eligible passages, most frequent first. */
  languages: string[];
  /** Eligible passages of each thread. */
  threadCounts: Uint32Array;
  /** Sum of the lengths of the eligible passages of each thread. */
  threadLengths: Uint32Array;
  /** The marks hold for `from <= now < until`. */
  from: number;
  until: number;
  /** Version of the corpus they were made from. */
  version: number;
}

/** Sets of marks that are kept beside the unfiltered one. */
const keptMax = 4;

/** Marks per filter, made again only after a change or an expiry; arrays are used again. */
export class EligibleCache {
  readonly #corpus: Corpus;
  readonly #kept = new Map<string, Eligible>();

  constructor(corpus: Corpus) {
    this.#corpus = corpus;
  }

  get(filter: IndexFilter, now: number): Eligible {
    const name = JSON.stringify([
      filter.kinds,
      filter.audience,
      filter.keyHash,
      filter.fieldsAll,
      filter.fieldsAny,
    ]);
    const known = this.#kept.get(name);
    const corpus = this.#corpus;
    const fresh =
      known && known.version === corpus.version && known.from <= now && now < known.until;
    const eligible = fresh ? known : markEligible(corpus, filter, now, known ?? this.#spare());
    this.#kept.delete(name);
    this.#kept.set(name, eligible);
    return eligible;
  }

  get bytes(): number {
    let sum = 0;
    for (const { marks, threadCounts, threadLengths } of this.#kept.values()) {
      sum += marks.byteLength + threadCounts.byteLength + threadLengths.byteLength;
    }
    return sum;
  }

  /** The set that was not asked for the longest, when there are enough. */
  #spare(): Eligible | undefined {
    if (this.#kept.size < keptMax) return undefined;
    for (const [name, eligible] of this.#kept) {
      this.#kept.delete(name);
      return eligible;
    }
    return undefined;
  }
}

function markEligible(
  corpus: Corpus,
  filter: IndexFilter,
  now: number,
  old: Eligible | undefined,
): Eligible {
  const docs = corpus.docsEnd;
  const threads = corpus.threads.all.length;
  const eligible: Eligible = {
    marks: sized(old?.marks, docs, (size) => new Uint8Array(size)),
    whole: sized(old?.whole, corpus.parts.length, (size) => new Uint8Array(size)),
    threadCounts: sized(old?.threadCounts, threads, (size) => new Uint32Array(size)),
    threadLengths: sized(old?.threadLengths, threads, (size) => new Uint32Array(size)),
    passages: 0,
    length: 0,
    languages: [],
    from: now,
    until: Number.POSITIVE_INFINITY,
    version: corpus.version,
  };
  eligible.marks.fill(0);
  eligible.threadCounts.fill(0);
  eligible.threadLengths.fill(0);
  const languages = new LanguageCounter();
  const pass = fieldTest(corpus, filter);
  const test = columnTest(corpus, filter, now);
  corpus.parts.forEach((part, slot) => {
    const before = eligible.passages;
    if (part !== null) markPart(part, eligible, test, pass(part), languages);
    eligible.whole[slot] = part !== null && eligible.passages - before === part.count ? 1 : 0;
  });
  eligible.languages = languages.top();
  return eligible;
}

interface ColumnTest {
  readonly kinds: number;
  readonly audience: number;
  readonly key: number;
  readonly now: number;
}

/** `audience` and `key` are -1 where anything goes. */
function columnTest(corpus: Corpus, filter: IndexFilter, now: number): ColumnTest {
  const { kinds, audience, keyHash } = filter;
  const system = audience === 'system' ? passageFlag.system : 0;
  return {
    kinds: kinds === undefined ? -1 : kindBits(kinds),
    audience: audience === undefined ? -1 : system,
    // A key that was never seen matches nothing: no key has a number that large.
    key: keyHash === undefined ? -1 : corpus.keys.find(keyHash) || 2 ** 32,
    now,
  };
}

function markPart(
  part: Part,
  eligible: Eligible,
  test: ColumnTest,
  fields: Uint8Array | null,
  languages: LanguageCounter,
): void {
  const { flags, expiresAt, keys, lengths, threads, languages: spoken } = part.columns;
  const { marks, threadCounts, threadLengths } = eligible;
  for (let local = 0; local < part.count; local += 1) {
    const flag = flags[local] ?? 0;
    if ((flag & hiddenMask) !== 0 || (kindBit(flag) & test.kinds) === 0) continue;
    if (test.audience >= 0 && (flag & passageFlag.system) !== test.audience) continue;
    if (test.key >= 0 && keys[local] !== test.key) continue;
    if (fields !== null && fields[local] === 0) continue;
    const expiry = expiresAt[local] ?? 0;
    if (expiry <= test.now) continue;
    if (expiry < eligible.until) eligible.until = expiry;
    const doc = part.base + local;
    if ((flag & passageFlag.bare) !== 0) {
      marks[doc] = eligibleMark.bare;
      continue;
    }
    marks[doc] = eligibleMark.passage;
    eligible.passages += 1;
    eligible.length += lengths[local] ?? 0;
    languages.add(spoken[local] ?? 0);
    const thread = threads[local] ?? 0;
    if (thread === 0) continue;
    threadCounts[thread] = (threadCounts[thread] ?? 0) + 1;
    threadLengths[thread] = (threadLengths[thread] ?? 0) + (lengths[local] ?? 0);
  }
}

/** For a part: 1 per document that has the fields, or null where no field is asked for. */
function fieldTest(corpus: Corpus, filter: IndexFilter): (part: Part) => Uint8Array | null {
  const keysOf = (fields: readonly string[] | undefined) =>
    [...new Set(fields ?? [])].map((field) => termKey(termPrefix.field, field));
  const all = keysOf(filter.fieldsAll);
  const any = keysOf(filter.fieldsAny);
  if (all.length === 0 && filter.fieldsAny === undefined) return () => null;
  const { partCapacity } = corpus.settings;
  const counts = new Uint16Array(partCapacity);
  const hits = new Uint8Array(partCapacity);
  const passed = new Uint8Array(partCapacity);
  return (part) => {
    counts.fill(0);
    hits.fill(filter.fieldsAny === undefined ? 1 : 0);
    for (const key of all) {
      part.find(key, ({ data, start, end }) => {
        for (let i = start; i < end; i += 1) {
          const local = (data[i] ?? 0) >> countBits;
          counts[local] = (counts[local] ?? 0) + 1;
        }
      });
    }
    for (const key of any) {
      part.find(key, ({ data, start, end }) => {
        for (let i = start; i < end; i += 1) hits[(data[i] ?? 0) >> countBits] = 1;
      });
    }
    for (let local = 0; local < part.count; local += 1) {
      passed[local] = counts[local] === all.length && hits[local] === 1 ? 1 : 0;
    }
    return passed;
  };
}

function sized<T extends Uint8Array | Uint32Array>(
  old: T | undefined,
  size: number,
  make: (size: number) => T,
): T {
  return old !== undefined && old.length >= size ? old : make(Math.ceil(size * 1.25));
}

/**
 * Mean number of passages in a thread window, neighbours counted by their weights and the passage
 * itself as one. With the mean passage length it gives the mean length of a window.
 */
export function meanWindow(eligible: Eligible, weights: readonly number[]): number {
  if (eligible.passages === 0 || weights.length === 0) return 1;
  let neighbours = 0;
  for (const count of eligible.threadCounts) {
    for (let i = 0; i < weights.length && i + 1 < count; i += 1) {
      // At distance d a thread of n passages has n - d pairs, and each has two sides.
      neighbours += 2 * (count - i - 1) * (weights[i] ?? 0);
    }
  }
  return 1 + neighbours / eligible.passages;
}
