/** One memory on its way into a context, with the texts that it may be shown with. */
import type { Memory } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { splitPassages } from '../../text/passages.ts';
import type { RecallResult } from '../recall/show.ts';
import { safeText } from './safe-text.ts';
import { tellingPart } from './telling-part.ts';

/** In the order in which they are shown, which is fixed. */
export const sectionNames = ['system', 'user', 'memories', 'threads'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface ContextItem {
  readonly section: SectionName;
  readonly memory: Memory;
  /** What the question gave it; null when it is shown without having been found. */
  readonly score: number | null;
  /** Items of one group stand together in the order of their rows. */
  readonly group: string;
  /** Safe texts, the longest first; the first one that fits the budget is shown. */
  readonly texts: readonly string[];
  /** It is a line of the profile, which the question did not ask for. */
  readonly isProfile?: boolean;
  /** What the fact said before. */
  readonly before?: string;
  /** Rows on both sides that must be shown for this one to be of use. */
  readonly between?: readonly [number, number];
}

/** Texts up to this length are shown whole, longer ones by their best passage where possible. */
const wholeCharsMax = 1200;
const beforeCharsMax = 160;

export function itemOf(
  section: SectionName,
  memory: Memory,
  more: Partial<Pick<RecallResult, 'score' | 'passage' | 'matched'>> & { group?: string } = {},
): ContextItem {
  return {
    section,
    memory,
    score: more.score ?? null,
    group: more.group ?? memory.id,
    texts: textsOf(section, memory, more.passage, more.matched?.terms),
  };
}

/** What the application says of itself is shown whole: half an instruction is another one. */
function textsOf(
  section: SectionName,
  memory: Memory,
  passage: RecallResult['passage'] | undefined,
  matched: readonly string[] = [],
): string[] {
  const text = indexedText(memory.body);
  if (section === 'system') return [safeText(text)];
  const { start, end } = passage ?? splitPassages(text)[0] ?? { start: 0, end: text.length };
  const part = safeText(text.slice(start, end));
  const cut = `${start > 0 ? '… ' : ''}${part}${end < text.length ? ' …' : ''}`;
  const isPart = start > 0 || end < text.length;
  const whole = isPart && text.length <= wholeCharsMax ? [safeText(text)] : [];
  const brief = safeText(tellingPart(text.slice(start, end), matched));
  return [...whole, cut, ...(brief.length < cut.length ? [brief] : [])];
}

/** The former text of a fact, short: it is there to be recognised. */
export function beforeText(memory: Memory): string {
  const text = safeText(indexedText(memory.body));
  const characters = [...text];
  if (characters.length <= beforeCharsMax) return text;
  return `${characters.slice(0, beforeCharsMax).join('')} …`;
}

/** Whether a fact holds now; outside of its time it is told as something that was or will be. */
export function isCurrent({ validFrom, validTo }: Memory, now: number): boolean {
  return (validFrom === null || validFrom <= now) && (validTo === null || validTo > now);
}
