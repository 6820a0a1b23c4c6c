/** Two servers over one store: each answers for what the other has stored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

/** A store of its own, and what a server is told to find it. */
export interface SharedStore {
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Declares the suite `<name>: two servers`; `missing` says why there is no such system here. */
export function runReplicas(
  name: string,
  missing: string | undefined,
  make: () => Promise<SharedStore>,
): void {
  // The reason is in the title.
  describe.skipIf(missing)(`${name}: two servers${missing ? ` (${missing})` : ''}`, () => {
    let shared: SharedStore;
    let folder: string;
    const servers: ServerProcess[] = [];
    const trio = (): Trio => {
      const [one, two, embedded] = servers;
      if (!one || !two || !embedded) throw new Error('the servers are started before the tests');
      return { one, two, embedded };
    };

    beforeAll(async () => {
      shared = await make();
      folder = await mkdtemp(join(tmpdir(), 'reverie-replicas-'));
      // Both at once, over a store that is not made yet.
      const started = await Promise.all([
        serveProcess(folder, namespace, shared.settings),
        serveProcess(folder, namespace, shared.settings),
        serveProcess(folder, namespace),
      ]);
      servers.push(...started);
    });
    afterAll(async () => {
      for (const server of servers) await server.stop('SIGTERM');
      await shared.remove();
      await rm(folder, { recursive: true, force: true });
    });

    writingRules(trio);
    rankingRules(trio);
  });
}

interface Trio {
  readonly one: ServerProcess;
  readonly two: ServerProcess;
  /** Over a data folder of its own: how the others should answer. */
  readonly embedded: ServerProcess;
}

const namespace = 'shared';

function writingRules(trio: () => Trio): void {
  test('what one has stored or forgotten, the next question to the other knows', async () => {
    const { one, two } = trio();
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
    const { one, two } = trio();
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
    const { one, two } = trio();
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
}

function rankingRules(trio: () => Trio): void {
  test('200 questions are answered as SQLite answers them, by either', async () => {
    const { one, two, embedded } = trio();
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
}
