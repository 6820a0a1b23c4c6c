/** What several memories state of somebody in any words: one fact with the richest value. */
import { relationOf } from '../../../../text/statement-values.ts';
import { dayOf, spanOf } from '../../alone.ts';
import {
  type Claim,
  type ClaimGroup,
  compareClaims,
  conflictsIn,
  readClaims,
} from '../../claims.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { byTime, madeBefore, mayBeArchived, type Synthesis } from './synthesis.ts';

export async function stated(snapshot: DreamSnapshot, tools: DreamTools): Promise<Synthesis[]> {
  const groups = await readClaims(snapshot.memories, () => tools.breathe());
  const before = madeBefore(snapshot.derived);
  const found: Synthesis[] = [];
  for (const group of groups) {
    await tools.breathe();
    for (const claims of alikeIn(group)) {
      const synthesis = synthesisOf(claims, before);
      if (synthesis) found.push(synthesis);
    }
  }
  return found;
}

/** Claims of one value, of those that hold still. */
function alikeIn(group: ClaimGroup): Claim[][] {
  const [first] = group;
  // An age is another one next year, and a password is not written down once more.
  if (first === undefined || first.attribute === 'age' || first.attribute === 'text') return [];
  const past = new Set(conflictsIn(group).map(({ older }) => older));
  const holding = group.filter((claim) => !claim.isDenied && !past.has(claim));
  const alike: Claim[][] = [];
  for (const claim of holding) {
    const known = alike.find((claims) => claims.every((one) => isAlike(one, claim)));
    if (known) known.push(claim);
    else alike.push([claim]);
  }
  return alike;
}

const isAlike = (a: Claim, b: Claim): boolean => {
  const relation = compareClaims(a, b);
  // "Likes dark chocolate" is not said by who likes chocolate.
  return relation === 'same' || (a.isSingle && (relation === 'wider' || relation === 'narrower'));
};

function synthesisOf(
  claims: readonly Claim[],
  before: ReadonlyMap<string, DreamMemory>,
): Synthesis | undefined {
  const members = byTime(claims.map(({ memory }) => memory));
  const richest = claims.reduce((a, b) => (b.normal.length > a.normal.length ? b : a));
  if (members.length < 2 || !isRepeated(members)) return undefined;
  // A fact that says as much needs no other beside it.
  if (claims.some((claim) => isFact(claim) && claim.normal === richest.normal)) return undefined;
  const { subject, attribute } = richest;
  const about = [subject, attribute, ...(richest.isSingle ? [] : [richest.normal])].join(', ');
  const former = ofSameValue(before.get(about), richest);
  const times = new Set([...(former?.derivedFrom ?? []), ...members.map(({ id }) => id)]).size;
  const span = spanOf(former ? [former, ...members] : members);
  const said = `${sentenceOf(richest)} Said ${times} times, ${span}${sayersOf(members)}.`;
  return {
    text: said,
    about,
    reason: `${members.length} memories state it, the last one on ${lastDay(members)}.`,
    confidence: 0.85,
    sources: byTime([...members, ...(former ? [former] : [])]),
    archive: claims
      .filter(isFact)
      .map(({ memory }) => memory)
      .filter(mayBeArchived),
    times,
    value: richest.normal,
  };
}

/** Who has moved since does not live there the fourth time. */
function ofSameValue(former: DreamMemory | undefined, claim: Claim): DreamMemory | undefined {
  const normal = former?.metadata.value;
  if (typeof normal !== 'string') return undefined;
  const relation = relationOf({ ...claim, normal }, claim);
  return relation === 'different' || relation === 'unclear' ? undefined : former;
}

const isFact = ({ memory, share }: Claim): boolean => memory.kind === 'fact' && share >= 0.6;
const lastDay = (members: readonly DreamMemory[]): string => dayOf(members.at(-1)?.occurredAt ?? 0);

/** Twice in one talk is once. */
function isRepeated(members: readonly DreamMemory[]): boolean {
  const occasions = members.map(({ speaker, occurredAt }) => `${speaker} ${dayOf(occurredAt)}`);
  return new Set(occasions).size > 1;
}

function sayersOf(members: readonly DreamMemory[]): string {
  const speakers = new Set(members.flatMap(({ speaker }) => (speaker ? [speaker] : [])));
  return speakers.size === 0 ? '' : `, by ${[...speakers].join(' and ')}`;
}

const verbs: Readonly<Record<string, string>> = {
  home: 'lives in',
  employer: 'works at',
  occupation: 'works as',
  school: 'studies at',
  birthplace: 'was born in',
  'marital status': 'is',
  diet: 'is',
  'allergic to': 'is allergic to',
  likes: 'likes',
  eats: 'eats',
  drinks: 'drinks',
};

/** English, whatever the language of the sources: the value stays as it was said. */
function sentenceOf({ subjectName, attribute, value, kind }: Claim): string {
  const who = subjectName.charAt(0).toUpperCase() + subjectName.slice(1);
  if (attribute === 'smoking') return `${who} smokes.`;
  if (attribute === 'date' && kind === 'date') return `${who} is ${value}.`;
  const verb = verbs[attribute];
  return verb === undefined ? `${who}'s ${attribute} is ${value}.` : `${who} ${verb} ${value}.`;
}
