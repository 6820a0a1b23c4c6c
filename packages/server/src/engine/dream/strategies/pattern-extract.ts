/**
 * `pattern_extract`: what comes back, with counts: names, topics, weekly, monthly and yearly
 * habits, and what follows what within a day. Counted, and held against chance.
 */
import type { PlannedAction } from '../../../domain/dream.ts';
import { gatherEvidence } from '../evidence.ts';
import { type NamedThing, namesIn } from '../names.ts';
import { findRecurrences } from '../recurrences.ts';
import type { DreamMemory, DreamTools, Strategy } from '../strategy.ts';
import { type Told, tellThemes } from '../themes.ts';
import type { Finding } from './pattern-extract/finding.ts';
import { findSequences } from './pattern-extract/sequences.ts';
import * as state from './pattern-extract/state-findings.ts';
import { findTopics } from './pattern-extract/topics.ts';
import { reword, type Worded } from './reword.ts';

/** Of each sort. */
const findingsMax = 10;
const mentionsMin = 5;
const mentionDaysMin = 3;
/** A pattern over more memories names so many of them, spread over the time. */
const sourcesMax = 200;

export const patternExtract: Strategy = {
  id: 'pattern_extract',
  async plan(snapshot, _options, tools) {
    const evidence = await gatherEvidence(snapshot, tools);
    const told = await tellThemes(evidence.memories, tools);
    const recurrences = await findRecurrences(told, tools);
    const sequences = withoutWeekdays(await findSequences(told, tools), recurrences);
    const findings = [
      ...recurrences.slice(0, 2 * findingsMax).map(state.stateRecurrence),
      ...sequences.slice(0, findingsMax).map(state.stateSequence),
      ...(await mentionsIn(evidence.memories, tools)).map(state.stateMentions),
    ];
    const topics = await findTopics({ evidence, findings }, tools);
    const all = [...findings, ...topics.slice(0, findingsMax)];
    const parts = { tools, derived: snapshot.derived };
    const worded = await reword('pattern-extract', all, parts);
    return all.map((finding, place) => actionOf(finding, worded[place]));
  },
};

async function mentionsIn(
  memories: readonly DreamMemory[],
  tools: DreamTools,
): Promise<NamedThing[]> {
  const names = await namesIn(memories, tools);
  return names
    .filter(({ memories: naming }) => naming.length >= mentionsMin)
    .filter(({ memories: naming }) => state.daysOf(naming) >= mentionDaysMin)
    .toSorted((a, b) => b.memories.length - a.memories.length)
    .slice(0, findingsMax);
}

/** Who runs on Mondays and swims on Tuesdays swims after running; the weekdays say so already. */
function withoutWeekdays(
  sequences: Awaited<ReturnType<typeof findSequences>>,
  recurrences: Awaited<ReturnType<typeof findRecurrences>>,
): typeof sequences {
  const weekly = new Set<Told['themes'][number]>(recurrences.flatMap(({ themes }) => themes));
  return sequences.filter(({ first, then }) => !weekly.has(first) || !weekly.has(then));
}

function actionOf(finding: Finding, worded: Worded | undefined): PlannedAction {
  const { pattern, subject, reason, confidence, memories, labels } = finding;
  const sources = spread(memories);
  return {
    ...{ strategy: 'pattern_extract', reason, confidence },
    sources: sources.map(({ id, version }) => ({ id, version })),
    add: {
      value: worded?.value ?? finding.value,
      type: 'pattern',
      subject,
      tags: [pattern],
      metadata: {
        ...{ pattern, labels: [...labels], memories: memories.length },
        ...worded?.metadata,
      },
      occurredAt: memories.at(-1)?.occurredAt ?? 0,
    },
  };
}

function spread(memories: readonly DreamMemory[]): DreamMemory[] {
  const step = Math.max(1, memories.length / sourcesMax);
  return memories.filter((_, i) => Math.floor(i / step) > Math.floor((i - 1) / step));
}
