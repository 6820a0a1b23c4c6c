/** What people say they will do, with the day, and what they call off. English. */
import { contentTerms } from '../../../text/content-terms.ts';
import { sentencesOf, states } from '../../../text/stating.ts';
import { findTimes } from '../../../text/time-expressions.ts';
import { dayMs, weekdayOf } from '../../../text/time-range.ts';
import type { Evidence } from '../evidence.ts';
import type { DreamMemory, DreamTools } from '../strategy.ts';
import { timeWords } from '../themes.ts';
import { anniversaryOf, type Due, dueIn } from './due-time.ts';

export interface Plan {
  readonly kind: 'plan' | 'yearly' | 'weekly';
  /** Who has said it, the newest last. */
  readonly memories: readonly [DreamMemory, ...DreamMemory[]];
  /** As it was said last. */
  readonly sentence: string;
  /** What it is about, without words of time and intention. */
  readonly terms: ReadonlySet<string>;
  readonly due: Due;
  /** It says in words that it is planned. */
  readonly isStated: boolean;
}

export interface Plans {
  readonly open: readonly Plan[];
  /** Called off or put off, with the memory that says so. */
  readonly dropped: readonly { readonly plan: Plan; readonly by: DreamMemory }[];
}

const intention = new RegExp(
  '\\b(?:will|shall|promised?|going to|gonna|plan(?:s|ning|ned)?|intend(?:s|' +
    'ing)?|about to|appointment|due|' +
    'deadline|book(?:ed|ing)|scheduled?|reserv(?:ed|ation)|exam|interview|meeting|' +
    'arriv(?:e|es|ing)|' +
    'leav(?:e|es|ing)|fly(?:ing)?|flies|mov(?:e|es|ing)|start(?:s|ing)?|begins?|opens?|expires?|' +
    'takes? place|signed up|registered|have to|has to|need(?:s)? to|must|forward to|rescheduled|' +
    'postponed|moved|tickets?|wedding|visit(?:s|ing)?|com(?:es|ing)|meet(?:s|ing)?|is on|are on)' +
    "\\b|['’]ll\\b",
  'iu',
);
/** What is said in parting. */
const wish = /^\W*(?:\w+,? )?(?:see you|let['’]?s|enjoy|have (?:a|fun)|good luck)\b/iu;
const refusal = new RegExp(
  "\\b(?:not going|won['’]?t|will not|no longer|not planning|don['’]?t plan|never|" +
    "can['’]?t|cannot)\\b",
  'iu',
);
/** What was meant once. */
const meantThen = new RegExp(
  '\\b(?:had (?:planned|booked|hoped|wanted|meant|intended)|' +
    '(?:was|were) (?:going|planning|supposed|about|meant) to|would have)\\b',
  'iu',
);
/** Verbs of the past, of which most end in "ed". */
const past = new RegExp(
  "\\b(?:(?:was|were|had|did)(?:n['’]t)?|went|used to|" +
    'got|came|saw|told|said|thought|heard|felt|made|took|ate|' +
    'met|left|lost|won|ran|found|gave|kept|knew|wrote|bought|brought|spent|slept|fell|stood|' +
    'became|began|drank|drove|flew|forgot|held|led|paid|sang|sat|sent|sold|spoke|swam|taught|' +
    'wore|woke|ended|\\p{L}{2,}(?<!ne)(?<!need)(?<!sche?dul)(?<!book)ed)\\b',
  'iu',
);
/** "Is getting married" is no past. */
const passive = /(?:\b(?:get(?:s|ting)?|be|am|is|are|being)|['’](?:m|re|s)) \p{L}+ed\b/giu;
/** What holds on any day. */
const habitual = /\b(?:usually|always|often|sometimes|normally|typically|nobody|no one|most)\b/iu;
const calledOff = new RegExp(
  '\\b(?:call(?:ed|ing)? (?:\\w+ ){1,4}off|called off|cancel(?:l?ed|ling|s)?|scrapped|' +
    '(?:fell|falls|fallen) through|not going (?:to|any ?more|after all)|' +
    "(?:won['’]?t|can['’]?t|cannot) (?:make it|go|come|attend)|no longer (?:going|planning|want)|" +
    'decided (?:not to|against)|changed (?:my|our|her|his) minds?|backed out|dropped out|' +
    "not happening|isn['’]?t happening|gave up on)\\b",
  'iu',
);
const putOff =
  /\b(?:moved|postponed|rescheduled|pushed|shifted|brought forward|put off|delayed)\b/iu;
const birthday = new RegExp(
  "\\b(?:birthday|anniversary) (?:is|was|falls|on)\\b|\\b(?:is|was) [\\p{L}'’ ]{1,30}" +
    '(?:birthday|anniversary)\\b|\\bborn on\\b',
  'iu',
);
const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const everyWeekday = new RegExp(`\\bevery (?:other )?(${weekdays.join('|')})\\b`, 'iu');
/** Who told of a weekly thing so long ago may do it no more. */
const weeklyKeptMs = 180 * dayMs;
/** Words that say that something is planned, not what. */
const intentionWords = new Set([
  ...contentTerms(
    'plan planning going will book booked schedule scheduled appointment deadline due next ' +
      'coming ' +
      'start begin move moved postponed cancelled cancel called off meet need have get take make',
  ).keys(),
]);

export async function findPlans(
  evidence: Evidence,
  now: number,
  tools: DreamTools,
): Promise<Plans> {
  const pending: Plan[] = [];
  const dropped: { plan: Plan; by: DreamMemory }[] = [];
  for (const memory of evidence.memories) {
    await tools.breathe();
    const sentences = sentencesOf(memory.text);
    for (const sentence of sentences) {
      const plan = planIn(sentence, memory, now);
      const ends = calledOff.test(sentence) || (plan !== undefined && putOff.test(sentence));
      if (ends) drop(pending, dropped, { memory, sentence }, evidence);
      if (plan === undefined || calledOff.test(sentence)) continue;
      const at = pending.findIndex((other) => isSamePlan(other, plan, evidence));
      const other = pending[at];
      if (other === undefined) pending.push(plan);
      else pending[at] = joinPlans(other, plan);
    }
  }
  return { open: pending, dropped };
}

function planIn(sentence: string, memory: DreamMemory, now: number): Plan | undefined {
  const { occurredAt } = memory;
  if (!states(sentence) || refusal.test(sentence)) return undefined;
  const base = { memories: [memory], sentence, terms: termsOf(sentence) } as const;
  const each = everyWeekday.exec(sentence);
  if (each !== null) {
    const isOver = now - occurredAt > weeklyKeptMs || past.test(sentence);
    if (isOver || /every other/iu.test(sentence)) return undefined;
    return { kind: 'weekly', ...base, due: nextWeekday(each[1], now), isStated: true };
  }
  if (birthday.test(sentence)) return yearlyIn(base, memory, now);
  if (meantThen.test(sentence) || habitual.test(sentence)) return undefined;
  const isStated = intention.test(sentence);
  // "The kids go back to school on Monday" tells no past, so it tells of the Monday ahead.
  const isPast = past.test(sentence.replaceAll(passive, ' '));
  const due = isPast && !isStated ? undefined : dueIn(sentence, occurredAt, true);
  if (due === undefined || base.terms.size === 0 || wish.test(sentence)) return undefined;
  // "It is part of my work today" tells of today, not of what is ahead.
  if (!isStated && due.from <= occurredAt) return undefined;
  return { kind: 'plan', ...base, due, isStated };
}

function yearlyIn(
  base: Pick<Plan, 'memories' | 'sentence' | 'terms'>,
  { occurredAt }: DreamMemory,
  now: number,
): Plan | undefined {
  const times = findTimes(base.sentence, occurredAt);
  const [day] = times.filter(({ from, to }) => to - from <= dayMs);
  if (day === undefined || times.length > 1) return undefined;
  const due = { ...anniversaryOf(day.from, now), isDeadline: false, isVague: false };
  return { kind: 'yearly', ...base, due, isStated: true };
}

function nextWeekday(name: string | undefined, now: number): Due {
  const ahead = (weekdays.indexOf((name ?? '').toLowerCase()) - weekdayOf(now) + 7) % 7;
  const from = (Math.floor(now / dayMs) + ahead) * dayMs;
  return { from, to: from + dayMs, isDeadline: false, isVague: false };
}

function termsOf(sentence: string): ReadonlySet<string> {
  const terms = [...contentTerms(sentence).keys()];
  return new Set(
    terms.filter(
      (term) => !timeWords.has(term) && !intentionWords.has(term) && /\p{L}/u.test(term),
    ),
  );
}

/** Takes away what is called off: what has a word in common with it, or was just spoken of. */
function drop(
  pending: Plan[],
  dropped: { plan: Plan; by: DreamMemory }[],
  said: { memory: DreamMemory; sentence: string },
  evidence: Evidence,
): void {
  const { memory, sentence } = said;
  const terms = termsOf(sentence);
  const mine = pending.filter(
    ({ due, memories }) => due.to > memory.occurredAt && speaksFor(memory, memories),
  );
  const named = mine.filter((plan) => sharedOf(plan.terms, terms, evidence).length > 0);
  const near = mine.filter(({ memories }) => memories.some((one) => evidence.areNear(one, memory)));
  // "We called it off": of several, the one that was spoken of last.
  const gone = named.length > 0 ? named : /\b(?:it|that)\b/iu.test(sentence) ? near.slice(-1) : [];
  for (const plan of gone) {
    pending.splice(pending.indexOf(plan), 1);
    dropped.push({ plan, by: memory });
  }
}

/** In one thread each speaks of the plans of both; elsewhere everybody of the own. */
function speaksFor(memory: DreamMemory, memories: readonly DreamMemory[]): boolean {
  return memories.some(({ speaker, key }) => speaker === memory.speaker || key === memory.key);
}

/** Of the words, those that few memories have. */
export function rareOf(terms: ReadonlySet<string>, { memories, having }: Evidence): string[] {
  const most = Math.max(8, memories.length * 0.03);
  return [...terms].filter((term) => having(term).length <= most);
}

function sharedOf(a: ReadonlySet<string>, b: ReadonlySet<string>, evidence: Evidence): string[] {
  return rareOf(a, evidence).filter((term) => b.has(term));
}

function isSamePlan(a: Plan, b: Plan, evidence: Evidence): boolean {
  if (a.kind !== b.kind || a.due.from >= b.due.to || b.due.from >= a.due.to) return false;
  const shared = sharedOf(a.terms, b.terms, evidence).length;
  return shared > 0 && shared >= Math.min(a.terms.size, b.terms.size) / 3;
}

/** Said again: the narrower day counts. */
function joinPlans(a: Plan, b: Plan): Plan {
  const isNarrower = b.due.to - b.due.from <= a.due.to - a.due.from;
  const [first, ...others] = a.memories;
  return {
    ...(isNarrower ? b : a),
    memories: [
      first,
      ...others.filter((one) => !b.memories.includes(one)),
      ...b.memories.filter((one) => one !== first),
    ],
    terms: new Set([...a.terms, ...b.terms]),
    isStated: a.isStated || b.isStated,
  };
}
