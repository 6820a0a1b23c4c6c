/** What `reverie drop-vectors` says, and `reverie compact` of what it still waits for. */
import { expect, test } from 'vitest';
import type { DropRequest, VectorsDropped } from './actions.ts';
import { runCommand, type World } from './run-command.test.helper.ts';

const run = (
  command: string[],
  actions: NonNullable<World['actions']>,
  env: Record<string, string> = {},
) => runCommand(command, { url: 'http://127.0.0.1:1', folder: '/nowhere', actions, env });
const system = 'Qdrant at 127.0.0.1:6333 under reverie';

const drops = (dropped: Omit<VectorsDropped, 'system'>) => async () => ({ system, ...dropped });

test('a system that was emptied is named, with what had been there', async () => {
  const dropVectors = drops({ outcome: 'emptied', places: 2 });
  const told = await run(['drop-vectors', '--confirm'], { dropVectors });
  expect(told).toEqual({
    code: 0,
    err: '',
    out: `${system} has nothing of this store any more; 2 namespaces were known to be there.\n`,
  });
  const asJson = await run(['drop-vectors', '--confirm', '--json'], { dropVectors });
  expect(JSON.parse(asJson.out)).toEqual({ ok: true, outcome: 'emptied', system, namespaces: 2 });
});

test('one that had nothing is confirmed to be empty', async () => {
  const dropVectors = drops({ outcome: 'was_empty', places: 1 });
  const { out } = await run(['drop-vectors', '--confirm'], { dropVectors });
  expect(out).toBe(`${system} had nothing of this store; 1 namespace was known to be there.\n`);
});

test('nothing is asked for that was not confirmed, and the system is shown', async () => {
  const asked: DropRequest[] = [];
  const dropVectors = async (_: unknown, request: DropRequest): Promise<VectorsDropped> => {
    asked.push(request);
    return { system, outcome: 'planned', places: 2 };
  };
  const { out } = await run(['drop-vectors'], { dropVectors });
  expect(out).toContain(`in ${system} would go; 2 namespaces known`);
  expect(out).toContain('--confirm');
  await run(['drop-vectors', '--take-over', '--confirm'], { dropVectors });
  const disowned = await run(['drop-vectors', '--disown', system], { dropVectors });
  expect(disowned.out).toContain(`${system} would not count any more`);
  expect(asked).toEqual([
    { isConfirmed: false, takesOver: false, disown: undefined },
    { isConfirmed: true, takesOver: true, disown: undefined },
    { isConfirmed: false, takesOver: false, disown: system },
  ]);
});

test('another system may have its address beside the one that is emptied', async () => {
  const dropVectors = drops({ outcome: 'emptied', places: 2 });
  const env = {
    REVERIE_VECTORS: 'qdrant',
    REVERIE_QDRANT_URL: 'http://old:6333',
    REVERIE_WEAVIATE_URL: 'http://new:8080',
    REVERIE_PGVECTOR_URL: 'postgres://new/reverie',
  };
  expect(await run(['drop-vectors', '--confirm'], { dropVectors }, env)).toMatchObject({ code: 0 });
  const serve = await run(['compact'], {}, env);
  expect(serve.code).not.toBe(0);
  expect(serve.err).toContain('REVERIE_PGVECTOR_URL');
});

test('compact names the systems that keep receipts from being erased', async () => {
  const compact = async () => ({ bytesBefore: 1, bytesAfter: 1, erased: 1, keptIn: [system] });
  const { out } = await run(['compact'], { compact });
  expect(out).toContain(`1 receipt says erased now.\n`);
  expect(out).toContain(`Others stay hidden: vectors may still be in ${system}.\n`);
});
