/**
 * `insight_generate`: what nobody said in one place: a name that stands in two talks which have
 * nothing else to do with each other, and two topics that come and go together. Few, rarest first.
 */
import type { PlannedAction } from '../../../domain/dream.ts';
import { gatherEvidence } from '../evidence.ts';
import type { Strategy } from '../strategy.ts';
import { findCompanions } from './insight-generate/companions.ts';
import type { Insight } from './insight-generate/insight.ts';
import { findSharedNames } from './insight-generate/shared-names.ts';
import { reword, type Worded } from './reword.ts';

const insightsMax = 10;
/** Of each side. */
const sourcesMax = 50;

export const insightGenerate: Strategy = {
  id: 'insight_generate',
  async plan(snapshot, _options, tools) {
    const evidence = await gatherEvidence(snapshot, tools);
    const insights = [
      ...(await findSharedNames(evidence, tools)),
      ...(await findCompanions(evidence, tools)),
    ]
      .toSorted((a, b) => b.surprise - a.surprise || (a.subject < b.subject ? -1 : 1))
      .slice(0, insightsMax);
    const wordable = insights.map((one) => ({ ...one, memories: one.sides.flat() }));
    const parts = { tools, derived: snapshot.derived };
    const worded = await reword('insight-generate', wordable, parts);
    return insights.map((one, place) => actionOf(one, worded[place]));
  },
};

function actionOf(one: Insight, worded: Worded | undefined): PlannedAction {
  const { kind, subject, labels, value, reason, confidence, sides } = one;
  const memories = [...new Set(sides.flatMap((side) => side.slice(-sourcesMax)))].sort(
    (a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal,
  );
  return {
    ...{ strategy: 'insight_generate', reason, confidence },
    sources: memories.map(({ id, version }) => ({ id, version })),
    add: {
      ...{ value: worded?.value ?? value, type: 'insight', subject },
      tags: [kind],
      metadata: { kind, labels: [...labels], ...worded?.metadata },
      occurredAt: memories.at(-1)?.occurredAt ?? 0,
    },
  };
}
