/** `validate`: what contradicts something newer, what has run out, what has lost its sources. */
import type { PlannedAction } from '../../../domain/dream.ts';
import { limits } from '../../../domain/limits.ts';
import { dayOf } from '../alone.ts';
import { type Claim, type Conflict, conflictsIn, readClaims } from '../claims.ts';
import { refOf } from '../references.ts';
import type { DreamMemory, DreamSnapshot, DreamTools, Strategy } from '../strategy.ts';
import { askForContradictions } from './validate/ask.ts';
import { findChanged } from './validate/changed-since.ts';
import { closeOlder } from './validate/close-older.ts';
import { findRunOut } from './validate/run-out.ts';

export const validate: Strategy = {
  id: 'validate',
  async plan(snapshot, _options, tools) {
    const contradicted = await contradictions(snapshot, tools);
    const actions = [
      ...contradicted,
      ...(await findChanged(snapshot, contradicted, tools)),
      ...(await findRunOut(snapshot, tools)),
      ...brokenSources(snapshot, tools),
    ];
    return [...actions, ...(await askForContradictions(snapshot, actions, tools))];
  },
};

async function contradictions(
  snapshot: DreamSnapshot,
  tools: DreamTools,
): Promise<PlannedAction[]> {
  // What a dream made of repeated statements is told as a fact, and is wrong when they are.
  const made = snapshot.derived.filter(({ type }) => type === 'fact');
  const groups = await readClaims([...snapshot.memories, ...made], () => tools.breathe());
  const closed = new Set<string>();
  const actions: PlannedAction[] = [];
  for (const group of groups) {
    await tools.breathe();
    for (const conflict of conflictsIn(group)) {
      const { older, newer } = conflict;
      if (newer.memory.kind === 'derived' || closed.has(older.memory.id)) continue;
      if (isSettled(older.memory, newer)) continue;
      closed.add(older.memory.id);
      actions.push(actionFor(conflict));
    }
  }
  return actions;
}

/** An earlier dream, or somebody, has said so already. */
function isSettled({ id, validTo, links }: DreamMemory, { memory, at }: Claim): boolean {
  if (validTo !== null && validTo <= Math.max(at, memory.occurredAt)) return true;
  if (memory.links.length >= limits.linksMax) return true;
  const isContradicted = (from: DreamMemory['links'], to: string): boolean =>
    from.some((link) => link.type === 'contradicts' && link.id === to);
  return isContradicted(memory.links, id) || isContradicted(links, memory.id);
}

/** Stored within so little time, neither came first. */
const sameTimeMs = 3_600_000;
/** One may have two of them, though most say one. */
const mayBeTwo = new Set(['employer', 'occupation', 'school', 'email', 'phone', 'bank', 'doctor']);

function actionFor({ older, newer, isDenial }: Conflict): PlannedAction {
  const isOrdered = newer.at - older.at > sameTimeMs || newer.isChange;
  const isTrusted = newer.authority >= older.authority - 0.01;
  const isClear = isOrdered && isTrusted;
  const doubt = mayBeTwo.has(older.attribute) && !newer.isChange && !isDenial ? 0.1 : 0;
  const sure = (newer.isChange || isDenial ? 0.95 : 0.85) - doubt;
  const what = `${older.subjectName}, ${older.attribute}`;
  const reason =
    `${what}: ${quoted(older)} on ${dayOf(older.at)}, ${quoted(newer)} on ${dayOf(newer.at)}` +
    (isClear ? '; the newer one holds.' : `; ${isOrdered ? 'it is hearsay' : 'said at once'}.`);
  const confidence = isClear ? sure : 0.6;
  return closeOlder(
    { older: older.memory, newer: newer.memory, reason, confidence },
    {
      // Of a memory that says other things too, those go on.
      isWhole: isClear && older.share >= 0.6,
      until: newer.at,
    },
  );
}

const quoted = ({ value, isDenied }: Claim): string => `${isDenied ? 'not ' : ''}"${value}"`;

/** What was made of memories that are gone is known from less than it says. */
function brokenSources({ derived, memories, gone }: DreamSnapshot, tools: DreamTools) {
  const actions: PlannedAction[] = [];
  for (const memory of derived) {
    const lost = memory.derivedFrom.filter((id) => gone.has(id)).length;
    const all = memory.derivedFrom.length;
    const confidence = Math.max(0.1, Math.round((100 * (all - lost)) / Math.max(1, all)) / 100);
    if (lost === 0 || memory.confidence <= confidence) continue;
    actions.push({
      strategy: 'validate',
      reason: `${lost} of the ${all} memories that it was made of are gone.`,
      confidence: 0.95,
      sources: [refOf(memory)],
      update: [{ memory: refOf(memory), columns: { confidence } }],
    });
  }
  const links = [...memories, ...derived].flatMap(({ links }) => links);
  const dead = links.filter(({ id }) => gone.has(id)).length;
  if (dead > 0) tools.note(`${dead} links lead to memories that are gone; answers leave them out.`);
  return actions;
}
