/** `synthesize`: what was said several times, and facts that overlap, made into one fact. */
import type { PlannedAction } from '../../../domain/dream.ts';
import { aboutOf, refOf } from '../references.ts';
import type { DreamMemory, Strategy } from '../strategy.ts';
import { ask } from './synthesize/ask.ts';
import { overlappingFacts } from './synthesize/overlapping.ts';
import { saidAgain } from './synthesize/said-again.ts';
import { stated } from './synthesize/stated.ts';
import type { Synthesis } from './synthesize/synthesis.ts';

export const synthesize: Strategy = {
  id: 'synthesize',
  async plan(snapshot, _options, tools) {
    const found = [
      ...(await stated(snapshot, tools)),
      ...(await overlappingFacts(snapshot, tools)),
      ...(await saidAgain(snapshot, tools)),
    ];
    const chosen = withoutShared(found.filter((one) => isNews(one, snapshot.derived)));
    const texts = await ask(chosen, tools);
    return texts.map(actionFor);
  },
};

/** Not all of it has been told by one fact that an earlier dream made. */
function isNews({ sources }: Synthesis, derived: readonly DreamMemory[]): boolean {
  const own = sources.filter(({ kind }) => kind !== 'derived');
  return !derived.some(
    (made) => aboutOf(made) && own.every(({ id }) => made.derivedFrom.includes(id)),
  );
}

/** No fact is archived twice, and nothing is told in two ways: what comes first stays. */
function withoutShared(found: readonly Synthesis[]): Synthesis[] {
  const taken = new Set<string>();
  return found.filter(({ sources, archive }) => {
    const own = sources.map(({ id }) => id);
    if (archive.some(({ id }) => taken.has(id)) || own.every((id) => taken.has(id))) return false;
    for (const id of own) taken.add(id);
    return true;
  });
}

function actionFor(synthesis: Synthesis): PlannedAction {
  const { text, about, reason, confidence, sources, archive, times, value } = synthesis;
  const newest = sources.reduce((a, b) => (b.occurredAt > a.occurredAt ? b : a));
  const tags = [...new Set(sources.flatMap((memory) => memory.tags))].sort();
  return {
    strategy: 'synthesize',
    ...{ reason, confidence },
    sources: sources.map(refOf),
    add: {
      ...{ value: text, type: 'fact', subject: about },
      ...(tags.length > 0 && { tags }),
      metadata: { about, times, ...(value !== undefined && { value }) },
      occurredAt: newest.occurredAt,
      importance: Math.max(...sources.map(importanceOf)),
    },
    ...(archive.length > 0 && { archive: archive.map(refOf) }),
  };
}

const importanceOf = ({ importance }: DreamMemory): number => importance;
