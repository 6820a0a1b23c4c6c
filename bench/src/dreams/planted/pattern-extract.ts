/** Habits, people, topics and sequences over four years, among talk that keeps no rhythm. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { dayMs, evenings, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';

interface Label {
  readonly patterns: readonly string[];
  /** What it is of: a word of the text. */
  readonly words: readonly string[];
}

interface Marked {
  readonly memory: Planted;
  readonly label?: Label;
}

/** Each in several wordings that share one word. */
const weekly: readonly (readonly string[])[] = [
  ['Went running in the park.', 'Done running, six kilometres.', 'Good running weather it was.'],
  ['Choir rehearsal, we sang in Latin.', 'Our choir had a guest.', 'Hoarse after the choir.'],
  ['Pottery class, I glazed a bowl.', 'My pottery cracked.', 'New clay for pottery.'],
  ['Chess with the old men.', 'Lost at chess.', 'A draw at chess, finally.'],
  ['Yoga in the loft.', 'The yoga teacher was ill, we did it alone.', 'Stiff, so yoga was hard.'],
  ['Ironed all shirts, ironing done.', 'Ironing and a radio drama.', 'The ironing took an hour.'],
  ['Climbing hall with a rope.', 'Fell off while climbing.', 'New shoes for climbing.'],
  ['Volunteered with the refugees.', 'The refugees cooked for us.', 'A form for the refugees.'],
];
const monthly: readonly (readonly string[])[] = [
  ['Paid the rent.', 'The rent went out.', 'Rent is paid, little is left.'],
  [
    'Book club, we fought over a novel.',
    'Book club was at ours.',
    'Skipped a chapter for book club.',
  ],
  ['Insulin prescription renewed.', 'Got my insulin.', 'Queued for insulin.'],
  ['Inventory in the shop until late.', 'Counted screws, inventory.', 'Inventory came out right.'],
];
const yearly: readonly (readonly string[])[] = [
  ['Lit a candle for my late brother.', 'My late brother is on my mind, lit a candle.'],
  ['Pruned the vines in the orchard.', 'The vines are pruned.', 'Cut my thumb on the vines.'],
  ['The village regatta, we came third.', 'Regatta with too little wind.'],
  ['Flu jab at the surgery.', 'Sore arm from the flu jab.'],
];
const sequences: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['Night shift at the depot.', 'Another depot shift.', 'Covered a shift at the depot.'],
    ['My migraine is back.', 'In bed with a migraine.', 'Migraine, all dark.'],
  ],
  [
    [
      'Quarrelled with Father on the phone.',
      'A quarrel over the will.',
      'Quarrel again, doors slammed.',
    ],
    ['Wrote five pages of my novel.', 'The novel flows.', 'A chapter of the novel is done.'],
  ],
  [
    ['Presented to the board.', 'The board grilled me.', 'Numbers for the board, all day.'],
    ['Ordered a pizza and wine.', 'Pizza on the couch.', 'Pizza with extra cheese.'],
  ],
  [
    ['Babysat the twins.', 'The twins painted my wall.', 'The twins stayed over.'],
    ['Caught a cold.', 'Sneezing, a cold it is.', 'This cold gets me.'],
  ],
];
const people = ['Ingrid', 'Tobias', 'Kamila', 'Marisol', 'Desmond', 'Yusuf'];
const named = [
  'I met NAME by the lake.',
  'NAME and I talked for hours.',
  'A letter from NAME came.',
  'I think NAME is right.',
  'We ate with NAME.',
  'I miss NAME.',
  'I helped NAME to move a wardrobe.',
];
const topics: readonly (readonly string[])[] = [
  ['I read about beekeeping.', 'A beekeeping suit costs a lot.', 'Beekeeping needs patience.'],
  ['The mortgage papers came.', 'I dream of the mortgage.', 'A broker for the mortgage.'],
  ['Learned ten words of Hungarian grammar.', 'The grammar is hard.', 'A grammar test, passed.'],
  ['The marathon map is out.', 'I doubt that I can do a marathon.', 'A book on the marathon.'],
  ['Read on telescopes.', 'The telescope mirror is ground.', 'A telescope in the attic.'],
  ['The asbestos report came.', 'They found asbestos.', 'Asbestos in the ceiling, too.'],
];
/** On days without a rhythm, too seldom for a topic. */
const random3 = ['Went to the sauna.', 'The flute needs oil.', 'Met a fox on the lawn.'];

const start = Date.UTC(2023, 0, 2);
const speakers = ['Ann', 'Ben'] as const;
const span = 1_300;

export const patternExtract: PlantedCase = {
  strategy: 'pattern_extract',
  make(seed): Made {
    const random = createRandom(seed);
    const talk = evenings(random, { ...{ speakers, start, days: span, share: 0.14, turnsMax: 4 } });
    const marked: Marked[] = [
      ...talk.map((memory) => ({ memory })),
      ...halfOf(weekly, seed).flatMap((texts) => plantWeekly(random, texts)),
      ...halfOf(monthly, seed).flatMap((texts) => plantMonthly(random, texts)),
      ...halfOf(yearly, seed).flatMap((texts) => plantYearly(random, texts)),
      ...halfOf(sequences, seed).flatMap(([first, then]) => plantSequence(random, first, then)),
      ...halfOf(people, seed).flatMap((name) =>
        plantAnywhere(
          random,
          ['mentions'],
          named.map((text) => text.replace('NAME', name)),
          12,
        ),
      ),
      ...halfOf(topics, seed).flatMap((texts) => plantAnywhere(random, ['topic'], texts, 14)),
      ...random3.flatMap((text) => plantAnywhere(random, [], [text], 4)),
    ];
    marked.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(marked);
  },
};

function plantWeekly(random: Random, texts: readonly string[]): Marked[] {
  const label = { patterns: ['weekly'], words: texts };
  const first = 7 * integer(random, 2, 150) + integer(random, 0, 6);
  return Array.from({ length: 14 }, (_, week) => first + 7 * week)
    .filter(() => random() < 0.85)
    .map((day) => said(random, day, pick(random, texts), label, 'Ann'));
}

function plantMonthly(random: Random, texts: readonly string[]): Marked[] {
  const label = { patterns: ['monthly'], words: texts };
  const [from, date] = [integer(random, 0, 24), integer(random, 3, 26)];
  return Array.from({ length: 12 }, (_, month) => Date.UTC(2023, from + month, date))
    .filter(() => random() < 0.9)
    .map((ms) => said(random, (ms - start) / dayMs, pick(random, texts), label, 'Ben'));
}

function plantYearly(random: Random, texts: readonly string[]): Marked[] {
  const label = { patterns: ['yearly'], words: texts };
  const [month, date] = [integer(random, 1, 5), integer(random, 3, 24)];
  return [2023, 2024, 2025, 2026].map((year) => {
    const day = (Date.UTC(year, month, date + integer(random, -1, 1)) - start) / dayMs;
    return said(random, day, pick(random, texts), label, 'Ann');
  });
}

function plantSequence(
  random: Random,
  first: readonly string[],
  then: readonly string[],
): Marked[] {
  const label = { patterns: ['sequence'], words: [...first, ...then] };
  const days = shuffled(
    random,
    Array.from({ length: span / 10 }, (_, i) => i * 10 + 3),
  ).slice(0, 9);
  return days.flatMap((day, time) => {
    const one = said(random, day + integer(random, 0, 4), pick(random, first), label, 'Ben');
    if (time === 0) return [one];
    const occurredAt = (one.memory.occurredAt ?? 0) + integer(random, 4, 16) * hourMs;
    return [one, { memory: { ...one.memory, text: pick(random, then), occurredAt }, label }];
  });
}

function plantAnywhere(
  random: Random,
  patterns: readonly string[],
  texts: readonly string[],
  count: number,
): Marked[] {
  const label = { patterns, words: texts };
  const days = shuffled(
    random,
    Array.from({ length: span }, (_, day) => day),
  ).slice(0, count);
  return days.map((day) => said(random, day, pick(random, texts), label, 'Ann'));
}

function said(random: Random, day: number, text: string, label: Label, speaker: string): Marked {
  const occurredAt = start + day * dayMs + integer(random, 7, 20) * hourMs;
  return { memory: { text, speaker, key: 'chat', occurredAt }, label };
}

/** Right is what is of the planted sort and rests on what was planted for it. */
function madeOf(marked: readonly Marked[]): Made {
  const labels = new Set(
    marked.flatMap(({ label }) => (label && label.patterns.length > 0 ? [label] : [])),
  );
  return {
    memories: marked.map(({ memory }) => memory),
    score(actions) {
      const hit = new Set<Label>();
      const right = actions.filter(({ add, sources }) => {
        const of = sources.map(({ id }) => marked[placeOf(id) - 1]?.label);
        const label = [...labels].find((one) => {
          const share = of.filter((other) => other === one).length / of.length;
          return share >= 0.8 && one.patterns.includes(String(add?.metadata?.pattern));
        });
        // Saying the same twice is right once.
        if (label === undefined || hit.has(label)) return false;
        hit.add(label);
        return true;
      });
      return { expected: labels.size, found: actions.length, right: right.length };
    },
  };
}
