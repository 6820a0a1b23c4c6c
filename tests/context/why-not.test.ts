/** Every reason why a memory is not among the results. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Memory } from '../../packages/server/src/domain/memory.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import type { WhyNotRequest } from '../../packages/server/src/engine/recall/why-not.ts';
import { openTestEngine, startMs } from './open-test-engine.ts';

let it: Awaited<ReturnType<typeof openTestEngine>>;
beforeEach(async () => {
  it = await openTestEngine();
});
afterEach(() => it.close());

const question = 'Which cake does Clara want?';

async function whyNot(memory: Memory, more: Partial<WhyNotRequest> = {}) {
  const request = { ...it.question(question), memoryId: memory.id, explain: true, ...more };
  const answer = await it.engine.whyNot(it.scope, request);
  const { results } = await it.engine.recall(it.scope, request);
  const place = results.findIndex((result) => result.memory.id === memory.id);
  // Whatever the reason is, it must not contradict the search itself.
  expect(answer.found).toBe(place >= 0);
  if (place >= 0) {
    expect(answer).toMatchObject({ rank: place + 1, score: results[place]?.score });
    expect(answer.explanation).toEqual(results[place]?.explanation);
  }
  if (answer.explanation) expect(answer.explanation.rank).toBe(answer.rank);
  return { ...answer, codes: answer.reasons.map(({ code }) => code), results };
}

test('a memory that is found says at which place', async () => {
  await it.store('Clara baked bread.');
  const memory = await it.store('Clara wants a chocolate cake.');
  expect(await whyNot(memory)).toMatchObject({ found: true, rank: 1, codes: ['found'] });
  expect(await whyNot(memory, { query: '' })).toMatchObject({ found: true, codes: ['found'] });
});

test('below the limit, it says by how much', async () => {
  const memory = await it.store('Clara was here.');
  for (let i = 0; i < 5; i++) await it.store(`Clara wants cake number ${i}.`);
  const { codes, rank, reasons, results } = await whyNot(memory, { limit: 3 });
  expect(codes).toEqual(['below_limit']);
  expect(rank).toBe(6);
  const last = results.at(-1)?.score ?? 0;
  expect(reasons[0]?.details.last_shown_score).toBe(last);
  expect(reasons[0]?.details.gap).toBeCloseTo(last - Number(reasons[0]?.details.score), 10);
  expect((await whyNot(memory, { query: ' ', limit: 3 })).codes).toEqual(['below_limit']);
});

test('the rank is the place where it is shown, whatever was put together above it', async () => {
  const said = 'Clara wants a chocolate cake with cherries, please!';
  await it.store(`${said}!`);
  const same = await it.store(said);
  await it.store('CLARA wants a chocolate cake, with cherries: please!');
  const second = await it.store('Clara wants a chocolate biscuit.');
  const third = await it.store('Clara was here.');
  const { results } = await whyNot(same);
  expect(results.map((result) => result.explanation?.rank)).toEqual([1, 2, 3]);
  expect(results[0]?.duplicates).toHaveLength(2);
  const hidden = await Promise.all(
    (results[0]?.duplicates ?? []).map((memoryId) =>
      it.engine.whyNot(it.scope, { ...it.question(question), memoryId }),
    ),
  );
  for (const { rank, reasons, explanation } of hidden) {
    expect([rank, explanation?.rank, reasons[0]?.code]).toEqual([1, 1, 'duplicate']);
  }
  expect((await whyNot(second)).rank).toBe(2);
  expect((await whyNot(third)).rank).toBe(3);
  const cut = await whyNot(third, { limit: 2 });
  expect(cut).toMatchObject({ rank: 3, codes: ['below_limit'] });
  expect(cut.reasons[0]?.message).toContain('It comes at place 3, after the 2 that are shown');
  const weak = await whyNot(third, { threshold: 0.6 });
  expect(weak).toMatchObject({ rank: 3, codes: ['below_threshold'] });
  expect((await whyNot(third, { collapse: false })).rank).toBe(5);
});

test('below the threshold', async () => {
  await it.store('Clara wants a chocolate cake.');
  const memory = await it.store('Clara was here.');
  const { codes, score } = await whyNot(memory, { threshold: 0.6 });
  expect(codes).toEqual(['below_threshold']);
  expect(score).toBeLessThan(0.6);
});

test('a filter that leaves it out is named, each of them', async () => {
  const memory = await it.store('Clara wants cake.', { tags: ['food'], speaker: 'Ann' });
  const filter = { tagsAll: ['food', 'sweet'], kind: 'fact' as const, speaker: 'Bob' };
  const { codes, reasons } = await whyNot(memory, { filter });
  expect(codes).toEqual(['filtered', 'filtered', 'filtered']);
  expect(reasons.map(({ details }) => details.field)).toEqual(['tags.all', 'kind', 'speaker']);
});

test('every condition that the index knows is known here too', async () => {
  const memory = await it.store('Clara wants cake.', {
    ...{ tags: ['food'], speaker: 'Ann', key: 'cake', type: 'note', mode: 'append' },
  });
  const conditions = [
    ...[{ tagsAll: ['food'] }, { tagsAll: ['work'] }, { tagsAny: ['a', 'food'] }, { tagsAny: [] }],
    ...[{ key: 'cake' }, { key: 'tea' }, { kind: 'episode' }, { kind: 'fact' }],
    ...[{ type: 'note' }, { type: 'x' }, { audience: 'user' }, { audience: 'system' }],
    ...[{ speaker: 'Ann' }, { speaker: 'ann' }],
  ] as const;
  for (const filter of conditions) await whyNot(memory, { filter });
});

test('replaced, archived, quarantined and expired', async () => {
  const older = await it.store('Clara wants cake.', { key: 'wish' });
  const newer = await it.store('Clara wants cookies.', { key: 'wish' });
  const replaced = await whyNot(older);
  expect(replaced.codes).toEqual(['superseded']);
  expect(replaced.reasons[0]?.details.superseded_by).toBe(newer.id);
  const archived = await it.store('Clara wants an archived cake.');
  await it.change(archived, { archived: true, trust: 'quarantined' });
  expect((await whyNot(archived)).codes).toEqual(['quarantined', 'archived']);
  const expired = await it.store('Clara wants an old cake.', { expiresAt: startMs + 5 });
  it.pass(10);
  expect((await whyNot(expired)).codes).toEqual(['expired']);
});

test('without anything in common, it says what each way of finding saw', async () => {
  const memory = await it.store('The tram was late on Monday.');
  for (let i = 0; i < 60; i++) await it.store(`Clara wants cake number ${i}.`);
  const { codes, reasons, rank } = await whyNot(memory);
  expect(rank).toBeNull();
  expect(codes).toEqual([
    'no_shared_words',
    'no_shared_entities',
    'far_in_meaning',
    'not_a_candidate',
  ]);
  const { cosine, best_cosine: best } = reasons[2]?.details ?? {};
  expect(Number(cosine)).toBeLessThan(Number(best));
  const unknown = await it.store('ᚠᚢᚦ');
  expect((await whyNot(unknown)).codes).toContain('vector_missing');
  const signals = { ...allSignals, vector: false };
  expect((await whyNot(memory, { signals })).codes).toContain('vector_not_used');
});

test('asking after a memory does not change the order of the others', async () => {
  for (let i = 0; i < 60; i++)
    await it.store(`Clara wants cake ${i}.`, { key: 'chat', mode: 'append' });
  const memory = await it.store('The tram was late.', { key: 'chat', mode: 'append' });
  const before = await it.engine.recall(it.scope, it.question(question));
  await whyNot(memory);
  expect(await it.engine.recall(it.scope, it.question(question))).toEqual(before);
});
