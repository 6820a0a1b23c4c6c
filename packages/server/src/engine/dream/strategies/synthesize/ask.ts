/** The same facts in better words: a language model writes them, and is checked. */
import { z } from 'zod';
import { renderMemories } from '../../render-memories.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { tellingOf } from '../../telling-words.ts';
import { type Synthesis, textCharsMax } from './synthesis.ts';

const answerSchema = z.object({
  fact: z.string().min(1).max(textCharsMax),
  kept: z.array(z.string()).min(1),
});

/** Facts that are written in better words at most; the others stay extracts. */
const askedMax = 60;

export async function ask(
  found: readonly Synthesis[],
  tools: DreamTools,
): Promise<readonly Synthesis[]> {
  if (tools.generate === undefined) return found;
  const written: Synthesis[] = [];
  let isAsking = true;
  for (const [place, one] of found.entries()) {
    if (!isAsking || place >= askedMax) {
      written.push(one);
      continue;
    }
    const values = { memories: renderMemories(one.sources) };
    const answer = await tools.generate('synthesize', values, answerSchema);
    if (answer.ok) {
      written.push(checked(one, answer.value, tools));
    } else {
      tools.note(`From here on facts are written without the model: ${answer.reason}.`);
      isAsking = false;
      written.push(one);
    }
  }
  return written;
}

/** Numbers and names that no source has were made up; what is not kept is not archived. */
function checked(
  one: Synthesis,
  { fact, kept }: z.infer<typeof answerSchema>,
  tools: DreamTools,
): Synthesis {
  const sources = one.sources.filter(({ id }) => kept.includes(id));
  const shown = renderMemories(one.sources).toLowerCase();
  const isUnknown = kept.some((id) => one.sources.every((memory) => memory.id !== id));
  const invented = tellingOf(fact).filter((word) => !shown.includes(word));
  if (isUnknown || sources.length < 2 || invented.length > 0) {
    const what = invented.length > 0 ? `invents "${invented[0]}"` : 'names memories wrongly';
    tools.note(`What the model wrote of "${one.about}" ${what}: the extract stays.`);
    return one;
  }
  const said = fact.toLowerCase();
  const isSaid = (memory: DreamMemory): boolean =>
    tellingOf(memory.text).every((word) => said.includes(word));
  const archive = one.archive.filter((memory) => sources.includes(memory) && isSaid(memory));
  return { ...one, text: fact.trim(), sources, archive };
}
