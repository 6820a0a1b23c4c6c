/** Facts with newer versions, facts that are said again or contradicted; and others beside them. */
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { chatter, dayMs, halfOf, hourMs, placeOf, shuffled } from './chatter.ts';
import { fill, people, type Topic, topics, twoValues } from './said.ts';

const start = Date.UTC(2026, 0, 5);
const days = 280;

/** The later one says all of the earlier one. */
const versions: readonly (readonly [older: string, newer: string])[] = [
  ['{a} has a boat in the harbour.', '{a} has a red boat in the harbour of Marstal.'],
  ['The archive opens at nine.', 'The archive opens at nine and closes at noon.'],
  ['{a} plays the oboe.', '{a} plays the oboe and the bassoon.'],
  ['{a} lives in Graz.', '{a} resides in Graz.'],
  ["{a}'s phone number is 555 303 8811.", "{a}'s mobile number is 555 303 8811."],
  ['{a} works for Orvane.', '{a} is employed by Orvane.'],
  ["{a}'s manager is Priya.", "{a}'s boss is Priya."],
  ['{a} lives in Turin.', '{a} lives in Turin, Italy.'],
  ['The gate of the depot is locked.', 'The gate of the depot is locked!'],
  ["{a}'s favourite colour is amber.", "{a}'s favorite color is amber."],
  ['{a} keeps two goats.', '{a} keeps two goats and a donkey.'],
  ['{a} is 34 years old.', '{a} is 34 years old'],
  ['{a} was born on 9 August.', "{a}'s birthday is on August 9."],
  ['{a} teaches pottery on Mondays.', 'On Mondays, {a} is the pottery teacher.'],
  ['The lift carries eight people.', 'The lift in the annex carries eight people.'],
  ['{a} is vegan.', '{a} is a strict vegan.'],
];

/** Of none of these does the later one say all of the earlier one. */
const noVersions: readonly (readonly [older: string, newer: string])[] = [
  ['{a} has a red boat in the harbour of Marstal.', '{a} has a boat in the harbour.'],
  ['The annex has a lift.', 'The annex has a lift only for goods.'],
  ['The goats bite children.', 'The goats never bite children.'],
  ['{a} owns a kiln.', '{b} owns a kiln.'],
  ['The cellar is dry.', 'The cellar is dry unless it rains.'],
  ['{a} lives in Leeds with two cats and a parrot.', '{a} lives in Leeds.'],
  ['The ferry takes nine cars.', 'The ferry takes ten cars.'],
  ['{a} trusts {b}.', '{b} trusts {a} with the keys.'],
  ['{a} plays chess.', '{a} used to play chess.'],
  ['{a} has a loft.', '{a} has a lodger.'],
];

/** Known from one remark, with a confidence that says so; said again, or not. */
const unsure = 0.6;

interface Placed {
  readonly memory: Planted;
  readonly label?: string;
}

export const evolve: PlantedCase = {
  strategy: 'evolve',
  make(seed): Made {
    const random = createRandom(seed);
    const who = shuffled(random, people);
    const next = (): string => who.pop() ?? 'Ann';
    const placed: Placed[] = Array.from({ length: 340 }, () => ({
      memory: said(random, integer(random, 0, days), chatter(random), pick(random, people)),
    }));
    for (const [i, texts] of halfOf(versions, seed).entries()) {
      placed.push(...inOrder(random, texts, [next(), 'Kim'], `v${i}`));
    }
    for (const texts of noVersions) {
      const [a = '', b = ''] = shuffled(random, people);
      placed.push(...inOrder(random, texts, [`${a} Vey`, `${b} Tal`]));
    }
    const weighed = topics.filter(({ attribute }) => attribute !== 'age');
    for (const [i, topic] of weighed.entries()) {
      const name = next();
      placed.push(...(i % 2 === 0 ? again(random, topic, name) : denied(random, topic, name)));
      placed.push(...unweighed(random, topic, `${name}s`));
    }
    placed.sort((a, b) => (a.memory.occurredAt ?? 0) - (b.memory.occurredAt ?? 0));
    return madeOf(placed);
  },
};

function inOrder(
  random: Random,
  texts: readonly string[],
  [a = '', b = '']: readonly string[],
  label?: string,
): Placed[] {
  const first = integer(random, 0, 120);
  return texts.map((text, i) => ({
    memory: fact(
      first + i * integer(random, 3, 120),
      text.replaceAll('{a}', a).replaceAll('{b}', b),
    ),
    ...(label !== undefined && { label: `${label} ${i === 0 ? 'a' : 'b'}` }),
  }));
}

/** An unsure fact, and what its person says on other days. */
function again(random: Random, topic: Topic, who: string): Placed[] {
  const value = pick(random, topic.values);
  const told = fact(integer(random, 0, 40), fill(pick(random, topic.told), value, who));
  const voices = Array.from({ length: integer(random, 1, 3) }, (_, i) => ({
    memory: said(random, 60 + i * 40, fill(pick(random, topic.own), value, who), who),
  }));
  return [{ memory: { ...told, confidence: unsure }, label: 'up' }, ...voices];
}

/** A fact, and its person saying something else later. */
function denied(random: Random, topic: Topic, who: string): Placed[] {
  const [before, after] = twoValues(random, topic);
  const told = fact(integer(random, 0, 40), fill(pick(random, topic.told), before, who));
  const denial = said(random, 90, fill(pick(random, topic.changed), after, who), who);
  return [{ memory: told, label: 'down' }, { memory: denial }];
}

/** An unsure fact of which nobody speaks, or which is told twice on the day. */
function unweighed(random: Random, topic: Topic, who: string): Placed[] {
  const text = fill(pick(random, topic.told), pick(random, topic.values), who);
  const told = { ...fact(integer(random, 0, 200), text), confidence: unsure };
  if (random() < 0.5) return [{ memory: told }];
  return [{ memory: told }, { memory: { ...told, kind: 'episode' } }];
}

function fact(day: number, text: string): Planted {
  return { text, kind: 'fact', occurredAt: start + day * dayMs };
}

function said(random: Random, day: number, text: string, speaker: string): Planted {
  return { text, speaker, occurredAt: start + day * dayMs + integer(random, 7, 21) * hourMs };
}

function madeOf(placed: readonly Placed[]): Made {
  const labels = placed.map(({ label }) => label);
  const before = placed.map(({ memory }) => memory.confidence ?? 1);
  const expected = labels.filter((label) => label !== undefined && !label.endsWith(' b')).length;
  const labelOf = (id: string): string => labels[placeOf(id) - 1] ?? '';
  return {
    memories: placed.map(({ memory }) => memory),

    score(actions) {
      const right = actions.filter(({ supersede = [], update = [] }) => {
        const isVersion = supersede.every(({ memory, by }) => {
          const [older = '', newer = ''] = [
            labelOf(memory.id),
            by === 'added' ? '' : labelOf(by.id),
          ];
          return older.endsWith(' a') && newer === older.replace(/a$/, 'b');
        });
        const isWeighed = update.every(({ memory, columns }) => {
          const isUp = (columns.confidence ?? 0) > (before[placeOf(memory.id) - 1] ?? 1);
          return labelOf(memory.id) === (isUp ? 'up' : 'down');
        });
        return isVersion && isWeighed;
      });
      return { expected, found: actions.length, right: right.length };
    },
  };
}
