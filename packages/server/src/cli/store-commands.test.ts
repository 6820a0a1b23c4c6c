/** What `reverie migrate` and `reverie reindex` say, and how far they are on a terminal. */
import { expect, test } from 'vitest';
import type { NamespaceName, TenantId } from '../domain/memory.ts';
import type { CliActions, Migration } from './actions.ts';
import { runCommand, type World } from './run-command.test.helper.ts';

const counts = {
  ...{ store: 1, namespaces: 1, documents: 4, receipts: 0, memories: 2, versions: 1 },
  ...{ vectors: 2, changes: 3 },
};
const moved: Migration = {
  ...{ from: 'sqlite:/one', to: 'postgres://db/two', counts, isResumed: true },
  ...{ differences: [], notes: ['The root key is the one that you know.'] },
};
const args = ['migrate', '--from', '/one', '--to', 'postgres://db/two'];

const migrating =
  (report: Migration): CliActions['migrate'] =>
  async (_settings, _places, tell) => {
    tell({ step: 'copy', rows: 3, total: 12 });
    return report;
  };

const run = (command: string[], world: World) =>
  runCommand(command, { url: 'http://127.0.0.1:1', folder: '/nowhere', ...world });

test('a migration says what was moved, and how far it is where somebody watches', async () => {
  const actions = { migrate: migrating(moved) };
  const quiet = await run(args, { actions });
  expect(quiet).toMatchObject({ code: 0, err: '' });
  expect(quiet.out).toBe(
    'Moved from sqlite:/one to postgres://db/two, a part of it by an earlier run.\n' +
      '1 namespace, 2 memories, 1 former version, 2 sets of vectors, 3 changes, 4 documents, ' +
      '0 receipts.\nBoth were read again and compared: every row is the same.\n' +
      'The root key is the one that you know.\n',
  );
  const watched = await run(args, { actions, isWatched: true });
  expect(watched.err).toBe('\r\u001b[K25% copied, 3 of 12 rows, 0/s\r\u001b[K');
  const asJson = await run([...args, '--json'], { actions, isWatched: true });
  expect(asJson.err).toBe('');
  expect(JSON.parse(asJson.out)).toMatchObject({ ok: true, resumed: true, rows: { memories: 2 } });
});

test('stores that differ are a failure, told by namespace', async () => {
  const [tenant, namespace] = ['acme' as TenantId, 'home' as NamespaceName];
  const difference = { part: 'memories', namespaceNo: 1, tenant, namespace } as const;
  const differences = [
    { ...difference, sourceRows: 2, targetRows: 1 },
    { part: 'documents', sourceRows: 4, targetRows: 4 } as const,
  ];
  const actions = { migrate: migrating({ ...moved, differences }) };
  const found = await run(args, { actions });
  expect(found.code).toBe(1);
  expect(found.out).toContain('memories of acme/home: 2 rows in the source, 1 in the target\n');
  expect(found.out).toContain('documents: 4 rows in the source, 4 in the target, and not all');
  expect(found.out).not.toContain('every row is the same');
});

test('both places must be named', async () => {
  expect(await run(['migrate', '--from', '/one'], {})).toMatchObject({ code: 2 });
});

test('a reindex says what is left to do', async () => {
  const remade = { analyses: { made: 4, changed: 1 }, images: { made: 1, changed: 1 } };
  const problem = { tenant: 'acme' as TenantId, namespace: 'home' as NamespaceName };
  const reindex: CliActions['reindex'] = async (_settings, name, tell) => {
    expect(name).toBe('home');
    tell({ memories: 5, total: 5 });
    const problems = [{ ...problem, problem: 'mem_1 cannot be read: it is damaged' }];
    return { namespaces: 1, memories: 5, remade, pendingVectors: 1, problems };
  };
  const command = ['reindex', '--namespace', 'home'];
  const done = await run(command, { actions: { reindex }, isWatched: true });
  expect(done.code).toBe(1);
  expect(done.err).toBe('\r\u001b[K5 of 5 memories analysed, 0/s\r\u001b[K');
  expect(done.out).toBe(
    '4 of 5 memories in 1 namespace analysed again: 1 is not as before. ' +
      '1 index built and stored.\n1 memory waits for vectors: a running server makes them.\n' +
      'acme/home: mem_1 cannot be read: it is damaged\n' +
      '"reverie verify" tells more; the memories are as they were.\n',
  );
});
