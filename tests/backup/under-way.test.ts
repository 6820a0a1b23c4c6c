/** A backup between the line of a forget and its commit: it is forgotten all the same. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openErasureFile } from '../../packages/server/src/backends/files/erasure-file.ts';
import { keepFile } from '../../packages/server/src/backends/files/keep-file.ts';
import { openSqliteStore } from '../../packages/server/src/backends/sqlite/sqlite-store.ts';
import { createBackups } from '../../packages/server/src/compose-backup.ts';
import { openEngine } from '../../packages/server/src/compose-engine.ts';
import { openModels } from '../../packages/server/src/compose-models.ts';
import { parseMemoryId } from '../../packages/server/src/domain/ids.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { storeSecret } from '../../packages/server/src/engine/key-hasher.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import type { ErasureList } from '../../packages/server/src/ports/erasures.ts';
import { systemClock as clock } from '../../packages/server/src/util/system-clock.ts';
import { scope as fullScope } from '../full-scope.ts';
import { World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const scope = { ...fullScope, tenant: 'root' as TenantId };
const ann = parseNamespace('ann');

test('what is listed and not erased yet is forgotten by the restore', async () => {
  const settings = world.settings('data');
  const store = await openSqliteStore({ folder: settings.dataDir, clock });
  const list = await openErasureFile(settings.erasures);
  const backup = createBackups({ settings, version: '0', clock, place: () => list.place() });
  /** Makes a backup after the line is written, and before anything is erased. */
  const erasures: ErasureList = {
    during: (erasure, erase) =>
      list.during(erasure, async () => {
        const { content } = await backup();
        await keepFile(world.path('one.tar'), content, async () => undefined);
        return erase();
      }),
  };
  const { engine, close } = await openEngine({
    ...{ settings, erasures, clock, log: createLog('silent') },
    ...{ records: store.records, control: store.control, share: undefined },
    models: await openModels(settings),
    secret: await storeSecret(store.control, clock),
  });
  const idOf = async (value: string) =>
    (await engine.store(scope, ann, { value })).memory?.id ?? parseMemoryId('none');
  const gone = await idOf('Ann fears spiders.');
  const kept = await idOf('Ann grows tulips.');
  await engine.forget(scope, { memoryId: gone });
  await close();
  await list.close();
  await store.close();

  expect(await world.restore('one.tar', 'again')).toMatchObject({ forgets: 1, memories: 1 });
  const served = await world.serve('again');
  expect([await served.has(gone), await served.has(kept)]).toEqual([false, true]);
});
