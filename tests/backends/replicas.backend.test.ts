/** Two servers over one PostgreSQL: each answers for what the other has stored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  makeTestDatabase,
  missing,
  type TestDatabase,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import { type ServerProcess, serveProcess } from '../serve-process.ts';

const people = ['Ann', 'Bob', 'Carla', 'David', 'Emma', 'Farid', 'Greta', 'Hugo'];
const deeds = [
  'planted a cherry tree behind the house',
  'sold the old sailing boat in Lisbon',
  'took up pottery to relax after work',
  'moved to the coast with two dogs',
  'plays the violin in a youth orchestra',
  'wrote the quarterly report on a Sunday',
  'repaired the blue bicycle of a neighbour',
  'cooked lentil soup for the whole street',
  'lost the keys of the workshop in March',
  'learns Portuguese with a teacher from Porto',
];
const asks = [
  'Who planted a tree?',
  'sailing boat',
  'What does somebody do to relax?',
  'Who lives by the sea?',
  'music instrument',
  'report',
  'Who repaired a bicycle?',
  'soup',
  'Where are the keys?',
  'Which language is learned?',
  'dogs',
  'Lisbon',
];
/** 320 memories, in an order in which they are stored. */
const memories = Array.from({ length: 320 }, (_, i) => {
  const who = people[i % people.length];
  const deed = deeds[(i * 7) % deeds.length];
  return `${who} ${deed}, as told in note ${i} of box ${(i * 13) % 17}.`;
});
const questions = Array.from({ length: 200 }, (_, i) => {
  const who = i % 3 === 0 ? ` ${people[i % people.length]}` : '';
  const box = i % 5 === 0 ? ` box ${i % 17}` : '';
  return `${asks[i % asks.length]}${who}${box}`;
});

// The reason is in the title.
describe.skipIf(missing)(`two servers${missing ? ` (${missing})` : ''}`, () => {
  const namespace = 'shared';
  let database: TestDatabase;
  let folder: string;
  let one: ServerProcess;
  let two: ServerProcess;
  let embedded: ServerProcess;

  beforeAll(async () => {
    database = await makeTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'reverie-replicas-'));
    const shared = { REVERIE_RECORDS: 'postgres', REVERIE_POSTGRES_URL: database.url };
    // Both at once, over a database without a table.
    [one, two, embedded] = await Promise.all([
      serveProcess(folder, namespace, shared),
      serveProcess(folder, namespace, shared),
      serveProcess(folder, namespace),
    ]);
  });
  afterAll(async () => {
    for (const server of [one, two, embedded]) await server?.stop('SIGTERM');
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('what one has stored or forgotten, the next question to the other knows', async () => {
    for (let i = 0; i < 20; i++) {
      const [writer, reader] = i % 2 === 0 ? [one, two] : [two, one];
      const value = `The password of door ${i} hangs behind picture ${i * 31}.`;
      const { id } = await writer.client.store({ value, namespace: 'doors' });
      const query = { query: `door ${i} picture ${i * 31}`, namespace: 'doors' };
      const found = await reader.client.recall(query);
      expect(found.results[0]?.value).toBe(value);
      if (i % 4 !== 0) continue;
      await reader.client.forget({ id, namespace: 'doors' });
      const after = await writer.client.recall(query);
      expect(after.results.map((hit) => hit.value)).not.toContain(value);
    }
  });

  test('of writers to both who expect the same version one wins', async () => {
    const fact = { key: 'colour', namespace: 'facts' };
    await one.client.store({ ...fact, value: 'The favourite colour is red.' });
    const tries = Array.from({ length: 10 }, (_, i) =>
      (i % 2 === 0 ? one : two).client.store({
        ...fact,
        value: `The favourite colour is number ${i}.`,
        ifVersion: 1,
      }),
    );
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const lost = settled.filter((each) => each.status === 'rejected');
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'version_conflict' });
  });

  test('racing replacements through both leave one current fact, and lose none', async () => {
    const fact = { key: 'city', namespace: 'facts' };
    const stored = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).client.store({ ...fact, value: `Lives in city ${i}.` }),
      ),
    );
    expect(new Set(stored.map(({ id }) => id)).size).toBe(20);
    const query = { query: 'city', namespace: 'facts', limit: 50 };
    const [current, other] = [await one.client.recall(query), await two.client.recall(query)];
    expect(other.results).toEqual(current.results);
    const cities = current.results.filter((hit) => String(hit.value).startsWith('Lives in'));
    expect(cities).toHaveLength(1);
  });

  test('200 questions are answered as SQLite answers them, by either', async () => {
    const start = Date.UTC(2026, 0, 1);
    for (const [i, value] of memories.entries()) {
      const occurredAt = new Date(start + i * 60_000).toISOString();
      const memory = { value, occurredAt };
      const server = i % 2 === 0 ? one : two;
      await Promise.all([server.client.store(memory), embedded.client.store(memory)]);
    }
    const answers = async (server: ServerProcess, query: string) => {
      const { results } = await server.client.recall({ query, limit: 10 });
      return results.map(({ value, score }) => [value, score.toFixed(6)]);
    };
    for (const query of questions) {
      const expected = await answers(embedded, query);
      expect(expected.length).toBeGreaterThan(0);
      expect(await answers(one, query), query).toEqual(expected);
      expect(await answers(two, query), query).toEqual(expected);
    }
  });
});
