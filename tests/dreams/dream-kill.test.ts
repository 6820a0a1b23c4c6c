/** A process that is killed at any write of a dream: afterwards all of it is done, or nothing. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-dream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const child = join(root, 'tests/dreams/dream-child.mjs');

interface Task {
  readonly phase: 'fill' | 'plan' | 'dream' | 'apply' | 'undo' | 'look';
  readonly killAt?: number;
  readonly delayMs?: number;
}

interface Answer {
  readonly state?: string;
  readonly states: string[];
  readonly actions: number;
  readonly memories: string;
  readonly undone: string;
  readonly added: number;
  readonly touched: number;
}

/** What it says at its end; undefined where it was killed. */
async function run(name: string, task: Task): Promise<Answer | undefined> {
  const given = JSON.stringify({ ...task, folder: join(folder, name) });
  const started = spawn(process.execPath, [child, given], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string | null>((resolve) => {
    started.on('exit', (_, signal) => resolve(signal));
  });
  const [out, signal] = await Promise.all([text(started.stdout), ended]);
  if (signal === 'SIGKILL') return undefined;
  return JSON.parse(out).answer;
}

/** In a copy of what `from` holds. */
async function runIn(from: string, task: Task): Promise<Answer | undefined> {
  rmSync(join(folder, 'tried'), { recursive: true, force: true });
  cpSync(join(folder, from), join(folder, 'tried'), { recursive: true });
  return run('tried', task);
}

async function look(): Promise<Answer> {
  const seen = await run('tried', { phase: 'look' });
  if (!seen) throw new Error('It was killed.');
  return seen;
}

let before: string;
let after: string;

beforeAll(async () => {
  before = (await run('filled', { phase: 'fill' }))?.memories ?? '';
  cpSync(join(folder, 'filled'), join(folder, 'planned'), { recursive: true });
  await run('planned', { phase: 'plan' });
  cpSync(join(folder, 'planned'), join(folder, 'applied'), { recursive: true });
  await run('applied', { phase: 'apply' });
  after = (await runIn('applied', { phase: 'look' }))?.memories ?? '';
});

const untouched = { state: 'planned', states: ['pending'], actions: 20, added: 0, touched: 0 };
const whole = { state: 'applied', states: ['applied'], actions: 20, added: 10, touched: 60 };
const takenBack = { state: 'undone', states: ['undone'], actions: 20 };

/** Before each of its writes, and a moment after each was begun. */
async function killEverywhere(
  from: string,
  phase: Task['phase'],
  check: (told: string) => Promise<void>,
): Promise<number> {
  for (let killAt = 0; ; killAt += 1) {
    for (const delayMs of [undefined, 1, 20]) {
      const when = { killAt, ...(delayMs !== undefined && { delayMs }) };
      const isWhole = (await runIn(from, { phase, ...when })) !== undefined;
      const told = `${phase}, write ${killAt}, ${delayMs ?? 'before'}`;
      await check(told);
      if (isWhole) return killAt;
    }
  }
}

test('killed while it is applied: all of it is applied, or nothing', {
  timeout: 120_000,
}, async () => {
  const seen = new Set<string | undefined>();
  const writes = await killEverywhere('planned', 'apply', async (told) => {
    const found = await look();
    seen.add(found.state);
    expect(found, told).toMatchObject(found.state === 'planned' ? untouched : whole);
    if (found.state === 'planned') expect(found.memories, told).toBe(before);
    // What was left is applied, and all of it undone.
    expect(found.undone, told).toBe(before);
  });
  expect(writes).toBeGreaterThan(0);
  expect(seen).toEqual(new Set(['planned', 'applied']));
});

test('killed while it is undone: all of it is undone, or nothing', {
  timeout: 120_000,
}, async () => {
  const seen = new Set<string | undefined>();
  const writes = await killEverywhere('applied', 'undo', async (told) => {
    const found = await look();
    seen.add(found.state);
    expect(found, told).toMatchObject(found.state === 'applied' ? whole : takenBack);
    expect(found.memories, told).toBe(found.state === 'applied' ? after : before);
    expect(found.undone, told).toBe(before);
  });
  expect(writes).toBeGreaterThan(0);
  expect(seen).toEqual(new Set(['applied', 'undone']));
});

test('killed anywhere in between: the next start goes on and ends it', {
  timeout: 240_000,
}, async () => {
  let isWhole = false;
  let killAt = 0;
  for (; !isWhole; killAt += 1) {
    isWhole = (await runIn('filled', { phase: 'dream', killAt })) !== undefined;
    const found = await look();
    const told = `dream, write ${killAt}`;
    // Before it is written down there is no dream, and the next one starts.
    if (found.state === undefined) expect(found.memories, told).toBe(before);
    else expect(found, told).toMatchObject(whole);
    expect(found.undone, told).toBe(before);
  }
  expect(killAt).toBeGreaterThan(6);
});
