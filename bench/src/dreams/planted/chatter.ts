/** Everyday talk without a point: what stands around the things that a case plants. */
import { integer, pick, type Random } from '../../lib/random.ts';
import type { Planted } from '../planted-case.ts';

/** Many words, so that none of them comes back by chance often enough to mean something. */
const slots: Readonly<Record<string, readonly string[]>> = {
  thing: words(
    'lamp sofa bookshelf kettle curtain backpack umbrella notebook charger rug mirror ' +
      'blender pillow raincoat printer headset vacuum doorbell mailbox ladder bucket hammer ' +
      'candle vase blanket drawer suitcase wallet scarf glove helmet whistle magnet ribbon ' +
      'compass tripod stapler envelope calendar poster cushion hammock tent lantern thermos ' +
      'fan heater faucet hinge shelf stool bench carpet basket jar bottle tray ladle spoon ' +
      'fork pan toaster mixer grater sieve apron towel sponge broom mop iron hanger zipper ' +
      'button needle thread scissors stamp coin badge keyring torch battery cable router ' +
      'keyboard speaker tablet camera lens',
  ),
  food: words(
    'soup lasagna curry salad pancakes dumplings risotto tacos stew omelette noodles pie ' +
      'bread porridge fish lentils burgers sushi quiche waffles chili pasta gnocchi paella ' +
      'ramen falafel hummus meatloaf goulash polenta couscous kebab spinach broccoli cabbage ' +
      'carrots peas beans mushrooms peppers pumpkin beetroot leeks celery plums cherries ' +
      'melon grapes figs apricots',
  ),
  place: words(
    'market library bakery station supermarket pharmacy cinema garage laundry cafe ' +
      'bookshop museum church school bridge harbour square castle stadium theatre airport ' +
      'hospital embassy kiosk playground fountain tunnel roundabout pier lighthouse chapel ' +
      'mill quarry dock warehouse arcade abbey aquarium barracks barn boathouse brewery ' +
      'canteen casino clinic courthouse dairy depot diner distillery farm ferry forge ' +
      'foundry gallery greenhouse gym hangar hostel inn jetty kennel lagoon marina mosque ' +
      'nursery observatory orchard pagoda pavilion plaza pub racetrack ranch refinery ' +
      'reservoir rink sawmill shrine smithy stable tavern temple',
  ),
  mood: words(
    'fine quiet long busy odd slow nice tiring sunny rainy cold windy calm loud dull ' +
      'bright dusty empty crowded cosy noisy shabby tidy muddy foggy humid pleasant gloomy ' +
      'chilly lively',
  ),
  color: words(
    'blue green yellow red grey white brown purple black pink beige golden silver ' +
      'turquoise violet crimson navy olive maroon teal amber ivory scarlet bronze lilac ' +
      'copper',
  ),
  person: words(
    'neighbour colleague cousin uncle landlord teacher aunt postman barber plumber nurse ' +
      'waiter driver baker gardener tailor librarian butcher guard cashier painter carpenter ' +
      'electrician florist referee nephew niece tenant lawyer clerk',
  ),
};

const lines = list(
  'The {place} was {mood} today.|I made {food} and it was {mood}.|The {thing} is {mood}.|' +
    'My {person} gave me a {color} {thing}.|Did you see the {thing}?|I have a {thing} now.|' +
    'The {thing} is {color} again.|It was {mood} at the {place}.|We had {food} and {food}.|' +
    'The {person} has a {color} {thing}.|I saw a {thing} at the {place}.|' +
    'Do you like {food}?|I left my {thing} near the {place}.|How are you?|' +
    'The {person} went to the {place}.|The {food} at the {place} is {mood}.|' +
    'The {person} likes {food}.|Is there a {place} here?|' +
    'My {person} says the {place} is {mood}.|It is {mood} and {mood}.|Good!|' +
    'Yes, the {thing}.|The {thing} was under the {thing}.|I like the {color} one.|' +
    'The {person} is {mood}.|I made {food} with {food}.|The {color} {thing} is better.|' +
    'Do you have a {thing}?|The {person} and the {person} were at the {place}.|Not today.|' +
    'I want {food}.|The {place} near the {place} is {mood}.|' +
    'We went from the {place} to the {place}.',
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

/** Half of a list, another for odd seeds than for even ones, so that namespaces differ. */
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

function words(text: string): string[] {
  return text.split(' ');
}
