import { createClient, type JsonClient } from '@reverie/bench/lib/client';
import { listField, textField } from '@reverie/bench/lib/json';
import { expect, test } from 'vitest';
import { withServices } from './with-services.ts';

/** Thirty things that a user may say after the first; none of them answers the questions below. */
const laterTurns: readonly string[] = [
  'Can you draft an email to the landlord about the broken heating?',
  'The train to Leeds was forty minutes late again this morning.',
  'I finally finished reading Middlemarch and loved the ending.',
  'What would be a good name for a small bakery near the harbour?',
  'Remind me that the car insurance runs out in October.',
  'My brother Tomas moved to Lisbon and works for a shipping company.',
  'We painted the kitchen a pale green; it looks bigger now.',
  'How do I convert a pandas data frame to a list of dictionaries?',
  'The garden needs a new fence before the winter storms.',
  'I signed up for a pottery course on Tuesday evenings.',
  'Our team switched from Jenkins to GitHub Actions last sprint.',
  'Explain the difference between a mutex and a semaphore.',
  'The dentist says that I should floss more often.',
  'I am training for a half marathon in April.',
  'Please shorten this paragraph about solar panels to two sentences.',
  'We adopted an old greyhound called Biscuit.',
  'The printer on the third floor jams whenever it rains.',
  'I would like to learn the opening of the Moonlight Sonata.',
  'Which museums in Vienna are open on Mondays?',
  'My flight to Osaka leaves at six in the morning.',
  'The soup needs more thyme and far less salt.',
  'Could you plan a week of vegetarian dinners for two?',
  'I lost my umbrella on the number twelve bus.',
  'The quarterly report is due on Friday at noon.',
  'Our neighbours are building a wooden sauna behind the shed.',
  'Write a limerick about a forgetful lighthouse keeper.',
  'The new keyboard has much quieter switches.',
  'I voted early because I will be away that weekend.',
  'What is the capital of Kazakhstan these days?',
  'Grandfather repaired clocks for a living in Zurich.',
];

const firstTurns: readonly { said: string; asked: string }[] = [
  { said: 'My daughter Ines is allergic to peanuts.', asked: 'What is Ines allergic to?' },
  { said: "I'm a product designer. I work primarily in Figma.", asked: 'Which tool: Figma?' },
  { said: 'Our wedding was at a lake house in Bled.', asked: 'Where was our wedding?' },
];

async function say(client: JsonClient, namespace: string, user: string): Promise<string> {
  const reply = await client.send('POST', '/v1/memory-set', {
    key: 'replicate-chat',
    value: `User: ${user}\nAssistant: Good to know.`,
    namespace,
    tags: ['conversation'],
  });
  expect(reply.status).toBeLessThan(300);
  return textField(reply.body, 'id') ?? '';
}

test.each(firstTurns)(
  'under one constant key, what was said first is found after thirty other turns: $asked',
  async ({ said, asked }) => {
    await withServices(async ({ server }) => {
      const client = createClient(server);
      const ids = [await say(client, 'replicate-agent', said)];
      for (const turn of laterTurns) ids.push(await say(client, 'replicate-agent', turn));
      expect(new Set(ids).size).toBe(31);
      const reply = await client.send('POST', '/v1/memory/search', {
        query: asked,
        namespace: 'replicate-agent',
        limit: 5,
      });
      const found = listField(reply.body, 'results').map((result) => textField(result, 'value'));
      expect(found).toContain(`User: ${said}\nAssistant: Good to know.`);
      client.close();
    });
  },
);
