/** Findings said better by a language model: the words may change, names and numbers may not. */
import { z } from 'zod';
import type { JsonObject } from '../../../domain/memory.ts';
import { isoDay } from '../evidence.ts';
import { renderMemories } from '../render-memories.ts';
import type { DreamMemory, DreamTools } from '../strategy.ts';

export interface Wordable {
  readonly value: string;
  /** What the text must still name. */
  readonly labels: readonly string[];
  readonly memories: readonly DreamMemory[];
}

export interface RewordBounds {
  /** Of one finding, the model reads the newest memories. */
  readonly examplesMax: number;
  /** UTF-16 units of a text. */
  readonly charsMax: number;
}

/** Findings of one question. */
const batchMax = 10;
const usualBounds: RewordBounds = { examplesMax: 4, charsMax: 600 };

const answerSchema = z.object({
  findings: z.array(z.object({ number: z.number().int(), text: z.string().trim().min(1) })),
});

/** A text, and what to keep beside it: of a worded one the text that it was made of. */
export interface Worded {
  readonly value: string;
  readonly metadata: JsonObject;
}

export interface RewordParts {
  readonly tools: DreamTools;
  /** What earlier dreams made: what they said already is neither asked nor said anew. */
  readonly derived: readonly DreamMemory[];
}

/** One for each finding, in order. Without a good answer a finding keeps its own words. */
export async function reword(
  prompt: string,
  findings: readonly Wordable[],
  { tools, derived }: RewordParts,
  bounds: RewordBounds = usualBounds,
): Promise<Worded[]> {
  const known = knownWordings(derived);
  const unsaid = findings.filter(({ value }) => !known.has(value));
  const worded = new Map<Wordable, string>();
  for (let first = 0; tools.generate && first < unsaid.length; first += batchMax) {
    const batch = unsaid.slice(first, first + batchMax);
    const values = { memories: renderFindings(batch, bounds) };
    const answer = await tools.generate(prompt, values, answerSchema);
    if (!answer.ok) {
      tools.note(`${answer.reason}; the texts are the offline ones`);
      break;
    }
    for (const { number, text } of answer.value.findings) {
      const finding = batch[number - 1];
      const problem = finding ? whatIsWrong(text, finding, bounds) : 'there is no such finding';
      if (finding && problem === undefined) worded.set(finding, text);
      else tools.note(`finding ${first + number} keeps its text: ${problem}`);
    }
  }
  return findings.map((finding) => {
    const text = worded.get(finding) ?? known.get(finding.value) ?? finding.value;
    if (text === finding.value) return { value: text, metadata: {} };
    return { value: text, metadata: { worded_from: finding.value } };
  });
}

/** What was said, by what it was made of. */
function knownWordings(derived: readonly DreamMemory[]): Map<string, string> {
  const known = new Map(derived.map(({ text }) => [text, text]));
  for (const { text, metadata } of derived) {
    if (typeof metadata.worded_from === 'string') known.set(metadata.worded_from, text);
  }
  return known;
}

/** The finding stands where memories would, in parts as long as theirs, so that it is escaped. */
function renderFindings(batch: readonly Wordable[], { examplesMax }: RewordBounds): string {
  return batch
    .map(({ value, memories }, i) => {
      const newest = memories.toReversed().slice(0, examplesMax);
      const parts = value.replaceAll(' | ', ' ').match(partOf) ?? [];
      const said = parts.map((part) => asData(part, newest[0])).join(' ');
      return `finding ${i + 1}: ${said}\n${renderMemories(newest)}`;
    })
    .join('\n');
}

/** What `renderMemories` shows of one text. */
const partOf = /[\s\S]{1,480}(?=\s|$)/g;

function asData(text: string, memory: DreamMemory | undefined): string {
  if (memory === undefined) return '';
  const { speaker: _, ...unsaid } = memory;
  const line = renderMemories([{ ...unsaid, text }]);
  return line.slice(line.lastIndexOf(' | ') + 3);
}

function whatIsWrong(
  text: string,
  { value, labels, memories }: Wordable,
  { charsMax }: RewordBounds,
): string | undefined {
  if (text.length > charsMax) return 'too long';
  const lower = text.toLowerCase();
  const missing = labels.find((label) => !lower.includes(label.toLowerCase()));
  if (missing !== undefined) return `"${missing}" is not in it`;
  const known = new Set(
    [
      value,
      ...memories.flatMap(({ text: told, occurredAt }) => [told, isoDay(occurredAt)]),
    ].flatMap((one) => one.match(/\d+/g) ?? []),
  );
  const invented = text.match(/\d+/g)?.find((number) => !known.has(number));
  return invented === undefined ? undefined : `${invented} stands in none of its memories`;
}
