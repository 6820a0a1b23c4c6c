/** A backup of a running server, restored: all is there but what was forgotten since. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepFile } from '../../packages/server/src/backends/files/keep-file.ts';
import { readErasures } from '../../packages/server/src/backends/files/read-erasures.ts';
import { compact, offlineBackup } from '../../packages/server/src/compose.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { send } from '../http/scenario.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** A store with one of each, backed up; then something of each kind is forgotten. */
async function forgetAfterBackup() {
  const served = await world.serve('data');
  const { client } = served;
  const kept = await client.store({ value: 'Ann grows tulips.', namespace: 'ann' });
  const byId = await client.store({ value: 'Ann fears spiders.', namespace: 'ann' });
  const former = await client.store({ key: 'home', value: 'Lives in Porto.', namespace: 'ann' });
  const byKey = await client.store({ key: 'home', value: 'Lives in Lisbon.', namespace: 'ann' });
  const inBob = await client.store({ value: 'Bob repairs clocks.', namespace: 'bob' });
  await served.backup(world.path('one.tar'));
  const receipts: string[] = [];
  for (const answer of [
    await client.forget({ id: byId.id }),
    await client.forget({ key: 'home', namespace: 'ann' }),
    await client.forgetNamespace({ namespace: 'bob', confirm: true }),
  ]) {
    receipts.push(answer.receipt?.id ?? 'none');
  }
  await served.close();
  const forgotten = [byId.id, former.id, byKey.id, inBob.id];
  return { kept: kept.id, forgotten, receipts };
}

test('what was forgotten since stays forgotten, with its receipts', async () => {
  const { kept, forgotten, receipts } = await forgetAfterBackup();
  const report = await world.restore('one.tar', 'again', 'data/erasures.jsonl');
  expect(report).toMatchObject({ forgets: 3, memories: 4, namespaces: 1 });
  const served = await world.serve('again');
  expect(await served.has(kept)).toBe(true);
  expect(await served.found('tulips', 'ann')).toEqual([kept]);
  for (const id of forgotten) expect([id, await served.has(id)]).toEqual([id, false]);
  expect(await served.found('spiders Porto Lisbon home', 'ann')).not.toContain(forgotten[0]);
  const { text } = await send(served.app, { path: '/v1/namespaces' });
  expect(text).not.toContain('bob');
  for (const id of receipts) {
    expect(await served.receipt(id)).toMatchObject({ receipt: { id, state: 'erased' } });
  }
  // The folder has a list of its own now, with all that the other one had.
  const listed = async (folder: string) =>
    (await readErasures(world.path(`${folder}/erasures.jsonl`))).erasures.map(({ line }) => line);
  expect(await listed('again')).toEqual(await listed('data'));
});

test('a list that is named and not there is no empty list', async () => {
  await forgetAfterBackup();
  const restored = world.restore('one.tar', 'again', 'data/elsewhere.jsonl');
  await expect(restored).rejects.toMatchObject({ code: 'setting_invalid' });
  expect(existsSync(world.path('again'))).toBe(false);
});

test('without the list, it comes back: the list is what keeps it away', async () => {
  const { forgotten } = await forgetAfterBackup();
  const report = await world.restore('one.tar', 'again');
  expect(report).toMatchObject({ isListed: false, forgets: 0, memories: 0 });
  const served = await world.serve('again');
  for (const id of forgotten) expect(await served.has(id)).toBe(true);
});

test('the list in the folder that is restored into counts as well', async () => {
  const { forgotten } = await forgetAfterBackup();
  mkdirSync(world.path('again'));
  copyFileSync(world.path('data/erasures.jsonl'), world.path('again/erasures.jsonl'));
  expect(await world.restore('one.tar', 'again')).toMatchObject({ memories: 4 });
  const served = await world.serve('again');
  for (const id of forgotten) expect(await served.has(id)).toBe(false);
});

test('a list elsewhere is written to, read, and completed', async () => {
  mkdirSync(world.path('elsewhere'));
  const env = { REVERIE_ERASURES: world.path('elsewhere/list.jsonl') };
  const served = await world.serve('data', env);
  const { id } = await served.client.store('Ann fears spiders.');
  await served.backup(world.path('one.tar'));
  await served.client.forget({ id });
  await served.close();
  expect(existsSync(world.path('data/erasures.jsonl'))).toBe(false);
  expect(await world.restore('one.tar', 'again', 'elsewhere/list.jsonl')).toMatchObject({
    memories: 1,
  });
  // A list that was lost begins anew, with what the backup knew.
  const again = await world.serve('again', { REVERIE_ERASURES: world.path('other.jsonl') });
  await again.backup(world.path('two.tar'));
  await again.close();
  await world.restore('one.tar', 'third', 'again/erasures.jsonl');
  expect(await (await world.serve('third')).has(id)).toBe(false);
});

test('what came in again after a forget is not taken away by an older line', async () => {
  const served = await world.serve('data');
  const { client } = served;
  const line = '{"value":"Ann grows tulips."}\n';
  const bring = () => client.importNamespace(line, { namespace: 'ann', importId: 'x' });
  await bring();
  const [first] = await served.found('tulips', 'ann');
  await client.forget({ id: first ?? 'none' });
  expect(await bring()).toMatchObject({ imported: 1 });
  // The id is made of where the line came from.
  expect(await served.found('tulips', 'ann')).toEqual([first]);
  await served.backup(world.path('one.tar'));
  await served.close();
  // A list that this backup has never seen: the memory is newer than the line.
  const other = await world.serve('data', { REVERIE_ERASURES: world.path('other.jsonl') });
  await other.backup(world.path('two.tar'));
  await other.close();
  for (const [backup, folder] of [
    ['one.tar', 'again'],
    ['two.tar', 'third'],
  ] as const) {
    expect(await world.restore(backup, folder, 'data/erasures.jsonl')).toMatchObject({
      memories: 0,
    });
    expect(await (await world.serve(folder)).found('tulips', 'ann')).toEqual([first]);
  }
});

test('a store in the folder is never written over', async () => {
  await forgetAfterBackup();
  const before = readFileSync(world.path('data/reverie.db'));
  await expect(world.restore('one.tar', 'data')).rejects.toMatchObject({ code: 'store_exists' });
  expect(readFileSync(world.path('data/reverie.db'))).toEqual(before);
});

test('a cut or damaged backup is refused, and leaves no store', async () => {
  await forgetAfterBackup();
  const whole = readFileSync(world.path('one.tar'));
  const refused = { code: 'backup_damaged' };
  for (const share of [0, 0.01, 0.5, 0.99]) {
    writeFileSync(world.path('cut.tar'), whole.subarray(0, Math.floor(whole.length * share)));
    await expect(world.restore('cut.tar', 'again')).rejects.toMatchObject(refused);
  }
  for (const share of [0.001, 0.3, 0.7]) {
    const damaged = Buffer.from(whole);
    const at = Math.floor(damaged.length * share);
    damaged[at] = (damaged[at] ?? 0) ^ 0x40;
    writeFileSync(world.path('damaged.tar'), damaged);
    await expect(world.restore('damaged.tar', 'again')).rejects.toMatchObject(refused);
  }
  await expect(world.restore('nowhere.tar', 'again')).rejects.toMatchObject(refused);
  expect(readdirSync(world.path('again')).filter((name) => !name.includes('lock'))).toEqual([]);
  expect(await world.restore('one.tar', 'again')).toMatchObject({ memories: 0 });
});

test('where a restore was cut short no server starts, until it is run again', async () => {
  await forgetAfterBackup();
  mkdirSync(world.path('again/restoring'), { recursive: true });
  writeFileSync(world.path('again/restoring/reverie.db'), 'half');
  await expect(world.serve('again')).rejects.toMatchObject({ code: 'store_damaged' });
  await world.restore('one.tar', 'again');
  expect(existsSync(world.path('again/restoring'))).toBe(false);
  await world.serve('again');
});

test('a damaged list is refused by the number of its line', async () => {
  await forgetAfterBackup();
  const path = world.path('data/erasures.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"selector":"key"', '"selector":"yek"'));
  await expect(world.restore('one.tar', 'again', 'data/erasures.jsonl')).rejects.toMatchObject({
    code: 'store_damaged',
    message: expect.stringContaining('line 2'),
  });
});

test('a backup without a server, and compact', async () => {
  const { kept, receipts } = await forgetAfterBackup();
  const offline = await offlineBackup(world.settings('data'));
  if (!offline) throw new Error('nobody holds the folder');
  await keepFile(world.path('two.tar'), offline.content, async () => undefined);
  expect(statSync(world.path('two.tar')).size).toBe(offline.bytes);
  expect(statSync(world.path('two.tar')).mode & 0o777).toBe(0o600);
  await world.restore('two.tar', 'again');
  expect(await (await world.serve('again')).has(kept)).toBe(true);

  expect(await compact(world.settings('data'))).toMatchObject({ erased: 3 });
  expect(await compact(world.settings('data'))).toMatchObject({ erased: 0 });
  const served = await world.serve('data');
  for (const id of receipts) {
    const { receipt } = await served.receipt(id);
    expect(receipt).toMatchObject({ state: 'erased', erased_at: expect.any(String) });
  }
  await expect(compact(world.settings('data'))).rejects.toMatchObject({ code: 'folder_locked' });
  // A server holds the folder: it is to be asked.
  expect(await offlineBackup(world.settings('data'))).toBeUndefined();
});

test('one backup at a time, and one that nobody reads on gives way', async () => {
  const served = await world.serve('data');
  await served.client.store('Ann grows tulips.');
  const ask = () => send(served.app, { method: 'POST', path: '/v1/admin/backup' });
  const reading = served.client.backup()[Symbol.asyncIterator]();
  await reading.next();
  expect((await ask()).json()).toMatchObject({ error: { code: 'backup_running' } });
  await reading.return?.();
  expect((await ask()).response.status).toBe(200);
  expect(readdirSync(world.path('data')).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('a store in memory has nothing to back up', async () => {
  const app = await openTestApp();
  const { response, text } = await send(app, { method: 'POST', path: '/v1/admin/backup' });
  expect([response.status, text]).toEqual([400, expect.stringContaining('in memory alone')]);
  const guest = await send(app, { method: 'POST', path: '/v1/admin/backup', key: null });
  expect(guest.response.status).toBe(401);
  await app.close();
});
