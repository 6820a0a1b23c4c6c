/** Claims that later ones contradict, times that are over, sources that are gone; and others. */
import type { MemoryId } from '../../../../packages/server/dist/domain/memory.js';
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { byTime, chatter, dayMs, hourMs, placeOf, shuffled } from './chatter.ts';
import { fill, people, type Topic, topics, twoValues } from './said.ts';

const start = Date.UTC(2026, 0, 5);
const days = 280;

/** Of each the first may not give way to the second. */
const nearMisses: readonly (readonly [first: string, second: string])[] = [
  ['I live in Bern.', 'If I lived in Oslo, I would ski.'],
  ['I live in Bern.', 'Would I live in Oslo? No.'],
  ['I live in Bern.', 'I stayed in Oslo for a week.'],
  ['I live in Bern.', 'My sister lives in Oslo.'],
  ['I live in Bern.', 'Maybe I will move to Oslo one day.'],
  ['I live in Bern.', 'I live in Bern, Switzerland.'],
  ['I live in Switzerland.', 'I live in Bern.'],
  ['I work at Acorn Foods.', 'Tom said I work at Orvane.'],
  ['I work at Acorn Foods.', 'I work at Acorn.'],
  ['I work at Acorn Foods.', 'I used to work at Orvane.'],
  ['I work at Acorn Foods.', 'I have an interview at Orvane.'],
  ['I like tea.', 'I like coffee.'],
  ['I love jazz.', 'I hate waiting.'],
  ['I love coffee.', "I don't like coffee from the machine."],
  ["I'm allergic to nuts.", "I'm allergic to pollen."],
  ['My favourite season is autumn.', 'My favourite dish is ramen.'],
  ['One of my favourite colours is amber.', 'My favourite colour is maroon.'],
  ['My favourite cafe is closed today.', 'My favourite cafe is Luna.'],
  ['My birthday is on 3 May.', 'I was born on May 3rd, 1990.'],
  ['My phone number is 044 555 20 17.', 'My number is +41 44 555 20 17.'],
  ['I am married.', 'I am engaged in the project.'],
  ['I visited Rome.', 'I visited Oslo.'],
  ['I speak German.', 'I speak French.'],
  ['I am 31 years old.', 'I turned 32 this week!'],
  ['I am vegan.', 'We ate at a vegetarian restaurant.'],
  ['I have a dog.', 'I have a cat.'],
];

const ending = [
  'I am in Rome until Friday.',
  'The pool is closed until 10 March.',
  'Out of office until next Monday.',
  'The voucher is valid until 2026-05-01.',
  "I'm on leave till the 20th of June.",
  'The road works last through March 15.',
];
/** None of these is over. */
const notEnding = [
  'I waited until Friday.',
  "Don't tell her until Friday.",
  'The shop is open until 8 pm.',
  'We are not done until Monday.',
  'I read until midnight.',
  'The pass is valid until 2031-01-01.',
  'Are you in Rome until Friday?',
];

interface Placed {
  readonly memory: Planted;
  readonly label?: string;
}

export const validate: PlantedCase = {
  strategy: 'validate',
  make(seed): Made {
    const random = createRandom(seed);
    const who = shuffled(random, people);
    const placed: Placed[] = Array.from({ length: 360 }, () => ({
      memory: said(random, integer(random, 0, days), chatter(random), pick(random, people)),
    }));
    for (let round = 0; round < 3; round += 1) {
      for (const topic of topics) {
        placed.push(...contradiction(random, topic, who.pop() ?? 'Ann', `c${placed.length}`));
      }
    }
    // Everybody else says one thing each, so that no two of a kind meet by chance.
    for (const [i, pair] of nearMisses.entries()) {
      const speaker = `Speaker${i}`;
      const first = integer(random, 0, 100);
      placed.push({ memory: said(random, first, pair[0], speaker) });
      placed.push({ memory: said(random, first + integer(random, 5, 100), pair[1], speaker) });
    }
    for (const text of ending) {
      placed.push({ memory: said(random, integer(random, 1, 40), text, 'Host'), label: 'e' });
    }
    for (const text of notEnding) {
      placed.push({ memory: said(random, integer(random, 1, 40), text, 'Host') });
    }
    placed.push(...derivedOf(random));
    placed.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(placed);
  },
};

/** Said of oneself or kept as a fact, and later something else. */
function contradiction(random: Random, topic: Topic, who: string, label: string): Placed[] {
  const [before, after] = twoValues(random, topic);
  const first = integer(random, 0, 140);
  const second = first + integer(random, 8, 130);
  const isFact = random() < 0.4;
  const isChanged = random() < 0.5;
  const older = isFact
    ? fact(random, first, fill(pick(random, topic.told), before, who))
    : said(random, first, fill(pick(random, topic.own), before, who), who);
  const newer = isChanged
    ? said(random, second, fill(pick(random, topic.changed), after, who), who)
    : isFact
      ? fact(random, second, fill(pick(random, topic.told), after, who))
      : said(random, second, fill(pick(random, topic.own), after, who), who);
  return [
    { memory: older, label: `${label} a` },
    { memory: newer, label: `${label} b` },
  ];
}

/** One that has lost a source, and one that has not. */
function derivedOf(random: Random): Placed[] {
  const gone = 'mem_00000000-0000-7000-8000-0000000f0000' as MemoryId;
  const base = fact(random, 270, 'The garden was talked of often.');
  const there = 'mem_00000000-0000-7000-8000-000000000001' as MemoryId;
  return [
    { memory: { ...base, kind: 'derived', type: 'summary', derivedFrom: [gone] }, label: 'g' },
    { memory: { ...base, kind: 'derived', type: 'summary', derivedFrom: [there] } },
  ];
}

function said(random: Random, day: number, text: string, speaker: string): Planted {
  return { text, speaker, occurredAt: start + day * dayMs + integer(random, 7, 21) * hourMs };
}

function fact(random: Random, day: number, text: string): Planted {
  return { text, kind: 'fact', occurredAt: start + day * dayMs + integer(random, 7, 21) * hourMs };
}

function madeOf(placed: readonly Placed[]): Made {
  const memories = byTime(placed.map(({ memory }) => memory));
  const labels = placed.map(({ label }) => label);
  const labelOf = (id: string): string => labels[placeOf(id) - 1] ?? '';
  const pairs = new Set(labels.map((label) => label?.split(' ')[0]).filter(isPair));
  const alone = labels.filter((label) => label === 'e' || label === 'g').length;
  return {
    memories,

    score(actions) {
      const right = actions.filter(({ sources }) => {
        const [first = '', second] = sources.map(({ id }) => labelOf(id)).sort();
        if (second === undefined) return first === 'e' || first === 'g';
        const [pair, other] = [first.split(' '), second.split(' ')];
        return first !== '' && pair[0] === other[0] && pair[1] !== other[1];
      });
      return { expected: pairs.size + alone, found: actions.length, right: right.length };
    },
  };
}

const isPair = (label: string | undefined): boolean => label?.startsWith('c') === true;
