/** What is planned for after 1 November 2026, among what is over, called off, asked or supposed. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { dayMs, evenings, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';

/** When the namespace is read: the first of November 2026. */
const now = Date.UTC(2026, 10, 1);
const start = Date.UTC(2026, 3, 1);
const speakers = ['Ann', 'Ben'] as const;

interface Label {
  readonly from: number;
  readonly to: number;
}

interface Marked {
  readonly memory: Planted;
  readonly label?: Label;
}

/** What somebody has in mind; WHEN stands for the time. */
const plans = [
  'I will visit the Lisbon office WHEN.',
  'My dentist appointment is WHEN.',
  'We are going to move into the new flat WHEN.',
  'I plan to run the harbour race WHEN.',
  "I'm flying to Oslo WHEN.",
  'The deadline for the tax form is WHEN.',
  'Mia has her driving exam WHEN.',
  'We booked a cabin in the hills WHEN.',
  'I have an interview at the brewery WHEN.',
  "We'll repaint the nursery WHEN.",
  'The plumber is coming WHEN.',
  'I have to renew my passport WHEN.',
  'My parents arrive WHEN.',
  'The choir concert takes place WHEN.',
  'I signed up for a welding course WHEN.',
  'We are meeting the notary WHEN.',
  'The exhibition opens WHEN.',
  'I need to return the rental car WHEN.',
  'Grandpa has his hip operation WHEN.',
  "I'll hand in my thesis WHEN.",
];

/** A way to say a day: the words, and how to get from the day of the saying to what is due. */
type When = (random: Random, said: number) => { readonly words: string; readonly label: Label };

const monthNames =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const weekdays = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const weekdayOf = (ms: number): number => (Math.floor(ms / dayMs) + 3) % 7;
const onDay = (ms: number): Label => ({ from: ms, to: ms + dayMs });

const soon: readonly When[] = [
  (random, said) => {
    const days = integer(random, 3, 9);
    return { words: `in ${days} days`, label: onDay(said + days * dayMs) };
  },
  (random, said) => {
    const wanted = integer(random, 0, 6);
    const ahead = (wanted - weekdayOf(said) + 7) % 7 || 7;
    const word = pick(random, ['on', 'next', 'this coming']);
    return { words: `${word} ${weekdays[wanted]}`, label: onDay(said + ahead * dayMs) };
  },
  (_, said) => ({ words: 'tomorrow', label: onDay(said + dayMs) }),
];
const later: readonly When[] = [
  (random) => {
    const day = now + integer(random, 5, 200) * dayMs;
    const date = new Date(day);
    const month = monthNames[date.getUTCMonth()];
    const words = `on ${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`;
    return { words, label: onDay(day) };
  },
  (random) => {
    const day = now + integer(random, 5, 55) * dayMs;
    const date = new Date(day);
    const words = `on ${monthNames[date.getUTCMonth()]} ${date.getUTCDate()}`;
    return { words, label: onDay(day) };
  },
  (random) => {
    const month = integer(random, 0, 4);
    const label = { from: Date.UTC(2027, month, 1), to: Date.UTC(2027, month + 1, 1) };
    return { words: `in ${monthNames[month]} 2027`, label };
  },
  () => ({ words: 'next year', label: { from: Date.UTC(2027, 0, 1), to: Date.UTC(2028, 0, 1) } }),
];

/** No forecast, whenever it was said. */
const misses = [
  'Will you visit the museum next month?',
  'If it rains we will stay home next weekend.',
  'I might go to the fair in January 2027.',
  'Maybe we will build a shed next year.',
  'I would like to see Norway in 2027.',
  'Last Friday I met the notary.',
  'I bought a ticket three weeks ago.',
  'The museum was closed yesterday.',
  'I wrote about the elections of 2025.',
  'We were in Porto in March.',
  "I won't go to the reunion next month.",
  'I dreamt of the exam last night.',
  'He said the bus was late on Monday.',
  'I used to swim every Tuesday.',
  'Did they fix it by Friday?',
  'I got a birthday card yesterday.',
];
/** Said later of the plan before it: a word of it, or just "it". */
const endings = [
  'We called off the PLAN.',
  'I cancelled the PLAN.',
  'The PLAN fell through.',
  'I changed my mind about the PLAN.',
];
const calledOff: readonly (readonly [plan: string, word: string])[] = [
  ['We will hike the volcano trail WHEN.', 'volcano hike'],
  ['I booked a table at the lighthouse grill WHEN.', 'lighthouse table'],
  ['The street party takes place WHEN.', 'street party'],
  ['I am going to see the ballet WHEN.', 'ballet'],
  ['We plan to sail around the peninsula WHEN.', 'sailing trip around the peninsula'],
  ['My yearly checkup is scheduled WHEN.', 'checkup'],
];
const yearly = [
  "Mia's birthday is on DATE.",
  'My birthday is DATE.',
  'Our anniversary is on DATE.',
];

export const forecast: PlantedCase = {
  strategy: 'forecast',
  make(seed): Made {
    const random = createRandom(seed);
    const days = (now - start) / dayMs;
    const talk = evenings(random, { ...{ speakers, start, days, share: 0.5, turnsMax: 6 } });
    const marked: Marked[] = talk.map((memory) => ({ memory }));
    for (const text of shuffled(random, halfOf(plans, seed))) {
      marked.push(plantPlan(random, text));
    }
    // The same sorts of plans, long over.
    for (const text of halfOf(plans, seed + 1).slice(0, 8)) marked.push(plantPast(random, text));
    for (const text of misses) {
      marked.push({ memory: said(random, now - integer(random, 20, 120) * dayMs, text) });
    }
    for (const [text, word] of halfOf(calledOff, seed))
      marked.push(...plantEnd(random, text, word));
    for (const text of halfOf(yearly, seed)) marked.push(plantYearly(random, text));
    marked.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(marked);
  },
};

function plantPlan(random: Random, text: string): Marked {
  const isSoon = random() < 0.4;
  const day = isSoon ? now - dayMs : now - integer(random, 3, 100) * dayMs;
  const { words, label } = pick(random, isSoon ? soon : later)(random, day);
  return { memory: said(random, day, text.replace('WHEN', words)), label };
}

function plantPast(random: Random, text: string): Marked {
  const day = now - integer(random, 30, 180) * dayMs;
  const { words } = pick(random, soon)(random, day);
  return { memory: said(random, day, text.replace('WHEN', words)) };
}

function plantEnd(random: Random, text: string, word: string): Marked[] {
  const day = now - integer(random, 20, 60) * dayMs;
  const { words } = pick(random, later)(random, day);
  const plan = said(random, day, text.replace('WHEN', words));
  const byName = pick(random, endings).replace('PLAN', word);
  const isNear = random() < 0.3;
  const end = isNear ? 'On second thought we called it off.' : byName;
  const after = isNear ? 120_000 : integer(random, 2, 18) * dayMs;
  const occurredAt = (plan.occurredAt ?? 0) + after;
  return [{ memory: plan }, { memory: { ...plan, text: end, occurredAt } }];
}

function plantYearly(random: Random, text: string): Marked {
  const day = now + integer(random, 2, 300) * dayMs;
  const date = new Date(day);
  const words = `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]}`;
  const saidAt = now - integer(random, 5, 150) * dayMs;
  return { memory: said(random, saidAt, text.replace('DATE', words)), label: onDay(day) };
}

function said(random: Random, day: number, text: string): Planted {
  const occurredAt = day + integer(random, 7, 20) * hourMs;
  return { text, speaker: pick(random, speakers), key: 'chat', occurredAt };
}

/** Right is one that names the planted day, or days, and rests on who said it. */
function madeOf(marked: readonly Marked[]): Made {
  return {
    memories: marked.map(({ memory }) => memory),
    score(actions) {
      const expected = marked.filter(({ label }) => label !== undefined).length;
      const right = actions.filter(({ add, sources }) => {
        const label = marked[placeOf(sources[0]?.id ?? '') - 1]?.label;
        const due = Date.parse(String(add?.metadata?.due));
        return label !== undefined && due === label.from && add?.validTo === label.to;
      });
      return { expected, found: actions.length, right: right.length };
    },
  };
}
