/** Every command of docs/guides/dreams.md is run, from the first to the last. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createClient, type ReverieClient } from '@reverie/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { type PlannedAction, strategyIds } from '../../packages/server/src/domain/dream.ts';
import { presetNames, presets } from '../../packages/server/src/http/dream-presets.ts';
import { type Listening, listen } from '../../packages/server/src/http/listen.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { rootKey } from '../http/scenario.ts';
import { read, root } from '../source-files.ts';
import { scripted } from './open-dreams.ts';

const guide = read('docs/guides/dreams.md');
const blocksOf = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );
const commands = blocksOf('sh').flatMap((block) =>
  block
    .replaceAll('\\\n', ' ')
    .split(/\n(?=reverie |curl )/)
    .map((command) => command.trim()),
);

/** They say something new of every dream, whatever was said before. */
let said = 0;
const strategies = strategyIds.map((id) =>
  scripted(id, async ({ memories }) =>
    memories.map((memory): PlannedAction => {
      const sources = [{ id: memory.id, version: memory.version }];
      const words = { type: 'summary', subject: memory.id, occurredAt: memory.occurredAt };
      const add = { value: `Saying ${said++}.`, ...words };
      return { strategy: id, reason: 'As the guide says.', confidence: 0.97, sources, add };
    }),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'reverie-guide-'));
let app: RunningApp;
let server: Listening;
let reverie: ReverieClient;
beforeAll(async () => {
  app = await openTestApp({}, { strategies });
  server = await listen(app.fetch, { port: 0, host: '127.0.0.1' });
  reverie = createClient({ baseUrl: server.url, apiKey: rootKey, namespace: 'ann', retries: 0 });
  for (const value of ['Ann lives in Porto.', 'Ann lives in Lisbon.']) await reverie.store(value);
  const command = join(folder, 'reverie');
  const entry = join(root, 'packages/server/bin/reverie.mjs');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(async () => {
  await server.close(1000);
  await app.close();
  rmSync(folder, { recursive: true });
});

async function run(command: string): Promise<{ out: string; code: number | null }> {
  const env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    ...{ REVERIE_URL: server.url, REVERIE_API_KEY: rootKey },
  };
  const child = spawn('/bin/sh', ['-c', command], {
    ...{ cwd: folder, env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out: out + err, code };
}

/** The dream, or the schedule, that was made last. */
async function named(command: string): Promise<string> {
  const [dream] = (await reverie.dreams()[Symbol.asyncIterator]().next().then(one)) ?? [];
  const schedule = (await reverie.schedules()).at(-1);
  return command
    .replaceAll('http://127.0.0.1:7360', server.url)
    .replace('dream_...', dream ?? '')
    .replace('schedule_...', schedule?.id ?? '');
}
const one = ({ value }: { value?: { id: string } }): string[] => (value ? [value.id] : []);

describe('the commands', { timeout: 120_000 }, () => {
  test('are there', () => expect(commands.length).toBeGreaterThan(15));

  test.each(commands)('%s', async (command) => {
    expect(command).toMatch(/^(reverie|curl) /);
    const { out, code } = await run(await named(command));
    expect(code, out).toBe(0);
    expect(out).not.toContain('"error":{');
    if (command.startsWith('curl')) expect(JSON.parse(out).ok, out).toBe(true);
  });

  test('have done what the guide says', async () => {
    const states: string[] = [];
    for await (const { status } of reverie.dreams()) states.push(status);
    expect(new Set(states)).toEqual(new Set(['planned', 'applied', 'undone', 'discarded']));
    expect(await reverie.schedules()).toHaveLength(2);
  });
});

test('the lines of the SDK are these', async () => {
  const lines = read('tests/dreams/guide.test.ts').replaceAll(/^ +/gm, '');
  for (const block of blocksOf('ts')) expect(lines).toContain(block);
  const told: unknown[] = [];
  const console = { log: (...each: unknown[]) => told.push(each) };
  const dream = await reverie.dream({ strategies: ['compress'] });
  const { diff } = await reverie.dreamPage(dream.id);
  for (const { id, reason, confidence } of diff.actions) console.log(id, confidence, reason);
  const { applied, dropped } = await reverie.applyDream(dream.id);
  const { restored, removed } = await reverie.undoDream(dream.id);
  expect(told).toHaveLength(applied);
  expect([applied > 0, dropped, restored, removed]).toEqual([true, 0, applied, applied]);
});

test('the table of presets is that of the code', () => {
  for (const name of presetNames) {
    const { cron, strategies } = presets[name];
    const [minute, hour] = cron.split(' ');
    const when = /^\d+$/.test(hour ?? '')
      ? `${hour?.padStart(2, '0')}:0${minute}`
      : 'every four hours';
    const what =
      strategies[0] === 'full_cycle' ? 'all nine' : strategies.map((id) => `\`${id}\``).join(', ');
    expect(guide).toContain(`| \`${name}\` | ${when} | ${what} |`);
  }
});
