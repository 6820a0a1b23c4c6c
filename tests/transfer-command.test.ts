/** Export, import and snapshots by the built command; killed and run again they are exact. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@reverie/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonical } from './http/transfer.ts';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reverie-transfer-'));
const running: ChildProcess[] = [];
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const env = { ...Object.fromEntries(foreign), REVERIE_LOG_LEVEL: 'silent' };

const memories = 2_000;
const source = join(folder, 'source.jsonl');
let server: { url: string; child: ChildProcess };

beforeAll(async () => {
  const lines = Array.from({ length: memories }, (_, i) => {
    const value = `Memory ${i}: ${'words that take a moment to read '.repeat(6)}`;
    return `${JSON.stringify({ value, ...(i % 3 === 0 && { key: `key ${i % 300}` }) })}\n`;
  });
  writeFileSync(source, lines.join(''));
  server = await serve();
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function serve() {
  const args = [command, 'serve', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'pipe' });
  running.push(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', () => reject(new Error('The server ended.')));
    child.stdout.on('data', (part) => {
      const found = /Reverie is at (http\S+)/.exec(String(part));
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  return { url, child };
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...env, REVERIE_URL: server.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const code = new Promise<number | null>((done) => child.on('close', done));
  return { child, ended: Promise.all([text(child.stdout), text(child.stderr), code]) };
}

async function run(...args: string[]) {
  const [out, err, code] = await start(...args).ended;
  return { out, err, code };
}

async function countIn(namespace: string): Promise<number> {
  const apiKey = readFileSync(join(folder, 'reverie-data/root.key'), 'utf8').trim();
  const client = createClient({ baseUrl: server.url, apiKey });
  for await (const { name, memories: count } of client.namespaces()) {
    if (name === namespace) return count;
  }
  return 0;
}

/** When an import is well under way. */
async function middle(namespace: string): Promise<void> {
  while ((await countIn(namespace)) < memories / 5) await sleep(5);
}

test('an import whose sender is killed', async () => {
  const first = start('import', source, '-n', 'sender', '--import-id', 'a');
  await middle('sender');
  first.child.kill('SIGKILL');
  await first.ended;
  const again = await run('import', source, '-n', 'sender', '--import-id', 'a');
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('there already') });
  expect(await countIn('sender')).toBe(memories);
});

test('an import whose server is killed', async () => {
  const first = start('import', source, '-n', 'server');
  await middle('server');
  server.child.kill('SIGKILL');
  const [, err, code] = await first.ended;
  expect(code).toBe(1);
  expect(err).toContain('Run the same command again');
  server = await serve();
  const stored = await countIn('server');
  expect(stored).toBeLessThan(memories);
  const again = await run('import', source, '-n', 'server', '--json');
  const { imported, present, ok } = JSON.parse(again.out);
  expect([ok, imported, present]).toEqual([true, memories - stored, stored]);
  expect(await countIn('server')).toBe(memories);
});

test('a file that is none is refused, and nobody is told to send it again', async () => {
  const file = join(folder, 'noise.txt');
  writeFileSync(file, 'x\n'.repeat(20_000));
  const { code, err } = await run('import', file, '-n', 'noise');
  expect(code).toBe(1);
  expect(err).toContain('too_many_items');
  expect(err).not.toContain('Run the same command again');
});

test('an export that is killed or cut goes on, and brings the same elsewhere', async () => {
  const file = join(folder, 'out.jsonl');
  const first = start('export', '-n', 'server', '--out', file);
  while (!existsSync(file) || statSync(file).size === 0) await sleep(1);
  first.child.kill('SIGKILL');
  await first.ended;
  const again = await run('export', '-n', 'server', '--out', file);
  // Where it was too quick to be killed, the file is whole and stays.
  expect([0, 2]).toContain(again.code);
  const whole = readFileSync(file);
  for (const size of [whole.length - 2, whole.length - 300, whole.length >> 1, 20, 0]) {
    writeFileSync(file, whole.subarray(0, size));
    expect(await run('export', '-n', 'server', '--out', file)).toMatchObject({ code: 0 });
    if (size > 1000) expect(readFileSync(file).equals(whole)).toBe(true);
  }
  expect(await run('export', '-n', 'server', '--out', file)).toMatchObject({ code: 2 });
  expect(await run('export', '-n', 'server', '--out', source)).toMatchObject({ code: 2 });

  expect(await run('import', file, '-n', 'copy')).toMatchObject({ code: 0 });
  const copy = join(folder, 'copy.jsonl');
  await run('export', '-n', 'copy', '--out', copy);
  expect(canonical(readFileSync(copy, 'utf8'))).toEqual(canonical(readFileSync(file, 'utf8')));
});

test('snapshots are made, compared with, restored and deleted', async () => {
  const ask = (...args: string[]) => run('snapshots', ...args, '-n', 'small');
  await run('store', 'Lives in Porto.', '--key', 'home', '-n', 'small');
  const made = await ask('create', 'monday', '--json');
  const { id } = JSON.parse(made.out);
  await run('store', 'Lives in Lisbon.', '--key', 'home', '-n', 'small');
  const compared = await ask('compare', id);
  expect(compared).toMatchObject({ code: 0, err: '1 added, 1 superseded\n' });
  expect((await ask('restore', id, '--dry-run')).out).toContain('Would be: 1 brought back');
  expect((await ask('restore', id)).out).toContain('The state before is the snapshot snap_');
  expect((await run('list', '-n', 'small')).out).toContain('Porto');
  expect((await ask('delete', id)).code).toBe(0);
  expect((await ask('list')).out).toMatch(/^snap_.* before restoring monday \(2 memories\)\n$/);
  expect((await ask('restore', id)).err).toContain('snapshot_not_found');
});

test('a restore whose server is killed goes on', async () => {
  await run('store', 'The only one that stays.', '-n', 'restored');
  const made = await run('snapshots', 'create', 'small', '-n', 'restored', '--json');
  const { id } = JSON.parse(made.out);
  await run('import', source, '-n', 'restored');
  const apiKey = readFileSync(join(folder, 'reverie-data/root.key'), 'utf8').trim();
  const client = createClient({ baseUrl: server.url, apiKey, namespace: 'restored' });
  let hasEnded = false;
  const first = client.restoreSnapshot(id).then(
    () => {
      hasEnded = true;
    },
    () => undefined,
  );
  const hasBegun = async () => (await client.snapshots()).some(({ restoring }) => restoring);
  while (!hasEnded && !(await hasBegun())) await sleep(1);
  server.child.kill('SIGKILL');
  await first;
  server = await serve();

  const again = await run('snapshots', 'restore', id, '-n', 'restored', '--json');
  const { resumed, archived, restored } = JSON.parse(again.out);
  // A machine on which it was too quick to be killed has nothing left to do.
  expect(resumed).toBe(!hasEnded);
  expect(archived + restored).toBeLessThanOrEqual(memories);
  const left = await run('list', '--all', '-n', 'restored');
  expect(left.err).toBe('1 memory\n');
  expect(left.out).toContain('The only one that stays.');
  const compared = await run('snapshots', 'compare', id, '-n', 'restored', '--json');
  const { counts } = JSON.parse(compared.out);
  expect(counts).toMatchObject({ added: memories, changed: 0, archived: 0, unknown: 0 });
});
