/** What people say they will do, with the day, and what they call off. English. */
import { contentTerms } from '../../../text/content-terms.ts';
import { sentencesOf, states } from '../../../text/stating.ts';
import { findTimes } from '../../../text/time-expressions.ts';
import { dayMs, weekdayOf } from '../../../text/time-range.ts';
import type { Evidence } from '../evidence.ts';
import type { DreamMemory, DreamTools } from '../strategy.ts';
import { timeWords } from '../themes.ts';
import { anniversaryOf, type Due, dueIn } from './due-time.ts';
import { isNoPlanElsewhere } from './elsewhere.ts';
import {
  anyWeekday,
  arranged,
  clauseEnd,
  clearIntention,
  habitual,
  intention,
  meantThen,
  passive,
  past,
  refuses,
  request,
  weighed,
  wish,
} from './plan-forms.ts';

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
  const statement = sentence.replace(request, '.');
  if (!states(statement) || weighed.test(statement)) return undefined;
  const base = { memories: [memory], sentence, terms: termsOf(statement) } as const;
  if (birthday.test(statement) && !refuses(statement)) return yearlyIn(base, memory, now);
  for (const clause of statement.split(clauseEnd)) {
    const found = planInClause(clause, base, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

function planInClause(
  clause: string,
  base: Pick<Plan, 'memories' | 'sentence' | 'terms'>,
  now: number,
): Plan | undefined {
  const { occurredAt } = base.memories[0];
  if (refuses(clause)) return undefined;
  const each = everyWeekday.exec(clause);
  if (each !== null) {
    const isOver = now - occurredAt > weeklyKeptMs || past.test(clause);
    if (isOver || /every other/iu.test(clause)) return undefined;
    return { kind: 'weekly', ...base, due: nextWeekday(each[1], now), isStated: true };
  }
  if (meantThen.test(clause) || habitual.test(clause)) return undefined;
  const isClear = clearIntention.test(clause);
  if (!isClear && (anyWeekday.test(clause) || isNoPlanElsewhere(clause))) return undefined;
  // "Is getting married" and "was moved to Friday" are no past.
  const isPast = past.test(clause.replaceAll(passive, ' ').replaceAll(arranged, ' '));
  if (isPast && !isClear) return undefined;
  const isStated = intention.test(clause);
  const due = dueIn(clause, occurredAt, isPast ? 'unsure' : isStated ? 'stated' : 'likely');
  if (due === undefined || base.terms.size === 0 || wish.test(base.sentence)) return undefined;
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
