/** What is open: denials, plans nobody came back to, people nobody introduced; and what is not. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { dayMs, evenings, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';

const now = Date.UTC(2026, 10, 1);
const start = Date.UTC(2026, 2, 1);
const speakers = ['Ann', 'Ben'] as const;

interface Marked {
  readonly memory: Planted;
  /** Of the two that contradict each other, or of the plan. */
  readonly label?: string;
}

const denials: readonly (readonly [string, string])[] = [
  ['I like the sauna on the harbour.', 'I do not like the sauna on the harbour.'],
  ['The school bus stops at the viaduct.', "The school bus doesn't stop at the viaduct."],
  ['We eat oysters with lemon.', 'We never eat oysters with lemon.'],
  ['I love the opera in the quarry.', 'I hate the opera in the quarry.'],
  ['My brother rides a scooter to work.', "My brother doesn't ride a scooter to work."],
  ['The attic has a skylight window.', 'The attic has no skylight window.'],
];
/** WHEN is past by now; `told` is what came of it. */
const plans: readonly (readonly [plan: string, told: string])[] = [
  ['I will visit the Lisbon office WHEN.', 'The Lisbon office was smaller than I thought.'],
  ['My driving exam is WHEN.', 'I passed the driving exam.'],
  ['We are going to see a notary WHEN.', 'The notary signed it all.'],
  ['I have an interview at the newspaper WHEN.', 'The newspaper hired me.'],
  ["We'll wallpaper the spare room WHEN.", 'The spare room has wallpaper now.'],
  ['I plan to run the city marathon WHEN.', 'I finished the marathon, barely.'],
  ['The plumber is coming WHEN.', 'The plumber fixed the leak.'],
  ['Grandpa has his hip operation WHEN.', 'The hip heals well.'],
];
const strangers = ['Ingrid', 'Desmond', 'Kamila', 'Tobias'];
const friends: readonly (readonly [name: string, fact: string])[] = [
  ['Marisol', 'Marisol is my dentist.'],
  ['Yusuf', 'My cousin Yusuf came.'],
  ['Odette', 'Odette, our landlady, called.'],
  ['Casper', 'Casper works in a bank.'],
];
const naming = [
  'I met NAME again.',
  'I talked to NAME for hours.',
  'A letter from NAME came.',
  'We ate with NAME.',
  'I think NAME is right.',
  'I helped NAME today.',
];

export const reflect: PlantedCase = {
  strategy: 'reflect',
  make(seed): Made {
    const random = createRandom(seed);
    const days = (now - start) / dayMs;
    const talk = evenings(random, { ...{ speakers, start, days, share: 0.5, turnsMax: 6 } });
    const marked: Marked[] = talk.map((memory) => ({ memory }));
    for (const [i, [one, other]] of halfOf(denials, seed).entries()) {
      const speaker = pick(random, speakers);
      const day = integer(random, 1, 120);
      marked.push({ memory: said(random, day, one, speaker), label: `denial ${i}` });
      const later = day + integer(random, 10, 100);
      marked.push({ memory: said(random, later, other, speaker), label: `denial ${i}` });
    }
    for (const [i, [plan, told]] of shuffled(random, halfOf(plans, seed)).entries()) {
      marked.push(...plantPlan(random, plan, i % 2 === 0 ? undefined : told));
    }
    const names = [...halfOf(strangers, seed), ...halfOf(friends, seed).map(([name]) => name)];
    const facts = halfOf(friends, seed).map(([, fact]) => fact);
    for (const text of [
      ...names.flatMap((name) => naming.map((one) => fill(one, name))),
      ...facts,
    ]) {
      marked.push({ memory: said(random, integer(random, 1, 240), text, pick(random, speakers)) });
    }
    marked.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(marked, halfOf(strangers, seed));
  },
};

const fill = (text: string, name: string): string => text.replace('NAME', name);

function plantPlan(random: Random, plan: string, told: string | undefined): Marked[] {
  const day = integer(random, 100, 180);
  const ahead = integer(random, 3, 20);
  const text = plan.replace('WHEN', `in ${ahead} days`);
  const speaker = pick(random, speakers);
  const memory = said(random, day, text, speaker);
  if (told === undefined) return [{ memory, label: 'open' }];
  const outcome = said(random, day + ahead + integer(random, 1, 5), told, speaker);
  return [{ memory }, { memory: outcome }];
}

function said(random: Random, day: number, text: string, speaker: string): Planted {
  const occurredAt = start + day * dayMs + integer(random, 7, 20) * hourMs;
  return { text, speaker, key: 'chat', occurredAt };
}

/** Each thing that the report lists counts. */
function madeOf(marked: readonly Marked[], unknown: readonly string[]): Made {
  const labelAt = (id: unknown): string | undefined => marked[placeOf(String(id)) - 1]?.label;
  const labels = marked.flatMap(({ label }) => label ?? []);
  const expected = new Set(labels).size - 1 + unknown.length;
  return {
    memories: marked.map(({ memory }) => memory),
    score(actions) {
      const of = actions.flatMap(({ add }) => (add?.metadata ? [add.metadata] : []));
      const listed = (name: string) => of.flatMap((one) => asList(one[name]));
      const pairs = listed('contradicted').map((pair) => asList(pair).map(labelAt));
      const open = listed('left_open').map(labelAt);
      const people = listed('unknown_people').map(String);
      const right = [
        ...pairs.filter(([one, other]) => one?.startsWith('denial') && one === other),
        ...open.filter((label) => label === 'open'),
        ...people.filter((name) => unknown.includes(name)),
      ];
      const openCount = labels.filter((label) => label === 'open').length;
      const found = pairs.length + open.length + people.length;
      return { expected: expected + openCount, found, right: right.length };
    },
  };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
