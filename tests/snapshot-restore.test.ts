/** A restore that is cut short, or meets writers: it goes on, and no later write is lost. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as ephemeral from '../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { type OpenEngine, openEngine } from '../packages/server/src/compose-engine.ts';
import { openModels } from '../packages/server/src/compose-models.ts';
import { loadSettings } from '../packages/server/src/config/settings.ts';
import { parseNamespace } from '../packages/server/src/domain/names.ts';
import { createLog } from '../packages/server/src/observe/log.ts';
import type { ControlPort } from '../packages/server/src/ports/control.ts';
import type { Batch, RecordsPort, TenantRecords } from '../packages/server/src/ports/records.ts';
import { systemClock } from '../packages/server/src/util/system-clock.ts';
import { scope } from './full-scope.ts';

const ann = parseNamespace('ann');
const facts = 250;

let opened: OpenEngine;
/** Called before each commit of a restore. */
let beforeCommit: (batch: Batch) => Promise<void> | void;
/** Called before a snapshot is written. */
let beforeMark: () => Promise<unknown> | undefined;
let control: ControlPort;
beforeEach(async () => {
  beforeCommit = () => undefined;
  beforeMark = () => undefined;
  const store = ephemeral.openEphemeralStore({ clock: systemClock });
  control = {
    get: (key) => store.control.get(key),
    delete: (key) => store.control.delete(key),
    list: (prefix, page) => store.control.list(prefix, page),
    putIfVersion: async (key, value, expected) => {
      if (key.startsWith('snapshots/')) await beforeMark();
      return store.control.putIfVersion(key, value, expected);
    },
  };
  const settings = loadSettings({ REVERIE_RECORDS: 'ephemeral', REVERIE_LOG_LEVEL: 'silent' });
  opened = await openEngine({
    settings,
    records: watched(store.records),
    control,
    share: undefined,
    models: await openModels(settings),
    clock: systemClock,
    secret: new Uint8Array(32),
    log: createLog('silent'),
  });
});
afterEach(() => opened.close());

function watched(records: RecordsPort): RecordsPort {
  return {
    name: records.name,
    namespaces: (afterNo, limit) => records.namespaces(afterNo, limit),
    vectors: records.vectors,
    status: () => records.status(),
    close: () => records.close(),
    open: (tenant) => {
      const inner = records.open(tenant);
      const commit: TenantRecords['commit'] = async (name, batch) => {
        if (batch.ops.some(({ op }) => op === 'restore' || op === 'archive')) {
          await beforeCommit(batch);
        }
        return inner.commit(name, batch);
      };
      return new Proxy(inner, {
        get: (target, name) => {
          if (name === 'commit') return commit;
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    },
  };
}

const fact = (i: number, value: string) => ({ namespace: ann, input: { key: `k${i}`, value } });
const numbers = Array.from({ length: facts }, (_, i) => i);
const valueUnder = async (key: string) =>
  (await opened.engine.getByKey(scope, ann, key)).memory?.body.value;
const restore = (id: string) =>
  opened.engine.restoreSnapshot(scope, { namespace: ann, id, dryRun: false, limit: 1000 });

async function changedSinceSnapshot(): Promise<string> {
  const { engine } = opened;
  await engine.storeMany(
    scope,
    numbers.map((i) => fact(i, `before ${i}`)),
  );
  const { id } = await engine.createSnapshot(scope, ann, 'x');
  await engine.storeMany(
    scope,
    numbers.map((i) => fact(i, `after ${i}`)),
  );
  return id;
}

test.each([1, 2, 4, 5, 6])('cut before commit %i, it goes on when asked again', async (at) => {
  const { engine } = opened;
  const id = await changedSinceSnapshot();
  let commits = 0;
  beforeCommit = () => {
    if (++commits === at) throw new Error('killed');
  };
  await expect(restore(id)).rejects.toThrow('killed');
  beforeCommit = () => undefined;
  const listed = await engine.snapshots(scope, ann);
  expect(listed.find((snapshot) => snapshot.id === id)?.restoring).toBeDefined();
  // What users write in between is theirs.
  await engine.store(scope, ann, { key: 'k3', value: 'later' });
  await engine.store(scope, ann, { key: 'new', value: 'also later' });

  const report = await restore(id);
  expect(report.resumed).toBe(true);
  const values = await Promise.all(numbers.map((i) => valueUnder(`k${i}`)));
  const expected = numbers.map((i) => (i === 3 ? 'later' : `before ${i}`));
  expect(values).toEqual(expected);
  expect(await valueUnder('new')).toBe('also later');
  const ended = await engine.snapshots(scope, ann);
  expect(ended.every(({ restoring }) => restoring === undefined)).toBe(true);
  expect(ended).toHaveLength(2);
});

test('a write that comes while it runs stands, and is told', async () => {
  const { engine } = opened;
  const id = await changedSinceSnapshot();
  let raced = false;
  beforeCommit = async ({ ops }) => {
    if (raced || ops[0]?.op !== 'restore') return;
    raced = true;
    await engine.store(scope, ann, { key: 'k0', value: 'raced' });
  };
  const report = await restore(id);
  expect(report).toMatchObject({ archived: facts, restored: facts - 1, kept: 1 });
  expect(report.memories.filter(({ action }) => action === 'kept')).toHaveLength(1);
  expect(await valueUnder('k0')).toBe('raced');
  expect(await valueUnder('k1')).toBe('before 1');
});

test('a snapshot of a namespace that is forgotten meanwhile leaves no name behind', async () => {
  const { engine } = opened;
  await engine.storeMany(scope, [fact(1, 'Porto')]);
  beforeMark = () => engine.forget(scope, { everything: true, namespace: ann, isConfirmed: true });
  await expect(engine.createSnapshot(scope, ann, 'what Ann called it')).rejects.toMatchObject({
    code: 'namespace_not_found',
  });
  expect(JSON.stringify(await control.list(''))).not.toContain('what Ann called it');
});
