/** `reverie reindex` makes again what was damaged or lost, and changes nothing else. */
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../backup/run-command.ts';
import { type Served, World } from '../backup/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const spaces = ['garden', 'kitchen'];
const perSpace = 300;

async function fill(): Promise<void> {
  const served = await world.serve('data');
  for (const namespace of spaces) {
    const items = Array.from({ length: perSpace }, (_, i) => ({
      value: `Ann planted ${i} tulips in the ${namespace} and told Bob about number ${i}.`,
    }));
    await served.client.storeMany(items, { namespace });
  }
  await served.close();
}

const reindex = (...args: string[]) =>
  runCommand(['reindex', '--data-dir', world.path('data'), ...args]);

/** What searches tell, order and scores included. */
async function told(served: Served): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const namespace of spaces) {
    for (const query of ['tulips', 'number 17', 'Who told Bob?', `${namespace} 250`]) {
      const { results } = await served.client.recall({ query, namespace, limit: 20 });
      answers.push(results.map(({ id, score }) => [id, score]));
    }
  }
  return answers;
}

async function tellAndClose(): Promise<unknown[]> {
  const served = await world.serve('data');
  const answers = await told(served);
  await served.close();
  return answers;
}

function inDatabase(sql: string): number {
  const db = new DatabaseSync(join(world.path('data'), 'reverie.db'));
  try {
    if (!sql.startsWith('SELECT')) return Number(db.prepare(sql).run().changes);
    const row = db.prepare(sql).get();
    return Number(Object.values(row ?? {})[0]);
  } finally {
    db.close();
  }
}

const images = 'SELECT count(*) FROM manifests';
const wrongAnalyses = "SELECT count(*) FROM analyses WHERE analysis = x'00'";

test('what is derived is made again, and the memories are as they were', async () => {
  await fill();
  const before = await tellAndClose();
  const changes = inDatabase('SELECT sum(seq) FROM namespaces');
  const same = JSON.parse((await reindex('--json')).out);
  expect(same).toMatchObject({
    ...{ ok: true, namespaces: 2, memories: 2 * perSpace, problems: [], pending_vectors: 0 },
    analyses: { made: 2 * perSpace, changed: 0 },
    images: { made: 2, changed: 2 },
  });
  expect(inDatabase("UPDATE analyses SET analysis = x'00' WHERE row % 3 = 0")).toBeGreaterThan(90);
  inDatabase('DELETE FROM analyses WHERE row % 3 = 1');
  inDatabase("UPDATE segments SET postings = x'00'");
  const done = await reindex();
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).toMatch(
    /^600 memories in 2 namespaces analysed again: 400 are not as before\. /,
  );
  expect(inDatabase(wrongAnalyses)).toBe(0);
  expect(inDatabase('SELECT count(*) FROM analyses')).toBe(2 * perSpace);
  expect(inDatabase(images)).toBe(2);
  expect(inDatabase('SELECT sum(seq) FROM namespaces')).toBe(changes);
  expect(await world.failedChecks('data')).toEqual([]);
  expect(await tellAndClose()).toEqual(before);
});

test('a namespace alone is made again, and one that nobody has is refused', async () => {
  await fill();
  inDatabase("UPDATE analyses SET analysis = x'00'");
  const report = JSON.parse((await reindex('--json', '--namespace', 'kitchen')).out);
  const analyses = { made: perSpace, changed: perSpace };
  expect(report).toMatchObject({ namespaces: 1, memories: perSpace, analyses });
  expect(inDatabase(wrongAnalyses)).toBe(perSpace);
  expect(await reindex('--namespace', 'cellar')).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^namespace_not_found: /) },
  });
});

test('vectors that do not fit their memories any more are to be made again', async () => {
  await fill();
  // Six bytes of a header, and then nothing that is a vector.
  const broken = inDatabase(
    'UPDATE vectors SET vectors = substr(vectors, 1, 8) WHERE row % 100 = 1',
  );
  const report = JSON.parse((await reindex('--json')).out);
  expect(report).toMatchObject({
    ok: true,
    pending_vectors: broken,
    analyses: { changed: broken },
  });
  const served = await world.serve('data');
  await expect.poll(async () => (await served.client.embeddings()).pending).toBe(0);
  await served.close();
  expect(await world.failedChecks('data')).toEqual([]);
});

test('a memory that cannot be read is told, and the others are made', async () => {
  await fill();
  inDatabase("UPDATE memories SET body = x'7b' WHERE row = (SELECT min(row) FROM memories)");
  const done = await reindex();
  expect(done.code).toBe(1);
  expect(done.out).toMatch(/\/garden: mem_\S+ cannot be read: it is damaged\n/);
  expect(done.out).toContain('599 of 600 memories in 2 namespaces analysed');
});

test('a folder that a server holds, or that has no store, is refused', async () => {
  const served = await world.serve('data');
  expect(await reindex()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^folder_locked: /),
  });
  await served.close();
  const nowhere = await runCommand(['reindex', '--data-dir', world.path('nowhere')]);
  expect(nowhere).toMatchObject({ code: 2, err: expect.stringMatching(/^setting_invalid: /) });
});
