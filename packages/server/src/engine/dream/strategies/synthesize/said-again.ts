/** Episodes in which somebody says on another day nearly what they have said before. */
import { dayOf, spanOf } from '../../alone.ts';
import { saidAlike } from '../../said-alike.ts';
import { joined } from '../../similar.ts';
import { states } from '../../states.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { byTime, type Synthesis } from './synthesis.ts';

/** Thanks and greetings come back too, and have fewer words that tell something. */
const termsMin = 4;
const charsMax = 600;
const daysMin = 2;
/** The newest are named. */
const membersMax = 200;
/** Who speaks of nobody states nothing that would be a fact of somebody. */
const speaksOf =
  /(?<![\p{L}'])(?:I|i|my|My|we|We|our|Our|ich|Ich|mein\w*|je|Je|mon|ma|yo|mi)(?![\p{L}])/u;
export async function saidAgain(snapshot: DreamSnapshot, tools: DreamTools): Promise<Synthesis[]> {
  const told: DreamMemory[] = [];
  for (const memory of snapshot.memories) {
    await tools.breathe();
    if (mayTell(memory)) told.push(memory);
  }
  const found: Synthesis[] = [];
  for (const places of joined(told.length, await saidAlike(told, tools))) {
    if (places.length < daysMin) continue;
    await tools.breathe();
    const members = byTime(places.flatMap((place) => told[place] ?? []));
    const synthesis = synthesisOf(members.slice(-membersMax));
    if (synthesis) found.push(synthesis);
  }
  return found;
}

function mayTell(memory: DreamMemory): boolean {
  const { kind, text, terms } = memory;
  return (
    kind === 'episode' &&
    terms.size >= termsMin &&
    text.length <= charsMax &&
    speaksOf.test(text) &&
    states(memory)
  );
}

function synthesisOf(members: readonly DreamMemory[]): Synthesis | undefined {
  const days = new Set(members.map(({ occurredAt }) => dayOf(occurredAt)));
  const [first] = members;
  if (first === undefined || days.size < daysMin) return undefined;
  const words = [...first.terms.keys()].slice(0, 6).join(' ');
  const about = `said by ${first.speaker ?? 'the user'}: ${words}`;
  const longest = members.reduce((a, b) => (b.text.length >= a.text.length ? b : a));
  const who = first.speaker ?? 'The user';
  const times = members.length;
  return {
    text: `${who} said ${times} times, ${spanOf(members)}: "${longest.text.trim()}"`,
    about,
    reason: `It was said on ${days.size} days, in nearly the same words.`,
    confidence: 0.8,
    sources: members,
    archive: [],
    times,
  };
}
