/** The commands as a user runs them: beside a server, without one, and where they are refused. */
import { existsSync, statSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rootKey } from '../http/scenario.ts';
import { type ServerProcess, serveProcess } from '../serve-process.ts';
import { runCommand } from './run-command.ts';
import { World } from './world.ts';

let world: World;
let server: ServerProcess;
beforeEach(async () => {
  world = new World();
  await (await world.serve('data')).close();
  server = await serveProcess(world.path('data'), 'default');
});
afterEach(async () => {
  await server.stop('SIGTERM');
  await world.close();
});

const keyed = { REVERIE_API_KEY: rootKey };
const at = (folder: string) => ['--data-dir', world.path(folder)];

test('backup beside a server, restore, and compact', async () => {
  const { id } = await server.client.store('Ann fears spiders.');
  const kept = await server.client.store('Ann grows tulips.');
  const out = world.path('one.tar');
  const asked = ['backup', '--out', out, '--url', server.url];
  const made = await runCommand(asked, keyed);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/^\d+\.\d MB in .*one\.tar, read again and whole\.\n$/);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await runCommand(asked, keyed)).toMatchObject({
    code: 2,
    err: expect.stringContaining('is there already'),
  });
  await server.client.forget({ id });

  const list = { REVERIE_ERASURES: world.path('data/erasures.jsonl') };
  const restored = await runCommand(['restore', out, ...at('again')], list);
  expect(restored).toMatchObject({ code: 0, err: '' });
  expect(restored.out).toMatch(/^Restored into .* UTC\.\n.*gone again: 1 memory\.\n$/);
  expect(await runCommand(['restore', out, ...at('again')], list)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^store_exists: /),
  });
  const again = await world.serve('again');
  expect([await again.has(id), await again.has(kept.id)]).toEqual([false, true]);
  await again.close();

  const compacted = await runCommand(['compact', '--json', ...at('again')]);
  expect(JSON.parse(compacted.out)).toMatchObject({ ok: true, erased: 0 });
});

test('what needs the folder for itself says who holds it', async () => {
  expect(await runCommand(['compact', ...at('data')])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^folder_locked: .*pid \d+.*\nStop it/),
  });
  expect(await runCommand(['compact', ...at('nowhere')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no store in'),
  });
  expect(existsSync(world.path('nowhere'))).toBe(false);
});

test('restore of an id is for one archived memory', async () => {
  const { id } = await server.client.store('Ann grows tulips.');
  await server.client.archive(id);
  const env = { ...keyed, REVERIE_URL: server.url };
  expect(await runCommand(['restore', id], env)).toMatchObject({ code: 0 });
  expect((await server.client.get(id))?.archived).toBe(false);
});

test('a wrong key makes no file', async () => {
  const out = world.path('one.tar');
  const args = ['backup', '--out', out, '--url', server.url];
  const refused = await runCommand(args, { REVERIE_API_KEY: 'wrong' });
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^invalid_api_key: /) });
  expect([existsSync(out), existsSync(`${out}.partial`)]).toEqual([false, false]);
});
