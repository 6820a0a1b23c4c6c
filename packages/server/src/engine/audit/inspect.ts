/** Looks at one memory after another, and knows those before. */
import { createHash } from 'node:crypto';
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { nearlySays, nearWordsMax } from '../../text/near-words.ts';
import { type Said, saidBy } from '../../text/same-words.ts';
import { inspect as inspectContent } from '../hygiene/inspect.ts';
import type { Findings } from './findings.ts';
import { NearIndex } from './near-index.ts';

export interface InspectSettings {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly countingSince: number;
  readonly recallsOf: (ordinal: number) => number;
}

/** A fact of fewer words may say the same under another key: "blue" is a colour of many things. */
const factWordsMin = 4;

/** Behind so many characters a duplicate must agree sign by sign: words cost time. */
const wordsCharsMax = 4096;

const lengthShareMin = 0.6;

interface Earlier {
  readonly id: MemoryId;
  readonly group: string;
  readonly words: Said;
  readonly chars: number;
}

export class Inspector {
  readonly #settings: InspectSettings;
  readonly #findings: Findings;
  /** The first memory of each wording. */
  readonly #wordings = new Map<string, MemoryId>();
  readonly #earlier: Earlier[] = [];
  readonly #near = new NearIndex();

  constructor(settings: InspectSettings, findings: Findings) {
    this.#settings = settings;
    this.#findings = findings;
  }

  /**
   * Yields where others may have their turn: a step takes a fraction of a millisecond for usual
   * memories, two for the longest.
   */
  *inspect(memory: Memory): Generator<void, void, undefined> {
    const { now } = this.#settings;
    const { id } = memory;
    if (memory.kind === 'fact' && memory.supersededBy !== null) {
      this.#findings.add('superseded', { id });
    }
    const text = indexedText(memory.body);
    const secrets = secretsOf(memory);
    if (secrets.length > 0) this.#findings.add('secrets', { id }, secrets);
    if (memory.body.echoOf !== undefined) this.#findings.add('echoes', { id });
    const isExpired = memory.expiresAt !== null && memory.expiresAt <= now;
    if (isExpired) this.#findings.add('stale', { id }, ['expired']);
    // What is hidden is kept as history: it is neither stale nor a second time there.
    if (isExpired || memory.supersededBy !== null || memory.archived) return;
    this.#inspectUse(memory);
    // An echo is newer than its source, which would be told as the duplicate of the two.
    if (memory.body.echoOf !== undefined) return;
    yield;
    yield* this.#compare(memory, text);
  }

  #inspectUse(memory: Memory): void {
    const { now, countingSince, recallsOf } = this.#settings;
    const { id } = memory;
    const isRecalled = recallsOf(memory.ordinal) > 0;
    if (!isRecalled) this.#findings.add('never_recalled', { id });
    const reasons: string[] = [];
    if (memory.validTo !== null && memory.validTo <= now) reasons.push('no_longer_valid');
    const countedForMs = now - Math.max(memory.createdAt, countingSince);
    if (!isRecalled && !memory.pinned && countedForMs > limits.auditStaleAgeMs) {
      reasons.push('old_never_recalled');
    }
    if (reasons.length > 0) this.#findings.add('stale', { id }, reasons);
  }

  *#compare({ id, kind, audience, body }: Memory, text: string): Generator<void, void, undefined> {
    const words = saidBy(text.slice(0, wordsCharsMax));
    if (words.length === 0) return;
    if (kind === 'fact' && body.key !== undefined && words.length < factWordsMin) return;
    const group = JSON.stringify([audience, body.speaker ?? null]);
    // A digest, because texts may be long and there may be many.
    const said = `${group}${words.join(' ')}\n${text.slice(wordsCharsMax)}`;
    const wording = createHash('sha256').update(said).digest('base64');
    const same = this.#wordings.get(wording);
    if (same !== undefined) {
      this.#findings.add('duplicates', { id, of: same });
      return;
    }
    this.#wordings.set(wording, id);
    for (const candidate of this.#near.add(words)) {
      yield;
      const earlier = this.#earlier[candidate];
      if (earlier?.group !== group || !isAsLong(text.length, earlier.chars)) continue;
      if (!nearlySays(words, earlier.words)) continue;
      this.#findings.add('near_duplicates', { id, of: earlier.id });
      break;
    }
    this.#earlier.push({ id, group, words: words.slice(0, nearWordsMax), chars: text.length });
  }
}

/** The types of secrets and cards that a store of the memory would find now, each once. */
function secretsOf({ body }: Memory): string[] {
  const found = inspectContent(body).filter(({ kind }) => kind !== 'instructions');
  return [...new Set(found.map(({ type }) => type))];
}

/** Of long texts only the beginnings are compared, and those must be a like part of both. */
function isAsLong(a: number, b: number): boolean {
  return Math.min(a, b) >= lengthShareMin * Math.max(a, b);
}
