/** Names that stand in two walks of life, and topics of the same weeks, among those that do not. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { dayMs, evenings, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';

interface Marked {
  readonly memory: Planted;
  readonly label?: { readonly subject: string; readonly side: number };
}

/** Walks of life, each in sentences that a NAME can stand in. */
const lives: readonly (readonly string[])[] = [
  [
    'The client in NAME wants the contract by email.',
    'Our sales team for NAME missed the quarterly target.',
    'I prepared slides for the NAME budget meeting.',
    'The manager of the NAME office signed the invoice.',
    'A new project with the NAME department starts, the boss says.',
  ],
  [
    'The bridesmaids want to dress in NAME.',
    'The priest from NAME will hold the wedding ceremony.',
    'We chose the wedding cake from NAME.',
    'The bride and her mother went to NAME for the veil.',
    'The wedding guests sleep in NAME.',
  ],
  [
    'The doctor in NAME looked at my knee and the x-ray.',
    'Physiotherapy in NAME helps against the pain.',
    'The clinic at NAME did a blood test.',
    'My surgeon trained in NAME, the nurse told me.',
    'The hospital in NAME has the results of the scan.',
  ],
  [
    'The roses from NAME need more compost.',
    'I planted tulip bulbs that came from NAME.',
    'The apple trees of NAME bloom in the garden.',
    'Slugs ate the lettuce seedlings from NAME.',
    'The soil from NAME is good for tomatoes and herbs.',
  ],
  [
    'The drummer of our band grew up in NAME.',
    'We played a concert in NAME, two guitars and a singer.',
    'A studio in NAME recorded our song.',
    'The bass player found an amplifier in NAME.',
    'The crowd in NAME sang along with the chorus.',
  ],
  [
    'The goalkeeper from NAME trains with my football team.',
    'We lost the match against NAME by two goals.',
    'The coach of NAME wants our striker.',
    'A referee from NAME gave us a penalty.',
    'The league sent us to NAME for the cup final.',
  ],
];
const shared = 'Lisbon Odense Trieste Malmo Gdansk Basel Bergen Seville Turin Ghent'.split(' ');
const single = 'Oporto Utrecht Zagreb Aarhus Bilbao Linz Nantes Tampere'.split(' ');
/** Two topics, each in wordings that share one word. */
const companions: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['My migraine is back.', 'In bed with a migraine.', 'The migraine left me dizzy.'],
    ['An inspector walked through the factory.', 'The inspector wants files.', 'Inspector again.'],
  ],
  [
    ['I could not sleep, insomnia.', 'Insomnia, third night.', 'Pills against insomnia.'],
    ['The landlord sent a lawyer.', 'A letter from the lawyer.', 'My lawyer wants more money.'],
  ],
  [
    ['I baked sourdough again.', 'Sourdough with walnuts.', 'The sourdough rose well.'],
    ['Grandchildren all over the house.', 'The grandchildren left.', 'My grandchildren draw.'],
  ],
  [
    ['My rash itches.', 'Cream for the rash.', 'The rash is on both arms.'],
    ['Fed the parrot of a friend.', 'The parrot bit me.', 'A parrot in the kitchen.'],
  ],
];

const start = Date.UTC(2025, 8, 1);
const span = 400;
const speakers = ['Ann', 'Ben'] as const;

export const insightGenerate: PlantedCase = {
  strategy: 'insight_generate',
  make(seed): Made {
    const random = createRandom(seed);
    const talk = evenings(random, { ...{ speakers, start, days: span, share: 0.35, turnsMax: 5 } });
    const marked: Marked[] = talk.map((memory) => ({ memory }));
    for (const name of halfOf(shared, seed)) {
      const [one = [], other = []] = shuffled(random, lives);
      marked.push(...plantNames(random, name, one, 0), ...plantNames(random, name, other, 1));
    }
    for (const name of halfOf(single, seed)) {
      const life = pick(random, lives);
      marked.push(...life.map((text) => ({ memory: said(random, text.replace('NAME', name)) })));
    }
    // Everywhere: it tells nothing of any two.
    for (const life of [...lives, ...lives]) {
      for (const text of life) {
        marked.push({ memory: said(random, text.replace('NAME', 'Springfield')) });
      }
    }
    for (const pair of halfOf(companions, seed)) marked.push(...plantCompanions(random, pair));
    marked.push(...plantStrangers(random));
    marked.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(marked);
  },
};

function plantNames(random: Random, name: string, life: readonly string[], side: number): Marked[] {
  const label = { subject: name.toLowerCase(), side };
  const texts = shuffled(random, life).slice(0, integer(random, 3, 5));
  return texts.map((text) => ({ memory: said(random, text.replace('NAME', name)), label }));
}

/** In the same weeks, days apart. */
function plantCompanions(random: Random, pair: readonly (readonly string[])[]): Marked[] {
  const weeks = shuffled(
    random,
    Array.from({ length: span / 7 }, (_, week) => week),
  ).slice(0, 9);
  const subject = pair.map(([text = '']) => text).join(' ');
  return weeks.flatMap((week) =>
    pair.map((texts, side): Marked => {
      const day = week * 7 + 3 * side + integer(random, 0, 2);
      const memory = { ...said(random, pick(random, texts)), occurredAt: at(random, day) };
      return { memory, label: { subject, side } };
    }),
  );
}

/** Two topics in weeks of their own. */
function plantStrangers(random: Random): Marked[] {
  return ['The septic tank is full.', 'I polished the trumpet.'].flatMap((text) =>
    Array.from({ length: 9 }, () => ({ memory: said(random, text) })),
  );
}

function said(random: Random, text: string): Planted {
  const occurredAt = at(random, integer(random, 0, span - 1));
  return { text, speaker: pick(random, speakers), key: 'chat', occurredAt };
}

function at(random: Random, day: number): number {
  return start + day * dayMs + integer(random, 7, 20) * hourMs;
}

/** Right is one that rests on both sides of what was planted, and on little else. */
function madeOf(marked: readonly Marked[]): Made {
  const subjects = new Set(marked.flatMap(({ label }) => label?.subject ?? []));
  return {
    memories: marked.map(({ memory }) => memory),
    score(actions) {
      const right = actions.filter(({ sources }) => {
        const labels = sources.map(({ id }) => marked[placeOf(id) - 1]?.label);
        return [...subjects].some((subject) => {
          const own = labels.filter((label) => label?.subject === subject);
          const sides = new Set(own.map((label) => label?.side));
          return own.length >= 0.8 * labels.length && sides.size === 2;
        });
      });
      return { expected: subjects.size, found: actions.length, right: right.length };
    },
  };
}
