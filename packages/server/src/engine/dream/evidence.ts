/** What strategies look up again and again: memories by their words and names, and neighbours. */
import type { DreamMemory, DreamSnapshot, DreamTools } from './strategy.ts';

export interface Evidence {
  /** By time, without echoes: what only repeats a recall is no evidence. */
  readonly memories: readonly DreamMemory[];
  /** All words of the memories, stemmed. */
  readonly terms: readonly string[];
  /** As `rarityIn` gives it, in nats. */
  readonly rarity: (term: string) => number;
  /** Places in `memories`, ascending. */
  having(term: string): readonly number[];
  /** Whether two stand so near to each other that whoever finds one sees the other. */
  areNear(a: DreamMemory, b: DreamMemory): boolean;
}

/** Turns of one thread so near to each other belong to one talk. */
const nearTurns = 8;
/** So do memories of about the same moment. */
const nearMs = 10 * 60_000;

/** Linear in the words of the snapshot. */
export async function gatherEvidence(
  snapshot: DreamSnapshot,
  tools: Pick<DreamTools, 'breathe'>,
): Promise<Evidence> {
  const memories = snapshot.memories.filter(({ isEcho }) => !isEcho);
  const postings = new Map<string, number[]>();
  const turnOf = new Map<string, number>();
  const turnsIn = new Map<string, number>();
  for (const [place, { id, kind, key, terms }] of memories.entries()) {
    await tools.breathe();
    for (const term of terms.keys()) {
      const places = postings.get(term);
      if (places) places.push(place);
      else postings.set(term, [place]);
    }
    if (kind !== 'episode' || key === undefined) continue;
    const turn = turnsIn.get(key) ?? 0;
    turnOf.set(id, turn);
    turnsIn.set(key, turn + 1);
  }
  const areNear = (a: DreamMemory, b: DreamMemory): boolean => {
    if (Math.abs(a.occurredAt - b.occurredAt) <= nearMs) return true;
    const [one, other] = [turnOf.get(a.id), turnOf.get(b.id)];
    if (a.key !== b.key || one === undefined || other === undefined) return false;
    return Math.abs(one - other) <= nearTurns;
  };
  const having = (term: string): readonly number[] => postings.get(term) ?? [];
  return {
    ...{ memories, terms: [...postings.keys()], having, areNear },
    rarity: (term) => Math.log((memories.length + 1) / (having(term).length + 0.5)),
  };
}

/** A day as it is written in what dreams say: 2026-11-21. */
export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A text on one line, cut at a word. */
export function excerpt(text: string, charsMax = 160): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= charsMax) return line;
  const cut = line.lastIndexOf(' ', charsMax - 1);
  const end = cut > charsMax / 2 ? cut : charsMax - 1;
  return `${line.slice(0, end).replace(/[\ud800-\udbff]$/u, '')}…`;
}
