/** The report in words: English headings around what was said. */
import { excerpt, isoDay } from '../../evidence.ts';
import type { NamedThing } from '../../names.ts';
import { rangeText, withDates } from '../../plans/due-time.ts';
import type { Plan } from '../../plans/find-plans.ts';
import type { DreamMemory } from '../../strategy.ts';
import type { Pair } from './contradicted.ts';
import type { Unrecalled } from './unrecalled.ts';

export interface Report {
  readonly contradicted: readonly Pair[];
  readonly leftOpen: readonly Plan[];
  readonly unknown: readonly NamedThing[];
  readonly unrecalled: Unrecalled | undefined;
  /** Questions without an answer. */
  readonly unmet: readonly string[];
}

/** Shown of each sort: all in all the text stays below 2,000 characters. */
const shownMax = 3;
const quoteMax = 110;

/** Without the day of the dream: the same findings make the same text. */
export function stateReport(report: Report): { value: string; labels: string[] } {
  const { contradicted, leftOpen, unknown, unrecalled } = report;
  const people = unknown.slice(0, 2 * shownMax);
  const sections = [
    section('Contradicted', contradicted.length, contradicted.slice(0, shownMax).map(statePair)),
    section(
      'Planned, and not told of since',
      leftOpen.length,
      leftOpen.slice(0, shownMax).map(statePlan),
    ),
    section(
      'Named often, and nothing known of',
      unknown.length,
      people.map(({ text, memories }) => `${text} (${memories.length} memories)`),
    ),
    unrecalled === undefined
      ? []
      : [
          `Never recalled: ${unrecalled.count} of ${unrecalled.of} memories, for example ` +
            `${unrecalled.examples.map(said).join('; ')}.`,
        ],
    section(
      'Asked and not found',
      report.unmet.length,
      report.unmet.slice(0, shownMax).map((text) => `"${excerpt(text, quoteMax)}"`),
    ),
    suggestions(report),
  ];
  return { value: sections.flat().join('\n'), labels: people.map(({ text }) => text) };
}

function section(title: string, count: number, shown: readonly string[]): string[] {
  if (count === 0) return [];
  const more = count > shown.length ? `; and ${count - shown.length} more` : '';
  return [`${title} (${count}): ${shown.join('; ')}${more}.`];
}

function suggestions(report: Report): string[] {
  const { contradicted, leftOpen, unknown, unrecalled, unmet } = report;
  const [person] = unknown;
  const actions = [
    ...(contradicted.length > 0 ? ['settle what contradicts itself (validate)'] : []),
    ...(leftOpen.length > 0 ? ['ask what became of the plans'] : []),
    ...(person ? [`ask who ${person.text} is`] : []),
    ...(unmet.length > 0 ? ['tell what was asked for'] : []),
    ...(unrecalled ? ['sum up what nobody recalls (compress)'] : []),
  ];
  return [`Suggested: ${actions.join('; ')}.`];
}

function statePair([older, newer]: Pair): string {
  return `${said(older)} against ${said(newer)}`;
}

function statePlan({ memories, sentence, due }: Plan): string {
  const last = memories.at(-1) ?? memories[0];
  const text = excerpt(withDates(sentence, last.occurredAt, due), quoteMax);
  return `${rangeText(due)}, "${text}" (${whoAndWhen(last)})`;
}

const said = (memory: DreamMemory): string =>
  `"${excerpt(memory.text, quoteMax)}" (${whoAndWhen(memory)})`;

function whoAndWhen({ speaker, occurredAt }: DreamMemory): string {
  return `${speaker ? `${speaker}, ` : ''}${isoDay(occurredAt)}`;
}
