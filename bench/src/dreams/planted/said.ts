/** Ways in which people say one thing of themselves or of others, with values to put in. */
import { pick, type Random } from '../../lib/random.ts';
import { shuffled } from './chatter.ts';

export interface Topic {
  readonly attribute: string;
  /** What somebody says of themselves; not all of it in forms that rules expect. */
  readonly own: readonly string[];
  /** The same as a fact about somebody. */
  readonly told: readonly string[];
  /** What one says when it has changed. */
  readonly changed: readonly string[];
  readonly values: readonly string[];
}

const split = (text: string): string[] => text.split('|');

export const topics: readonly Topic[] = [
  {
    attribute: 'home',
    own: split(
      'I live in {v}.|I live in {v}, near the river, and I cycle everywhere.|My home is in {v}.|' +
        "I'm based in {v}.|I've been living in {v} for a while.|We live in a small flat in {v}.|" +
        'I currently live in {v}, by the way.',
    ),
    told: split('{who} lives in {v}.|{who} is based in {v}.|{who} resides in {v}'),
    changed: split(
      'I just moved to {v}!|We packed for days, and now I live in {v}.|' +
        'I have moved to {v} for good.|I finally relocated to {v} last month.|' +
        'Big news: I moved to {v} two weeks ago.',
    ),
    values: split('Bern|Lisbon|Oslo|Porto|Denver|Leeds|Graz|Utrecht|Nantes|Krakow|Turin|Malmo'),
  },
  {
    attribute: 'employer',
    own: split(
      'I work at {v}.|I work for {v}, in the back office.|My employer is {v}.|' +
        "I'm working at {v} at the moment.|{v} pays my salary.|I still work for {v}.",
    ),
    told: split('{who} works at {v}.|{who} works for {v}.|{who} is employed by {v}'),
    changed: split(
      'I started a new job at {v}.|I now work for {v}.|I got a job at {v}!|' +
        'My new employer is {v}.|I joined {v} as a planner.',
    ),
    values: split(
      'Norvik Shipping|Halden Media|Acorn Foods|Brightline|Tessera Labs|Quillmark|Orvane|' +
        'Dunmore Glass|Pellucid|Kestrel Air|Marlowe Press|Sundial Energy',
    ),
  },
  {
    attribute: 'phone',
    own: split(
      'My phone number is {v}.|My number is {v}, call me.|Phone: {v}|You reach me at {v}.',
    ),
    told: split("{who}'s phone number is {v}.|{who}'s mobile number is {v}"),
    changed: split(
      'My new number is {v}.|My phone number is now {v}.|My phone number changed to {v}.',
    ),
    values: split(
      '555 201 7744|555 318 9021|555 440 1187|555 672 3305|555 713 4496|555 829 5510|' +
        '555 934 6627|555 105 7738|555 266 8849|555 387 9950',
    ),
  },
  {
    attribute: 'favourite',
    own: split(
      'My favourite {n} is {v}.|My favorite {n} is {v}, always was.|' +
        'My favourite {n} is still {v}.|Of every {n}, {v} wins for me.',
    ),
    told: split("{who}'s favourite {n} is {v}."),
    changed: split('My favourite {n} is now {v}.|My new favourite {n} is {v}.'),
    values: split(
      'season:autumn|season:spring|season:winter|colour:turquoise|colour:amber|colour:maroon|' +
        'dish:moussaka|dish:ramen|dish:gnocchi|author:Lindgren|author:Saramago|author:Calvino',
    ),
  },
  {
    attribute: 'age',
    own: split("I'm {v} years old.|I am {v} years old, believe it or not.|My age is {v}."),
    told: split('{who} is {v} years old.'),
    changed: split('I am {v} years old, not what I said before.'),
    values: split('24|31|38|45|52|59|66'),
  },
  {
    attribute: 'birthday',
    own: split('My birthday is on {v}.|My birthday is {v}, mark it.|I was born on {v}.'),
    told: split("{who}'s birthday is on {v}.|{who} was born on {v}."),
    changed: split('Correction: my birthday is on {v}.'),
    values: split('3 May|17 October|22 January|9 August|30 November|12 March|5 July'),
  },
  {
    attribute: 'diet',
    own: split('I am {v}.|I am a strict {v}.|I eat {v}.'),
    told: split('{who} is a {v}.'),
    changed: split("I'm now a {v}.|I went {v} this year.|I am {v} now."),
    values: split('vegetarian|vegan|pescatarian'),
  },
  {
    attribute: 'marital status',
    own: split("I'm {v}.|I am {v}, for the record.|I am happily {v}."),
    told: split('{who} is {v}.'),
    changed: split('We talked it over and I got {v} in spring.|I am {v} now.|I got {v}!'),
    values: split('single|married|divorced|engaged'),
  },
  {
    attribute: 'boss',
    own: split('My boss is {v}.|My manager is {v}.|My boss is called {v}.|I report to {v}.'),
    told: split("{who}'s boss is {v}.|{who}'s manager is {v}."),
    changed: split('My new boss is {v}.|My boss is now {v}.'),
    values: split('Priya|Gustav|Marisol|Henrik|Yolanda|Tobias|Aiko|Renata'),
  },
  {
    attribute: 'email',
    own: split('My email is {v}.|My email address is {v}, write to me.|E-mail: {v}'),
    told: split("{who}'s email is {v}.|{who}'s email address is {v}"),
    changed: split('My new email address is {v}.|My email has changed to {v}.'),
    values: split(
      'rowan@example.org|fern.k@example.com|moss@example.net|heath22@example.org|' +
        'sorrel@example.com|clover9@example.net',
    ),
  },
];

/** A statement with its value: `{n}` is the kind of thing that a favourite is. */
export function fill(form: string, value: string, who: string): string {
  const [noun = '', named] = value.includes(':') ? value.split(':') : ['', value];
  return form
    .replaceAll('{n}', noun)
    .replaceAll('{v}', named ?? '')
    .replaceAll('{who}', who);
}

/** Two values of one thing, the second another one. */
export function twoValues(random: Random, { values }: Topic): readonly [string, string] {
  const [first = '', ...rest] = shuffled(random, values);
  const noun = first.split(':')[0];
  const same = first.includes(':') ? rest.filter((value) => value.startsWith(`${noun}:`)) : rest;
  return [first, pick(random, same)];
}

/** People of whom each case takes some; none is said twice of. */
export const people = split(
  'Ida|Ruben|Noor|Felix|Greta|Hamid|Ines|Jonas|Karin|Leo|Mira|Nils|Olga|Pavel|Quentin|Rosa|' +
    'Stefan|Tilda|Ursula|Viktor|Wanda|Xavier|Yusuf|Zelda|Astrid|Bruno|Celia|Dario|Elin|Fabio',
);
