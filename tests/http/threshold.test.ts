/** What a threshold is worth: questions without an answer score low, in small and large corpora. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

/** A memory, a question that it answers, and a question like it that nothing answers. */
const planted: readonly (readonly [memory: string, answered: string, unanswered: string])[] = [
  [
    'I adopted a grey kitten named Moss in March.',
    'What is the kitten called?',
    'What is the parrot called?',
  ],
  [
    'My brother Theo repairs accordions in Ghent.',
    'Who repairs accordions?',
    'Who repairs bicycles?',
  ],
  [
    'We fly to Reykjavik on the 9th of June.',
    'When is the flight to Reykjavik?',
    'When is the ferry to Tallinn?',
  ],
  [
    'I am allergic to hazelnuts and carry an injector.',
    'What am I allergic to?',
    'What did the optician prescribe?',
  ],
  [
    'The boiler was replaced by a heat pump last autumn.',
    'What replaced the boiler?',
    'What replaced the dishwasher?',
  ],
  [
    'Our team meets every Thursday at nine in room Kepler.',
    'In which room does the team meet?',
    'In which stadium does the choir sing?',
  ],
  [
    'Nadia wrote her thesis about moss on glaciers.',
    'What was the thesis of Nadia about?',
    'What was the opera of Rufus about?',
  ],
  [
    'I stopped drinking coffee because of my stomach.',
    'Why did I stop drinking coffee?',
    'Why did I sell the motorbike?',
  ],
  [
    'The landlord wants the rent on the third working day.',
    'When is the rent due?',
    'When is the mortgage audit?',
  ],
  [
    'Dad planted quince and medlar trees behind the shed.',
    'Which trees did Dad plant?',
    'Which fish did grandmother catch?',
  ],
  [
    'My favourite painter is Paula Modersohn-Becker.',
    'Who is my favourite painter?',
    'Who is my favourite goalkeeper?',
  ],
  [
    'I keep the spare key under the blue flower pot.',
    'Where is the spare key?',
    'Where is the fire extinguisher?',
  ],
];
const filler = (i: number): string =>
  `Note ${i}: the ${['meeting', 'parcel', 'invoice', 'walk', 'recipe'][i % 5]} of ` +
  `${['Monday', 'Friday', 'last week', 'this spring'][i % 4]} went as planned, nothing to add.`;

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
  await store(
    'small',
    planted.map(([memory]) => memory),
  );
  const fillers = Array.from({ length: 800 }, (_, i) => filler(i));
  await store('large', [...planted.map(([memory]) => memory), ...fillers]);
});
afterAll(() => app.close());

async function store(namespace: string, values: readonly string[]): Promise<void> {
  const items = values.map((value) => ({ value, namespace }));
  await send(app, { path: '/v1/memory/bulk', body: { items } });
}

async function best(namespace: string, query: string): Promise<{ value: string; score: number }> {
  const answer = await send(app, { path: '/v1/memory/search', body: { namespace, query } });
  return answer.json().results[0] ?? { value: '', score: 0 };
}

test.each(['small', 'large'])(
  'in a %s namespace a threshold tells answers from noise',
  async (namespace) => {
    const right: number[] = [];
    const wrong: number[] = [];
    for (const [memory, answered, unanswered] of planted) {
      const found = await best(namespace, answered);
      if (found.value === memory) right.push(found.score);
      wrong.push((await best(namespace, unanswered)).score);
    }
    expect(right.length).toBeGreaterThanOrEqual(planted.length - 1);
    const pairs = right.flatMap((high) => wrong.map((low) => (high > low ? 1 : 0)));
    const auc = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
    expect(auc).toBeGreaterThan(0.95);
    const threshold = 0.6;
    expect(right.filter((score) => score < threshold).length).toBeLessThanOrEqual(1);
    expect(wrong.filter((score) => score >= threshold).length).toBeLessThanOrEqual(1);
  },
);

test('the score of an answer does not depend on what else the namespace holds', async () => {
  for (const [memory, answered] of planted) {
    const small = await best('small', answered);
    const large = await best('large', answered);
    if (small.value !== memory || large.value !== memory) continue;
    expect(Math.abs(small.score - large.score)).toBeLessThan(0.05);
  }
});
