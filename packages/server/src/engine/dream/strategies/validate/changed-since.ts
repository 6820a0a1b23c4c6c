/**
 * What a later memory says in so many words has changed, whatever it is about: the same sentence
 * with another value and a "now", "no longer", "I sold the ...", "was moved to ...". It sees no
 * change that is only told of ("Tom and I got married").
 */
import type { PlannedAction } from '../../../../domain/dream.ts';
import { dayOf } from '../../alone.ts';
import { excerpt } from '../../evidence.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { changeOf, type Said, sayingsOf } from './change-forms.ts';
import { closeOlder } from './close-older.ts';

/** Of a word that more sentences have, the newest so many are looked at. */
const candidatesMax = 40;
/** Stored within so little time, neither came first. */
const sameTimeMs = 3_600_000;

export async function findChanged(
  { memories }: DreamSnapshot,
  known: readonly PlannedAction[],
  tools: DreamTools,
): Promise<PlannedAction[]> {
  const closed = new Set(known.flatMap(({ sources }) => sources.map(({ id }) => id as string)));
  const before = new Map<string, Said[]>();
  const found: PlannedAction[] = [];
  for (const memory of memories) {
    await tools.breathe();
    if (memory.isEcho) continue;
    for (const later of sayingsOf(memory)) {
      for (const action of changesBy(later, before)) {
        const [older] = action.sources;
        if (older === undefined || closed.has(older.id)) continue;
        closed.add(older.id);
        found.push(action);
      }
      for (const key of keysOf(later)) {
        const sayings = before.get(key);
        if (sayings) sayings.push(later);
        else before.set(key, [later]);
      }
    }
  }
  return found;
}

/** One speaker's sentences by their words, and by how they begin. */
function keysOf({ memory, terms, words }: Said): string[] {
  const who = memory.speaker ?? '';
  return [...terms, words.slice(0, 2).join(' ')].map((key) => `${who}\n${key}`);
}

function changesBy(later: Said, before: ReadonlyMap<string, readonly Said[]>): PlannedAction[] {
  if (!later.tellsChange) return [];
  const candidates = keysOf(later).flatMap((key) => before.get(key)?.slice(-candidatesMax) ?? []);
  return [...new Set(candidates)].flatMap((older) => {
    const gap = later.memory.occurredAt - older.memory.occurredAt;
    if (older.memory.id === later.memory.id || gap < sameTimeMs) return [];
    if (isSettled(older.memory, later.memory)) return [];
    const sure = changeOf(older, later);
    return sure === undefined ? [] : [actionOf(older, later, sure)];
  });
}

/** An earlier dream, or somebody, has said so already. */
function isSettled(older: DreamMemory, newer: DreamMemory): boolean {
  if (older.validTo !== null && older.validTo <= newer.occurredAt) return true;
  const links = ({ links }: DreamMemory, id: string): boolean =>
    links.some((link) => link.type === 'contradicts' && link.id === id);
  return links(newer, older.id) || links(older, newer.id);
}

function actionOf(older: Said, later: Said, confidence: number): PlannedAction {
  const told = ({ text, memory }: Said): string =>
    `"${excerpt(text, 80)}" on ${dayOf(memory.occurredAt)}`;
  const reason = `${told(older)}, ${told(later)}; the newer one says that it has changed.`;
  return closeOlder(
    { older: older.memory, newer: later.memory, reason, confidence },
    { isWhole: older.isWhole, until: later.memory.occurredAt },
  );
}
