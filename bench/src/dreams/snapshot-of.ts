/** A snapshot and tools for strategies, without a store: what a dream would read of these texts. */
import type { MemoryId } from '../../../packages/server/dist/domain/memory.js';
import type {
  DreamMemory,
  DreamSnapshot,
  DreamTools,
} from '../../../packages/server/dist/engine/dream/strategy.js';
import * as builtin from '../../../packages/server/dist/providers/builtin/builtin-embedder.js';
import { contentTerms } from '../../../packages/server/dist/text/content-terms.js';
import { extractEntities } from '../../../packages/server/dist/text/entities.js';
import type { Planted } from './planted-case.ts';

const embedder = builtin.openBuiltinEmbedder();

/** The id of the nth memory, from 1. */
export function idOf(place: number): MemoryId {
  return `mem_00000000-0000-7000-8000-${String(place).padStart(12, '0')}` as MemoryId;
}

/** Memories in the order given; one that names no time comes an hour after the one before. */
export async function snapshotOf(
  planted: readonly Planted[],
  now = Date.UTC(2026, 10, 1),
): Promise<DreamSnapshot> {
  const vectors = await embedder.embed(
    planted.map(({ text, speaker }) => (speaker ? `${speaker}: ${text}` : text)),
    { role: 'document' },
  );
  const start = now - planted.length * 3_600_000;
  const all = planted.map((one, place): DreamMemory => {
    const { text, speaker } = one;
    const at = one.occurredAt ?? start + place * 3_600_000;
    return {
      ...{ id: idOf(place + 1), version: 1, ordinal: place + 1, kind: 'episode' },
      ...{ tags: [], metadata: {}, links: [], derivedFrom: [], isEcho: false },
      ...{ occurredAt: at, createdAt: at, validFrom: null, validTo: null },
      ...{ confidence: 1, importance: 0.5, pinned: false },
      entities: extractEntities(text, speaker === undefined ? {} : { speaker }),
      terms: contentTerms(text),
      vector: vectors[place]?.some((value) => value !== 0) ? vectors[place] : undefined,
      tokens: Math.ceil(text.length / 4),
      ...one,
    };
  });
  all.sort((a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal);
  return {
    seq: all.length,
    now,
    memories: all.filter(({ kind }) => kind !== 'derived'),
    derived: all.filter(({ kind }) => kind === 'derived'),
    gone: goneOf(all),
    isComplete: true,
  };
}

/** What is named and was not planted. */
function goneOf(all: readonly DreamMemory[]): ReadonlySet<MemoryId> {
  const named = all.flatMap(({ derivedFrom, links }) => [
    ...derivedFrom,
    ...links.map(({ id }) => id),
  ]);
  const here = new Set(all.map(({ id }) => id));
  return new Set(named.filter((id) => !here.has(id)));
}

/** As a server without a language model has them; `notes` collects what strategies say. */
export function offlineTools(notes: string[] = []): DreamTools {
  return {
    embed: (texts) => embedder.embed(texts, { role: 'document' }),
    countTokens: (text) => Math.ceil(text.length / 4),
    wordWeight: (word) => embedder.wordWeight(word),
    recallsOf: () => 0,
    unmetQuestions: () => [],
    breathe: async () => undefined,
    note: (text) => notes.push(text),
  };
}

export const budget = { memories: 5_000, tokens: 0, seconds: 60 };
