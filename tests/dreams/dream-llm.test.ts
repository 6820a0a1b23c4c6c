/** A dream with a language model on loopback: what is asked, what is used, what is spent. */
import { afterEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { send } from '../http/scenario.ts';
import { openStandIn, type StandIn, type StandInAnswer } from '../stand-in-llm.ts';

let app: RunningApp | undefined;
let llm: StandIn | undefined;
afterEach(async () => {
  await app?.close();
  await llm?.close();
});

const day = 86_400_000;
const old = Date.parse('2026-01-05T09:00:00Z');
const talk = [
  'We booked the house in Sibiu for 14 June.',
  'The house has four rooms and a garden.',
  'Ioana pays 420 euros for the house in Sibiu.',
  'The house in Sibiu is near the old market.',
  'We get the keys of the house from Mr Popa.',
  'The house in Sibiu allows two dogs.',
];

async function call(path: string, body?: unknown) {
  const { json, response, text } = await send(app as RunningApp, {
    path,
    ...(body ? { body } : {}),
  });
  expect(response.status, text).toBeLessThan(300);
  return json();
}

/** One old talk, dreamt of with the answers of the test. */
async function dreamt(answer: () => StandInAnswer, budget: object = {}) {
  llm = await openStandIn(answer);
  app = await openTestApp({ ...llm.settings });
  const items = talk.map((value, i) => ({
    ...{ value, key: 'house', kind: 'episode', speaker: i % 2 ? 'Bob' : 'Ann' },
    occurred_at: new Date(old + i * 60_000).toISOString(),
  }));
  await call('/v1/memory/bulk', { items });
  const before = new Date(old + day).toISOString();
  const wanted = { strategies: ['compress'], before, budget, wait_ms: 20_000 };
  const { dream } = await call('/v1/dreams', wanted);
  const { diff } = await call(`/v1/dreams/${dream.id}`);
  return { dream, diff, asked: llm.asked };
}

const summary =
  'Ann and Bob booked a house with four rooms in Sibiu for 14 June 2026; Ioana pays 420.';
const kept = talk.map((_, i) => `m${i + 1}`);

test('its words are used, and what they cost is told', async () => {
  const { dream, diff, asked } = await dreamt(() => ({ summary, kept }));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.prompt).toContain('<memory id="m1"');
  expect(diff.added[0].value).toContain('four rooms in Sibiu');
  const { inputTokens, outputTokens } = llm?.usage ?? {};
  expect(dream.spent).toMatchObject({
    ...{ calls: 1, dropped: 0, input_tokens: inputTokens, output_tokens: outputTokens },
    dollars: ((inputTokens ?? 0) + 2 * (outputTokens ?? 0)) / 1e6,
  });
  const { applied } = await call(`/v1/dreams/${dream.id}/apply`, {});
  expect(applied).toBe(1);
});

test('an answer that cannot be used is asked for once more, dropped and told', async () => {
  const { dream, diff, asked } = await dreamt(() => 'Sure! Here is your summary.');
  expect(asked).toHaveLength(2);
  expect(dream.status).toBe('planned');
  expect(dream.spent.dropped).toBe(1);
  expect(dream.notes.join()).toContain('compress');
  // The form without a model goes on.
  expect(diff.added[0].value).toContain('420 euros');
});

test('what invents a number is not used', async () => {
  const wrong = summary.replace('420', '999');
  const { diff } = await dreamt(() => ({ summary: wrong, kept }));
  expect(diff.added[0].value).not.toContain('999');
});

test('without tokens to spend nothing is asked', async () => {
  const { dream, diff, asked } = await dreamt(() => ({ summary, kept }), { tokens: 10 });
  expect(asked).toEqual([]);
  expect(dream.spent).toMatchObject({ calls: 0, input_tokens: 0 });
  expect(diff.added[0].value).not.toContain(summary);
});

test('a model that is away costs its part alone', async () => {
  const { dream, diff } = await dreamt(() => ({ status: 401 }));
  expect(dream.status).toBe('planned');
  expect(diff.added).toHaveLength(1);
});
