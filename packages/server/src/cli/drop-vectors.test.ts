/** What `reverie drop-vectors` says, and `reverie compact` of what it still waits for. */
import { expect, test } from 'vitest';
import { runCommand, type World } from './run-command.test.helper.ts';

const run = (command: string[], actions: NonNullable<World['actions']>) =>
  runCommand(command, { url: 'http://127.0.0.1:1', folder: '/nowhere', actions });
const system = 'Qdrant at 127.0.0.1:6333 under reverie';

test('a system that was emptied is named, with what had been there', async () => {
  const dropVectors = async () => ({ system, wasEmpty: false, places: 2 });
  const told = await run(['drop-vectors'], { dropVectors });
  expect(told).toEqual({
    code: 0,
    err: '',
    out: `${system} has nothing of this store any more; 2 namespaces were known to be there.\n`,
  });
  const asJson = await run(['drop-vectors', '--json'], { dropVectors });
  expect(JSON.parse(asJson.out)).toEqual({ ok: true, system, was_empty: false, namespaces: 2 });
});

test('one that had nothing is confirmed to be empty', async () => {
  const dropVectors = async () => ({ system, wasEmpty: true, places: 1 });
  const { out } = await run(['drop-vectors'], { dropVectors });
  expect(out).toBe(`${system} had nothing of this store; 1 namespace was known to be there.\n`);
});

test('compact names the systems that keep receipts from being erased', async () => {
  const compact = async () => ({ bytesBefore: 1, bytesAfter: 1, erased: 1, keptIn: [system] });
  const { out } = await run(['compact'], { compact });
  expect(out).toContain(`1 receipt says erased now.\n`);
  expect(out).toContain(`Others stay hidden: vectors may still be in ${system}.\n`);
});
