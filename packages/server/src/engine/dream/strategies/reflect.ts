/**
 * `reflect`: a report on what is open: what contradicts itself, what was planned and never told of
 * again, who is named often and not known, what nobody recalls, what was asked and not found; with
 * what might be done about it.
 */
import type { PlannedAction } from '../../../domain/dream.ts';
import { gatherEvidence } from '../evidence.ts';
import type { DreamMemory, Strategy } from '../strategy.ts';
import { findContradicted } from './reflect/contradicted.ts';
import { findLeftOpen } from './reflect/left-open.ts';
import { type Report, stateReport } from './reflect/state-report.ts';
import { findUnknownPeople } from './reflect/unknown-people.ts';
import { findUnrecalled } from './reflect/unrecalled.ts';
import { reword, type Worded } from './reword.ts';

/** Of each sort; the text holds fewer. */
const itemsMax = 20;
/** Memories of one person that stand for all. */
const personSources = 5;
const confidence = 0.8;
/** The report is as long as the text of a dream may be. */
const charsMax = 2_000;
/** Sources that a model reads with it. */
const examplesMax = 30;

export const reflect: Strategy = {
  id: 'reflect',
  async plan(snapshot, _options, tools) {
    const evidence = await gatherEvidence(snapshot, tools);
    const report: Report = {
      contradicted: (await findContradicted(evidence, tools)).slice(0, itemsMax),
      leftOpen: (await findLeftOpen(evidence, snapshot.now, tools)).slice(0, itemsMax),
      unknown: (await findUnknownPeople(evidence, tools)).slice(0, itemsMax),
      unrecalled: await findUnrecalled(evidence, snapshot.now, tools),
      unmet: tools
        .unmetQuestions()
        .slice(0, itemsMax)
        .map(({ text }) => text),
    };
    const sources = sourcesOf(report);
    if (sources.length === 0) {
      // Nothing is made of no memory.
      for (const text of report.unmet) tools.note(`Asked and not found: ${text}`);
      return [];
    }
    const { value, labels } = stateReport(report);
    const wordable = { value, labels, memories: sources };
    const parts = { tools, derived: snapshot.derived };
    const [worded] = await reword('reflect', [wordable], parts, { charsMax, examplesMax });
    return [actionOf(report, sources, worded ?? { value, metadata: {} })];
  },
};

function sourcesOf({ contradicted, leftOpen, unknown, unrecalled }: Report): DreamMemory[] {
  const all = [
    ...contradicted.flat(),
    ...leftOpen.flatMap(({ memories }) => memories),
    ...unknown.flatMap(({ memories }) => memories.slice(-personSources)),
    ...(unrecalled?.examples ?? []),
  ];
  const byTime = [...new Set(all)];
  return byTime.sort((a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal);
}

function actionOf(
  report: Report,
  sources: readonly DreamMemory[],
  { value, metadata }: Worded,
): PlannedAction {
  const { contradicted, leftOpen, unknown, unrecalled } = report;
  return {
    strategy: 'reflect',
    reason:
      `Contradictions: ${contradicted.length}; plans without an outcome: ${leftOpen.length}; ` +
      `people of whom nothing is known: ${unknown.length}` +
      (unrecalled ? `; memories that nobody recalls: ${unrecalled.count}.` : '.'),
    confidence,
    sources: sources.map(({ id, version }) => ({ id, version })),
    add: {
      ...{ value, type: 'reflection', subject: 'report', tags: ['report'] },
      metadata: {
        contradicted: contradicted.map((pair) => pair.map(({ id }) => id)),
        left_open: leftOpen.map(({ memories }) => memories[0].id),
        unknown_people: unknown.map(({ text }) => text),
        never_recalled: unrecalled?.count ?? null,
        asked_and_not_found: [...report.unmet],
        ...metadata,
      },
      occurredAt: sources.at(-1)?.occurredAt ?? 0,
    },
  };
}
