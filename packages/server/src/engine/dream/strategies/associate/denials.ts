/** Statements of one speaker of which one denies what the other says. */

import { contentTerms } from '../../../../text/content-terms.ts';
import { denies, saidBy } from '../../../../text/same-words.ts';
import { sentencesOf, states } from '../../../../text/stating.ts';
import { type Evidence, isoDay } from '../../evidence.ts';
import { wordsAlike } from '../../similar.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { type Association, rareMax } from './association.ts';

interface Statement {
  readonly memory: DreamMemory;
  readonly text: string;
  readonly terms: ReadonlyMap<string, number>;
  readonly isDenial: boolean;
}

/** Denials in form alone. */
const idioms = new RegExp(
  "\\b(?:can['’]?t wait|no doubt|not only|not just|no problem|never been (?:happier|better)|" +
    "couldn['’]?t agree more|why not|long time no)\\b",
  'giu',
);
/** Words that say how, not what: both sides may have them or not. */
const manner = new Set([
  'anymore',
  'really',
  'realli',
  'still',
  'longer',
  'ever',
  'never',
  'actual',
]);
/** Two that deny each other otherwise than with a "not"; stems. */
const opposites = new Map<string, string>();
for (const pair of ['love hate', 'like hate', 'like dislik', 'enjoy hate', 'accept declin']) {
  const [one = '', other = ''] = pair.split(' ');
  opposites.set(`${one} ${other}`, pair);
  opposites.set(`${other} ${one}`, pair);
}
const alikeMin = 0.6;
const sharedMin = 2;
const sentencesMax = 6;
const charsMax = 200;

/** Every two statements are compared that have a rare word in common. */
export async function findDenials(evidence: Evidence, tools: DreamTools): Promise<Association[]> {
  const statements = await readStatements(evidence, tools);
  const bySaid = new Map<string, Statement[]>();
  const found: Association[] = [];
  const rareMost = rareMax(evidence.memories.length);
  for (const later of statements) {
    await tools.breathe();
    const seen = new Set<Statement>();
    for (const term of later.terms.keys()) {
      if (evidence.having(term).length > rareMost) continue;
      const said = `${later.memory.speaker ?? ''}\n${term}`;
      const earlier = bySaid.get(said) ?? [];
      for (const one of earlier) seen.add(one);
      bySaid.set(said, [...earlier, later].slice(-2 * rareMost));
    }
    for (const earlier of seen) {
      // Who takes it back within a talk has only corrected it.
      if (evidence.areNear(earlier.memory, later.memory)) continue;
      if (!isDenied(earlier, later, evidence.rarity)) continue;
      found.push({
        ...{ from: later.memory, type: 'contradicts', to: earlier.memory },
        reason:
          `"${later.text}" (${isoDay(later.memory.occurredAt)}) denies ` +
          `"${earlier.text}" (${isoDay(earlier.memory.occurredAt)}).`,
        confidence: 0.85,
      });
    }
  }
  return found;
}

async function readStatements(
  { memories }: Evidence,
  tools: DreamTools,
): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const speakers = new Set(memories.map(({ speaker }) => speaker ?? ''));
  // Who is spoken to is in every other turn.
  const called = new Set([...speakers].flatMap((speaker) => [...contentTerms(speaker).keys()]));
  const tells = (term: string): boolean => !manner.has(term) && !called.has(term);
  for (const memory of memories) {
    await tools.breathe();
    for (const text of clausesOf(memory.text)) {
      if (text.length > charsMax) continue;
      const terms = new Map([...contentTerms(text)].filter(([term]) => tells(term)));
      if (terms.size < sharedMin) continue;
      const isDenial = denies(saidBy(text.replaceAll(idioms, '')));
      statements.push({ memory, text, terms, isDenial });
    }
  }
  return statements;
}

/** "It was hard, but I'm not giving up" says two things. */
function clausesOf(text: string): string[] {
  const sentences = sentencesOf(text).slice(0, sentencesMax).filter(states);
  return sentences.flatMap((sentence) => sentence.split(/,? but |;| [-–—] /iu));
}

function isDenied(a: Statement, b: Statement, rarity: (term: string) => number): boolean {
  const shared = [...a.terms.keys()].filter((term) => b.terms.has(term)).length;
  if (shared < sharedMin) return false;
  const isTurned = a.isDenial !== b.isDenial;
  const isOpposed = !a.isDenial && !b.isDenial && oppose(a.terms, b.terms);
  return (isTurned || isOpposed) && wordsAlike(a.terms, b.terms, rarity) >= alikeMin;
}

function oppose(a: Statement['terms'], b: Statement['terms']): boolean {
  const left = [...a.keys()].filter((term) => !b.has(term));
  const right = [...b.keys()].filter((term) => !a.has(term));
  return left.some((one) => right.some((other) => opposites.has(`${one} ${other}`)));
}
