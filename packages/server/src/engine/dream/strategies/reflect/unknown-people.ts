/** People who are named often, and of whom no memory says who they are. English forms. */
import { contentTerms } from '../../../../text/content-terms.ts';
import { dayMs } from '../../../../text/time-range.ts';
import type { Evidence } from '../../evidence.ts';
import { type NamedThing, namesIn } from '../../names.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';

const namingMin = 5;
const daysMin = 3;
/** What is said of a person: NAME stands for the name. */
const known = [
  "NAME(?: is|['’]s|, who is| was) (?:a|an|the|my|our|his|her|their|from|married|born|\\d)\\b",
  'NAME(?: who)? (?:works|lives|studies|teaches|owns|runs|comes from|was born|moved)\\b',
  'NAME has (?:a|an|one|two|three|four|\\d)\\b',
  '(?:my|our|his|her|their|the) (?:[\\p{L}-]+ ){1,3}(?:is )?(?:called |named )?NAME\\b',
  'NAME, (?:my|our|his|her|their|the|a|an|who)\\b',
];

/** Those named most first. */
export async function findUnknownPeople(
  evidence: Evidence,
  tools: DreamTools,
): Promise<NamedThing[]> {
  const names = await namesIn(evidence.memories, tools);
  return names
    .filter(({ type, memories: naming }) => type === 'person' && naming.length >= namingMin)
    .filter(({ memories: naming }) => daysOf(naming) >= daysMin)
    .filter((person) => !isKnown(person, evidence))
    .sort((a, b) => b.memories.length - a.memories.length);
}

/** Names at the start of a sentence are not always seen as names: all that have the word count. */
function isKnown({ text, normal }: NamedThing, { memories, having }: Evidence): boolean {
  const name = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const forms = new RegExp(`\\b(?:${known.join('|').replaceAll('NAME', name)})`, 'iu');
  const [term = ''] = contentTerms(normal).keys();
  return having(term).some((place) => {
    const memory = memories[place];
    return memory?.kind === 'fact' || forms.test(memory?.text ?? '');
  });
}

function daysOf(memories: readonly DreamMemory[]): number {
  return new Set(memories.map(({ occurredAt }) => Math.floor(occurredAt / dayMs))).size;
}
