/** Findings said better by a language model: the words may change, names and numbers may not. */
import { z } from 'zod';
import { renderMemories } from '../render-memories.ts';
import type { DreamMemory, DreamTools } from '../strategy.ts';

export interface Wordable {
  readonly value: string;
  /** What the text must still name. */
  readonly labels: readonly string[];
  readonly memories: readonly DreamMemory[];
}

/** Of one finding, the model reads the newest memories. */
const examplesMax = 4;
/** Findings of one question. */
const batchMax = 10;
const charsMax = 600;

const answerSchema = z.object({
  findings: z.array(z.object({ number: z.number().int(), text: z.string().trim().min(1) })),
});

/** By place in the list; what is not in it keeps its own words. */
export async function reword(
  prompt: string,
  findings: readonly Wordable[],
  tools: DreamTools,
): Promise<Map<number, string>> {
  const worded = new Map<number, string>();
  if (tools.generate === undefined) return worded;
  for (let first = 0; first < findings.length; first += batchMax) {
    const batch = findings.slice(first, first + batchMax);
    const values = { memories: renderFindings(batch) };
    const answer = await tools.generate(prompt, values, answerSchema);
    if (!answer.ok) {
      tools.note(`${prompt}: ${answer.reason}; the texts are the offline ones`);
      return worded;
    }
    for (const { number, text } of answer.value.findings) {
      const finding = batch[number - 1];
      const problem = finding === undefined ? 'no such finding' : whatIsWrong(text, finding);
      if (problem === undefined) worded.set(first + number - 1, text);
      else tools.note(`${prompt}: finding ${first + number} keeps its text: ${problem}`);
    }
  }
  return worded;
}

/** The finding stands where a memory would, so that it is escaped like one. */
function renderFindings(batch: readonly Wordable[]): string {
  return batch
    .map(({ value, memories }, i) => {
      const [newest, ...others] = memories.toReversed().slice(0, examplesMax);
      if (newest === undefined) return '';
      const finding = renderMemories([withoutSpeaker(newest, value)]);
      const said = finding.slice(finding.lastIndexOf(' | ') + 3);
      return `finding ${i + 1}: ${said}\n${renderMemories([newest, ...others])}`;
    })
    .join('\n');
}

function withoutSpeaker({ speaker: _, ...memory }: DreamMemory, text: string): DreamMemory {
  return { ...memory, text: text.replaceAll(' | ', ' ') };
}

function whatIsWrong(text: string, { value, labels, memories }: Wordable): string | undefined {
  if (text.length > charsMax) return 'too long';
  const lower = text.toLowerCase();
  const missing = labels.find((label) => !lower.includes(label.toLowerCase()));
  if (missing !== undefined) return `"${missing}" is not in it`;
  const known = new Set(
    [value, ...memories.map((memory) => memory.text)].flatMap((one) => one.match(/\d+/g) ?? []),
  );
  const invented = text.match(/\d+/g)?.find((number) => !known.has(number));
  return invented === undefined ? undefined : `${invented} stands in none of its memories`;
}
