/** Pairs of memories months apart that belong together, among talk that looks alike. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { byTime, dayMs, evenings, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';

type Type = 'same_entity' | 'continues' | 'causes' | 'contradicts';

/** Told one after the other, in this order, with weeks between. */
const pairs: readonly (readonly [type: Type, earlier: string, later: string])[] = [
  [
    'same_entity',
    'We stayed two nights in Brannigan House.',
    'My card was charged twice by Brannigan House.',
  ],
  [
    'same_entity',
    'Doctor Okonkwo took my blood pressure.',
    'I sent Okonkwo the form for the pension.',
  ],
  [
    'same_entity',
    'I opened a savings account with Fenwick Mutual.',
    'Fenwick Mutual wrote that the rates go up.',
  ],
  ['same_entity', 'Halvorsen repaired our roof.', 'The choir is led by Halvorsen now.'],
  ['same_entity', 'I have read a novel by Tanvir Basu.', 'Tanvir Basu speaks at the town hall.'],
  ['same_entity', 'We took the ferry to Ledbury Island.', 'There is a job on Ledbury Island.'],
  [
    'same_entity',
    'The piano came from Dombrowski Brothers.',
    'I owe Dombrowski Brothers forty pounds.',
  ],
  ['same_entity', 'My grandmother was born in Szentendre.', 'A postcard from Szentendre came.'],
  ['same_entity', 'We rented a van from Kestrel Vans.', 'Kestrel Vans went out of business.'],
  ['same_entity', 'I lent my drill to Quillan.', 'Quillan moved into the flat above.'],
  [
    'continues',
    'I started a sourdough starter with rye flour.',
    'Update on the sourdough starter: it doubled after a spoon of rye.',
  ],
  [
    'continues',
    'I applied for the night course in bookkeeping.',
    'The night course in bookkeeping that I told you about begins in March.',
  ],
  [
    'continues',
    'Our cellar has moths in the wool blankets.',
    'We finally got rid of the moths in the blankets with cedar.',
  ],
  [
    'continues',
    'I am knitting a scarf with a cable pattern.',
    'I ended up giving the cable scarf to charity, knitting was fun though.',
  ],
  [
    'continues',
    'My knee hurts when I climb stairs.',
    'It turned out my knee only needed rest before I climb again.',
  ],
  [
    'continues',
    'I planted tomatoes in the greenhouse.',
    'News from the greenhouse: the tomatoes have blight.',
  ],
  [
    'continues',
    'The council wants to cut the chestnut trees.',
    'Remember the chestnut trees? The council gave in.',
  ],
  [
    'continues',
    'I am learning the accordion from a video.',
    'The accordion lessons I mentioned pay off, no video needed.',
  ],
  [
    'continues',
    'We want to adopt a greyhound from the shelter.',
    'We adopted the greyhound at last, the shelter agreed.',
  ],
  [
    'continues',
    'I lost a filling on a caramel.',
    'In the end the caramel filling cost me eighty pounds.',
  ],
  [
    'causes',
    'The washing machine flooded the kitchen floor.',
    'We stay with relatives because the kitchen floor was flooded.',
  ],
  ['causes', 'My passport expired in spring.', 'I missed the trip due to the expired passport.'],
  [
    'causes',
    'A storm knocked over the garden fence.',
    'The sheep got out because of the fence the storm knocked over.',
  ],
  [
    'causes',
    'The factory cut our overtime pay.',
    'I cancelled the gym, thanks to the factory and the overtime cut.',
  ],
  [
    'causes',
    'I tore a ligament at badminton.',
    'No hiking for me because of the torn ligament from badminton.',
  ],
  [
    'causes',
    'The bank refused our mortgage.',
    'We keep renting because the bank refused the mortgage.',
  ],
  [
    'causes',
    'Mould spread in the nursery ceiling.',
    'The baby coughs because of the mould in the nursery.',
  ],
  [
    'causes',
    'Our gearbox failed on the motorway.',
    'I come by train as a result of the failed gearbox.',
  ],
  [
    'contradicts',
    'I enjoy the espresso machine in the office.',
    'I do not enjoy the espresso machine in the office.',
  ],
  ['contradicts', 'I eat shellfish with garlic.', 'I never eat shellfish with garlic.'],
  [
    'contradicts',
    'The parish hall has a wheelchair ramp.',
    "The parish hall doesn't have a wheelchair ramp.",
  ],
  ['contradicts', 'I love the folk festival in autumn.', 'I hate the folk festival in autumn.'],
  [
    'contradicts',
    'My sister owns a caravan by the coast.',
    "My sister doesn't own a caravan by the coast.",
  ],
  [
    'contradicts',
    'We use oil heating upstairs.',
    'We no longer use oil heating upstairs, none of it.',
  ],
  ['contradicts', 'I drink goat milk with honey.', "I don't drink goat milk with honey."],
  [
    'contradicts',
    'The old tram runs past the brewery.',
    'The old tram never runs past the brewery.',
  ],
];

/** Alike, and not to be linked: phrases without a past, a common name, questions. */
const nearMisses = [
  'Update on the weather: more of it.',
  'I finally slept well.',
  'I stayed in bed because I was tired.',
  'We laughed because of the cartoon.',
  'I told Maria about the film.',
  'Maria liked the soup.',
  'Maria came by with a cake.',
  'Maria asked about the bus.',
  'I mentioned it to Maria.',
  'Do you not enjoy the rain?',
  'It turned out fine.',
  'I can not wait for the weekend.',
];

const speakers = ['Ann', 'Ben'] as const;
const start = Date.UTC(2025, 8, 1);

export const associate: PlantedCase = {
  strategy: 'associate',
  make(seed): Made {
    const random = createRandom(seed);
    const planted: { memory: Planted; label?: string }[] = evenings(random, {
      ...{ speakers, start, days: 300, share: 0.35, turnsMax: 8 },
    }).map((memory) => ({ memory }));
    const labels = new Map<string, Type>();
    for (const [place, [type, earlier, later]] of halfOf(pairs, seed).entries()) {
      const speaker = pick(random, speakers);
      const first = integer(random, 1, 150);
      const second = first + integer(random, 20, 140);
      planted.push({ memory: at(random, first, earlier, speaker), label: `${place} a` });
      planted.push({ memory: at(random, second, later, speaker), label: `${place} b` });
      labels.set(String(place), type);
    }
    for (const text of [...nearMisses, ...nearMisses]) {
      const speaker = pick(random, speakers);
      planted.push({ memory: at(random, integer(random, 1, 299), text, speaker) });
    }
    planted.push(...besideEachOther(random).map((memory) => ({ memory })));
    planted.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(planted, labels);
  },
};

/** What must not be linked: in one talk, and one said by each of two. */
function besideEachOther(random: Random): Planted[] {
  const talk = at(random, 200, 'We ate at Pellegrino Corner.', 'Ann');
  const next = { text: 'Pellegrino Corner has oysters.', speaker: 'Ben', key: 'chat' };
  const opinions = shuffled(random, [
    at(random, 30, 'I like the opera in Verona park.', 'Ann'),
    at(random, 90, 'I do not like the opera in the park.', 'Ben'),
  ]);
  return byTime([talk, { ...next, occurredAt: (talk.occurredAt ?? 0) + 60_000 }, ...opinions]);
}

function at(random: Random, day: number, text: string, speaker: string): Planted {
  const occurredAt = start + day * dayMs + integer(random, 7, 22) * hourMs;
  return { text, speaker, key: 'chat', occurredAt };
}

function madeOf(
  planted: readonly { memory: Planted; label?: string }[],
  labels: ReadonlyMap<string, Type>,
): Made {
  const labelAt = (id: string): string => planted[placeOf(id) - 1]?.label ?? '';
  return {
    memories: planted.map(({ memory }) => memory),
    score(actions) {
      const links = actions.flatMap(({ link }) => link ?? []);
      const right = links.filter(({ from, type, to }) => {
        const [pair = '', side] = labelAt(from.id).split(' ');
        const [otherPair, otherSide] = labelAt(to.id).split(' ');
        if (pair === '' || pair !== otherPair || side === otherSide) return false;
        // A cause comes first; otherwise the newer one speaks of the older.
        return labels.get(pair) === type && (side === 'a') === (type === 'causes');
      });
      return { expected: labels.size, found: links.length, right: right.length };
    },
  };
}
