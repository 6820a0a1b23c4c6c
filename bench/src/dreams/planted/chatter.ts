/** Everyday talk without a point: what stands around the things that a case plants. */
import { integer, pick, type Random } from '../../lib/random.ts';
import type { Planted } from '../planted-case.ts';

const slots: Readonly<Record<string, readonly string[]>> = {
  thing: list(
    'lamp|sofa|bookshelf|kettle|curtain|backpack|umbrella|notebook|bicycle lock|phone charger|rug|' +
      'mirror|blender|pillow|raincoat|printer|headset|vacuum|doorbell|mailbox',
  ),
  food: list(
    'soup|lasagna|curry|salad|pancakes|dumplings|risotto|tacos|stew|omelette|noodles|pie|bread|' +
      'porridge|fish|lentils|burgers|sushi|quiche|waffles',
  ),
  place: list(
    'market|library|bakery|station|post office|supermarket|pharmacy|cinema|town hall|swimming pool|' +
      'bus stop|garage|laundry|cafe|bookshop|hardware store',
  ),
  mood: list('fine|quiet|long|busy|odd|slow|nice|tiring|sunny|rainy|cold|windy|calm|loud|dull'),
  show: list('documentary|series|film|podcast|concert|quiz|radio play|game|match|cartoon'),
  color: list('blue|green|yellow|red|grey|white|brown|purple|orange|black'),
  task: list(
    'laundry|dishes|shopping|ironing|hoovering|paperwork|recycling|taxes|filing|dusting|sweeping',
  ),
  person: list('neighbour|colleague|cousin|uncle|landlord|friend|teacher|boss|aunt|postman|barber'),
};

const lines = list(
  'The {place} was {mood} today.|I made {food} for dinner and it came out {mood}.|' +
    'My {person} gave me a {color} {thing}.|Did you see the {show} last night?|' +
    'I still have the {task} to do.|The {thing} is broken again.|It was a {mood} day at work.|' +
    'We had {food} at the {place}.|What a {mood} morning.|My {person} called about the {thing}.|' +
    'I bought a {color} {thing} at the {place}.|The {show} was better than I thought.|' +
    'Do you like {food}?|I forgot my {thing} at the {place}.|How was your day?|' +
    'The {person} next door is painting the wall {color}.|I slept badly.|Ha, that is funny.|' +
    'The {food} at the {place} is too salty.|I spent the evening on the {task}.|' +
    'Can you recommend a {show}?|There was a queue at the {place}.|Traffic was awful.|' +
    'My {person} says the {place} will close early.|The weather is {mood}.|Sounds good!|' +
    'I lost my {thing} and found it under the {thing}.|We laughed a lot about the {show}.|' +
    'I tried a new recipe for {food}.|The {color} one looks better.|Thanks, that helps a lot.|' +
    'I had to wait for the {person} for an hour.|The {place} smells of {food}.|' +
    'Where did you get that {thing}?|I am reading about {food} again.|Let us talk later.|' +
    'The {task} took all afternoon.|My {thing} fell down and got a scratch.|' +
    'The {person} brought {food} for everybody.|That {show} made me cry.|' +
    'I need a bigger {thing}.|Somebody painted the {place} {color}.|No plans, just resting.|' +
    'It rained on the way to the {place}.|I am a bit tired of {food}.|The {thing} came by post.',
);

/** One line of it. */
export function chatter(random: Random): string {
  return pick(random, lines).replace(/\{(\w+)\}/g, (_, slot: string) =>
    pick(random, slots[slot] ?? [slot]),
  );
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Evenings of talk: at each a few turns of two speakers in one thread, a minute apart. */
export function evenings(
  random: Random,
  options: {
    readonly speakers: readonly string[];
    readonly start: number;
    readonly days: number;
    /** Of all days, the share on which there is talk. */
    readonly share: number;
    readonly turnsMax: number;
  },
): Planted[] {
  const turns: Planted[] = [];
  for (let day = 0; day < options.days; day += 1) {
    if (random() > options.share) continue;
    const from = options.start + day * dayMs + 18 * hourMs;
    for (let turn = 0; turn < integer(random, 2, options.turnsMax); turn += 1) {
      const speaker = pick(random, options.speakers);
      turns.push({ text: chatter(random), speaker, key: 'chat', occurredAt: from + turn * 60_000 });
    }
  }
  return turns;
}

/** Half of a list, another for odd seeds than for even ones: rules meet what they have not seen. */
export function halfOf<Item>(items: readonly Item[], seed: number): Item[] {
  return items.filter((_, place) => place % 2 === seed % 2);
}

export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

export function byTime(memories: readonly Planted[]): Planted[] {
  return memories.toSorted((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0));
}

/** The place of a memory in `memories`, from 1, that an action's id ends with. */
export function placeOf(id: string): number {
  return Number(id.slice(-12));
}

function list(text: string): string[] {
  return text.split('|');
}
