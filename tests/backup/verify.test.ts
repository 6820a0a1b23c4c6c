/** Each way of damage is done to a copy of one store, and is found and named. */
import {
  closeSync,
  copyFileSync,
  cpSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from '../../packages/server/src/backends/sqlite/connection.ts';
import { databasePath } from '../../packages/server/src/backends/sqlite/store-files.ts';
import { runCommand } from './run-command.ts';
import { World } from './world.ts';

const world = new World();
afterAll(() => world.close());

const namespace = 'ann';

beforeAll(async () => {
  const served = await world.serve('whole');
  const { client } = served;
  const turns = Array.from({ length: 300 }, (_, i) => ({
    key: `talk ${i % 7}`,
    value: `User: ${i} tulips?\nAssistant: So it is.`,
  }));
  await client.storeMany(turns, { namespace });
  for (const town of ['Porto', 'Lisbon', 'Faro']) {
    const stored = await client.store({ key: 'home', value: `Lives in ${town}.`, namespace });
    await client.update({ id: stored.id, value: `Now lives in ${town}.`, namespace });
  }
  await client.recall({ query: 'tulips', namespace });
  const gone = await client.store({ value: 'Bob fears spiders.', namespace: 'bob' });
  await client.forget({ id: gone.id });
  expect(await failedIn('whole')).toEqual([]);
  await served.close();
});

const failedIn = (folder: string) => world.failedChecks(folder);

test('a whole store is whole, and the command says so', async () => {
  expect(await failedIn('whole')).toEqual([]);
  const { code, out } = await runCommand(['verify', '--data-dir', world.path('whole')]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^(ok {4}.*\n)+All is well\.\n$/)]);
  expect(await runCommand(['verify', '--data-dir', world.path('nowhere')])).toMatchObject({
    code: 2,
  });
});

test('the doctor names a list of erasures that no server would start with', async () => {
  cpSync(world.path('whole'), world.path('listless'), { recursive: true });
  const doctor = () => runCommand(['doctor', '--data-dir', world.path('listless')]);
  expect(await doctor()).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ok +erasures +1 li/),
  });
  writeFileSync(`${world.path('listless')}/erasures.jsonl`, 'a diary\n');
  const { code, out } = await doctor();
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/FAIL +erasures .*is no list of erasures/),
  ]);
});

test('beside a server that is written to', async () => {
  cpSync(world.path('whole'), world.path('busy'), { recursive: true });
  const served = await world.serve('busy');
  const { client } = served;
  let isOver = false;
  const writes = (async () => {
    for (let i = 0; !isOver; i++) {
      const { id } = await client.store({ key: `k${i % 9}`, value: `Now ${i} tulips.`, namespace });
      if (i % 5 === 0) await client.forget({ id });
    }
  })();
  for (let round = 0; round < 3; round++) {
    const { code, out } = await runCommand(['verify', '--data-dir', world.path('busy')]);
    expect([code, out]).toEqual([0, expect.stringContaining('All is well.')]);
  }
  isOver = true;
  await writes;
  await served.close();
});

test('segments that a forget has dropped since the index was saved are not missed', async () => {
  cpSync(world.path('whole'), world.path('since'), { recursive: true });
  const served = await world.serve('since');
  const { forgotten } = await served.client.forget({ key: 'talk 3', namespace });
  expect(forgotten).toBeGreaterThan(40);
  expect(await failedIn('since')).toEqual([]);
  await served.close();
  expect(await failedIn('since')).toEqual([]);
});

const aRow = '(SELECT min(row) FROM memories)';
const aFact = '(SELECT max(row) FROM memories WHERE kind = 1)';
/** A byte in the middle of a blob is another one. */
const flipped = (column: string): string =>
  `CAST(substr(${column}, 1, 40) || x'7F7E7D' || substr(${column}, 44) AS BLOB)`;

test.each<[name: string, sql: string, checks: string[]]>([
  ['a change is missing', 'DELETE FROM changes WHERE seq = 5', ['changes', 'rows']],
  ['a change says something else', 'UPDATE changes SET version = 9 WHERE seq = 5', ['rows']],
  ['a row is missing', `DELETE FROM memories WHERE row = ${aRow}`, ['counts', 'rows', 'threads']],
  ['a row has another version', `UPDATE memories SET version = 7 WHERE row = ${aRow}`, ['rows']],
  ['a row was taken back', `UPDATE memories SET seq = 1 WHERE row = ${aFact}`, ['rows']],
  ['a former version is missing', `DELETE FROM versions WHERE row = ${aFact}`, ['versions']],
  ['a body is damaged', `UPDATE memories SET body = x'017B2261' WHERE row = ${aRow}`, ['bodies']],
  [
    'a former body is damaged',
    `UPDATE versions SET body = x'0141' WHERE row = ${aFact} AND body IS NOT NULL`,
    ['bodies'],
  ],
  [
    'a version without its row',
    `UPDATE versions SET row = row + 5000 WHERE row = ${aFact}`,
    ['versions', 'orphans'],
  ],
  ['an analysis without its row', "INSERT INTO analyses VALUES (99, x'00')", ['orphans']],
  ['a thread counts wrong', 'UPDATE threads SET turns = turns + 1', ['threads']],
  ['a thread is missing', 'DELETE FROM threads', ['threads']],
  [
    'a segment without a namespace',
    "INSERT INTO segments VALUES (77, 1, 1, 1, 2, x'', x'', x'')",
    ['orphans'],
  ],
  [
    'an analysis is damaged',
    `UPDATE analyses SET analysis = ${flipped('analysis')} WHERE row = ${aRow}`,
    ['analyses', 'vector bytes'],
  ],
  ['vectors are damaged', `UPDATE vectors SET vectors = ${flipped('vectors')}`, ['vector bytes']],
  [
    'vectors are of another row',
    `UPDATE vectors SET vectors = (SELECT vectors FROM vectors WHERE row = ${aRow})
      WHERE row = ${aFact}`,
    ['vector bytes'],
  ],
  [
    'vectors have another dimension',
    `UPDATE control SET value = CAST(replace(value, '"dimension":', '"dimension":1') AS BLOB)
      WHERE key = 'embeddings/generations'`,
    ['vector bytes'],
  ],
  ['vectors without a row', `DELETE FROM memories WHERE row = ${aRow}`, ['vectors']],
  ...['columns', 'postings', 'matrix'].map((part): [string, string, string[]] => [
    `the ${part} of a segment are damaged`,
    `UPDATE segments SET ${part} = ${flipped(part)}`,
    ['index bytes'],
  ]),
  ['a segment is missing', 'DELETE FROM segments', ['index bytes']],
  [
    'a manifest is damaged',
    `UPDATE manifests SET manifest = ${flipped('manifest')}`,
    ['index bytes'],
  ],
  ['an index knows too much', 'UPDATE manifests SET seq = 9999', ['indexes']],
  [
    'a receipt waits for nothing',
    "DELETE FROM control WHERE key LIKE 'forgets-waiting/%'",
    ['documents'],
  ],
  [
    'a receipt is damaged',
    "UPDATE control SET value = x'7B' WHERE key LIKE 'forgets/%'",
    ['documents'],
  ],
])('%s', async (_name, sql, expected) => {
  rmSync(world.path('copy'), { recursive: true, force: true });
  cpSync(world.path('whole'), world.path('copy'), { recursive: true });
  const db = new Connection(databasePath(world.path('copy')), 'write');
  const { changes } = db.run(sql);
  db.close();
  expect(changes).toBeGreaterThan(0);
  const failed = await failedIn('copy');
  expect(failed).toEqual(expect.arrayContaining(expected));
});

test('a page is damaged: exit code 1, and what to do', async () => {
  cpSync(world.path('whole'), world.path('pages'), { recursive: true });
  const path = databasePath(world.path('pages'));
  const pages = readFileSync(path).length / 8192;
  const handle = openSync(path, 'r+');
  for (let page = 12; page < pages; page += 3) {
    writeSync(handle, Buffer.alloc(2000, 0x5a), 0, 2000, page * 8192 + 4);
  }
  closeSync(handle);
  const { code, out, err } = await runCommand(['verify', '--data-dir', world.path('pages')]);
  expect([code, err]).toEqual([1, '']);
  expect(out).toMatch(/^FAIL {2}(integrity|database) /m);
  expect(out).toContain('restore a backup (docs/guides/backup.md)');
  const { out: told } = await runCommand(['verify', '--json', '--data-dir', world.path('pages')]);
  expect(JSON.parse(told)).toMatchObject({ ok: false });
});

test('a list of erasures is damaged', async () => {
  cpSync(world.path('whole'), world.path('list'), { recursive: true });
  const path = world.path('list/erasures.jsonl');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('mem_', 'mam_') + text);
  expect(await failedIn('list')).toEqual(['erasures']);
  copyFileSync(world.path('whole/erasures.jsonl'), path);
  expect(await failedIn('list')).toEqual([]);
});
