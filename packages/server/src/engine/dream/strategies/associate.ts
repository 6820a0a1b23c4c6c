/**
 * `associate`: typed links between memories that belong together and stand far apart. Few and
 * strong: a rare name, a topic taken up again, a reason that was told before, a denial.
 */
import type { PlannedAction } from '../../../domain/dream.ts';
import { limits } from '../../../domain/limits.ts';
import { gatherEvidence } from '../evidence.ts';
import type { DreamMemory, Strategy } from '../strategy.ts';
import { askForAssociations } from './associate/ask.ts';
import { type Association, associationTypes } from './associate/association.ts';
import { findCauses } from './associate/causes.ts';
import { findContinued } from './associate/continues.ts';
import { findDenials } from './associate/denials.ts';
import { findSameEntity } from './associate/same-entity.ts';

/** Of these four types, at either end of a memory. */
const linksPerMemory = 3;

export const associate: Strategy = {
  id: 'associate',
  async plan(snapshot, _options, tools) {
    const evidence = await gatherEvidence(snapshot, tools);
    const found = [
      ...(await findDenials(evidence, tools)),
      ...(await findCauses(evidence, tools)),
      ...(await findContinued(evidence, tools)),
      ...(await findSameEntity(evidence, tools)),
      ...(await askForAssociations(evidence, tools)),
    ];
    return strongest(found, evidence.memories).map(actionOf);
  },
};

/** The surest first; each memory takes part in a few, those of earlier dreams included. */
function strongest(
  found: readonly Association[],
  memories: readonly DreamMemory[],
): readonly Association[] {
  const counts = new Map<string, number>();
  const pairs = new Set<string>();
  const count = (id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const { id, links } of memories) {
    for (const link of links) {
      pairs.add(pairOf(id, link.id));
      if (!associationTypes.has(link.type)) continue;
      count(id);
      count(link.id);
    }
  }
  const hasRoom = ({ id, links }: DreamMemory): boolean =>
    (counts.get(id) ?? 0) < linksPerMemory && links.length < limits.linksMax - linksPerMemory;
  const kept: Association[] = [];
  for (const one of found.toSorted((a, b) => b.confidence - a.confidence)) {
    const pair = pairOf(one.from.id, one.to.id);
    if (pairs.has(pair) || !hasRoom(one.from) || !hasRoom(one.to)) continue;
    pairs.add(pair);
    count(one.from.id);
    count(one.to.id);
    kept.push(one);
  }
  return kept;
}

const pairOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

function actionOf({ from, to, type, reason, confidence }: Association): PlannedAction {
  const sources = [from, to].map(({ id, version }) => ({ id, version }));
  const [start, end] = sources;
  const link = start && end ? [{ from: start, type, to: end }] : [];
  return { strategy: 'associate', reason, confidence, sources, link };
}
