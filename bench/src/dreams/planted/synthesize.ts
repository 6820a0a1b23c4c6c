/** Statements that come back, facts that overlap; and others that only look alike. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { chatter, dayMs, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';
import { fill, people, type Topic, topics } from './said.ts';

const start = Date.UTC(2026, 0, 5);
const days = 280;

/** Each says something of a thing that the others do not. */
const overlapping: readonly (readonly string[])[] = [
  ['{a} has a dog called Bramble.', "{a}'s dog Bramble is a beagle."],
  [
    'The cabin at Lake Torsen belongs to {a} and has a stove.',
    "{a}'s cabin at Lake Torsen sleeps six.",
    'The cabin at Lake Torsen of {a} was built of larch.',
  ],
  ['{a} plays the cello in the city orchestra.', '{a} has played the cello since childhood.'],
  [
    'The team meets in the glass room on the third floor.',
    'The glass room on the third floor has a broken projector.',
  ],
  ['{a} drives an old yellow van with a mattress.', "{a}'s yellow van failed the inspection."],
  [
    'The contract with Pinefield Dairy covers oat milk.',
    'The contract with Pinefield Dairy was signed by {a}.',
    'The Pinefield Dairy contract ends after a notice of three months.',
  ],
  [
    '{a} keeps bees behind the orchard.',
    'The bees that {a} keeps by the orchard make heather honey.',
    "{a}'s bees behind the orchard survived the frost.",
  ],
  [
    '{a} is writing a thesis on river deltas.',
    "{a}'s thesis on river deltas is supervised in Delft.",
  ],
  [
    'The staging server of the billing service runs in Frankfurt.',
    'The billing service has a staging server that restarts every night.',
  ],
  [
    '{a} collects maps of polar expeditions.',
    'The polar expedition maps of {a} hang in the hallway.',
  ],
  [
    "{a}'s grandmother ran a bakery in the harbour.",
    "The harbour bakery of {a}'s grandmother burnt down.",
  ],
  ['{a} sails a wooden dinghy named Petrel.', 'The dinghy Petrel of {a} needs a new mast.'],
  [
    'The night bus from the depot stops at the mill.',
    'The night bus at the mill takes no bicycles.',
  ],
  ['{a} has a balcony with tomatoes and basil.', "{a}'s balcony tomatoes suffer from aphids."],
  ['{a} runs the chess club on Tuesdays.', "{a}'s chess club on Tuesdays takes beginners."],
  [
    '{a} restores church organs in villages.',
    'The church organs that {a} restores are mostly baroque.',
  ],
];

/** None of these is said of the same, or one says all that the other does. */
const apart: readonly (readonly string[])[] = [
  ['{a} bakes rye bread.', '{a} bakes rye bread with walnuts on Sundays.'],
  ['{a} has a horse called Tinder.', '{b} has a horse called Comet.'],
  ['{a} lives in Bern.', '{a} lives in Oslo.'],
  ['{a} owes {b} money for the boat.', '{b} owes {a} money for the boat.'],
  ['The standup is at 9:15 in the kitchen.', 'The standup is at 10:30 in the kitchen.'],
  ['Room 204 of the annex has a piano.', 'Room 305 of the annex has a piano and a window.'],
  ['The sauna in the cellar works.', 'The sauna in the cellar does not work in summer.'],
  ['{a} likes olives.', '{a} bought olives for the market stall.'],
  ['{a} speaks Portuguese.', '{a} speaks Danish.'],
  ['{a} is afraid of spiders.', '{b} is afraid of spiders and heights.'],
  ['The rent of the studio is 700 euros.', 'The rent of the studio is 840 euros.'],
  ['{a} visited the museum in Ghent.', '{a} visited the castle in Ghent.'],
  ['{a} paints.', '{a} paints houses.'],
];

/** Said again on another day, word for word or nearly. */
const again = [
  [
    'My knee hurts whenever I climb the cellar stairs.',
    'My knee hurts when I climb the cellar stairs.',
  ],
  [
    'I still have not called the insurance about the roof.',
    'I still have not called the insurance about the roof, sigh.',
  ],
  [
    'We always take the coastal road to my parents.',
    'We always take the coastal road to my parents.',
  ],
  [
    'My neighbour practises the trumpet after midnight.',
    'My neighbour practises the trumpet right after midnight.',
  ],
  ['I sleep badly when the window is closed.', 'I sleep badly when my window is closed.'],
  [
    'Our heating rattles before the water gets warm.',
    'Our heating rattles before the water gets warm!',
  ],
];
const notAgain = [
  ['Thank you so much for your help with my forms today!'],
  ['Hope to see you at the club on Friday, my friend!'],
  ['Do you think I should call the roof insurance again?'],
];

interface Placed {
  readonly memory: Planted;
  readonly label?: string;
}

export const synthesize: PlantedCase = {
  strategy: 'synthesize',
  make(seed): Made {
    const random = createRandom(seed);
    const who = shuffled(random, people);
    const placed: Placed[] = Array.from({ length: 320 }, () => ({
      memory: said(random, integer(random, 0, days), chatter(random), pick(random, people)),
    }));
    const next = (): string => who.pop() ?? 'Ann';
    for (const topic of topics.filter(({ attribute }) => attribute !== 'age')) {
      placed.push(...stated(random, topic, next(), `s${placed.length}`));
      placed.push(...statedOnce(random, topic, pick(random, people.slice(0, 3))));
    }
    for (const [i, texts] of halfOf(overlapping, seed).entries()) {
      placed.push(...facts(random, texts, [next(), 'Kim'], `o${i}`));
    }
    for (const texts of apart) {
      const [a = '', b = ''] = shuffled(random, people);
      placed.push(...facts(random, texts, [`${a} Vey`, `${b} Tal`]));
    }
    for (const [i, texts] of halfOf(again, seed).entries()) {
      placed.push(...onDays(random, texts, pick(random, people), `a${i}`));
    }
    for (const [text = ''] of notAgain) {
      placed.push(...onDays(random, [text, text], pick(random, people)));
    }
    placed.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(placed);
  },
};

/** The same value two to four times, in the words of the day. */
function stated(random: Random, topic: Topic, who: string, label: string): Placed[] {
  const value = pick(random, topic.values);
  const first = integer(random, 0, 60);
  return Array.from({ length: integer(random, 2, 4) }, (_, i) => ({
    memory: said(random, first + i * 50, fill(pick(random, topic.own), value, who), who),
    label,
  }));
}

/** Twice on one day, of somebody of whom nothing else is said. */
function statedOnce(random: Random, topic: Topic, who: string): Placed[] {
  const speaker = `${who}${topic.attribute.slice(0, 3)}`;
  const memory = said(
    random,
    30,
    fill(pick(random, topic.own), pick(random, topic.values), who),
    speaker,
  );
  return [{ memory }, { memory: { ...memory, occurredAt: (memory.occurredAt ?? 0) + hourMs } }];
}

function facts(
  random: Random,
  texts: readonly string[],
  [a = '', b = '']: readonly string[],
  label?: string,
): Placed[] {
  return texts.map((text) => ({
    memory: {
      text: text.replaceAll('{a}', a).replaceAll('{b}', b),
      kind: 'fact' as const,
      occurredAt: start + integer(random, 0, days) * dayMs,
    },
    ...(label !== undefined && { label }),
  }));
}

function onDays(
  random: Random,
  texts: readonly string[],
  speaker: string,
  label?: string,
): Placed[] {
  const first = integer(random, 0, 100);
  return texts.map((text, i) => ({
    memory: said(random, first + i * integer(random, 4, 80), text, speaker),
    ...(label !== undefined && { label }),
  }));
}

function said(random: Random, day: number, text: string, speaker: string): Planted {
  return { text, speaker, occurredAt: start + day * dayMs + integer(random, 7, 21) * hourMs };
}

function madeOf(placed: readonly Placed[]): Made {
  const labels = placed.map(({ label }) => label);
  const all = new Set(labels.filter((label) => label !== undefined));
  return {
    memories: placed.map(({ memory }) => memory),

    score(actions) {
      const right = new Set<string>();
      for (const { sources } of actions) {
        const of = new Set(sources.map(({ id }) => labels[placeOf(id) - 1]));
        const [label] = of;
        if (of.size === 1 && sources.length > 1 && label !== undefined) right.add(label);
      }
      return { expected: all.size, found: actions.length, right: right.size };
    },
  };
}
