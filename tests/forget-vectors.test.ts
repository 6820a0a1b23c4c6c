/** A receipt says erased only when no system that searches vectors has any of what it was asked. */
import { expect, test } from 'vitest';
import {
  done,
  erase,
  FakeClock,
  named,
  put,
} from '../packages/server/src/backends/contract/fixtures.ts';
import { openEphemeralStore } from '../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { openEraser } from '../packages/server/src/compose-forget.ts';
import { limits } from '../packages/server/src/domain/limits.ts';
import type { KeyHash, TenantId } from '../packages/server/src/domain/memory.ts';
import { markErased } from '../packages/server/src/engine/forget/mark-erased.ts';
import { forgetKeys, noCounts, parseForget } from '../packages/server/src/engine/forget/receipt.ts';
import { runForget } from '../packages/server/src/engine/forget/run-forget.ts';
import { nobody, writeFeed } from '../packages/server/src/engine/vectors/feed-document.ts';

const tenant = 'tenant' as TenantId;
const count = limits.forgetBatchRows + 2;

/** A namespace whose vectors another system has, and a long forget of all that is in it. */
async function openForget() {
  const store = openEphemeralStore({ clock: new FakeClock() });
  const { records, control } = store;
  const { deps } = await openEraser(store, { during: (_, work) => work() });
  const handle = records.open(tenant);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  const commit = async (ops: Parameters<typeof handle.commit>[1]['ops']) =>
    done(await handle.commit(named('home'), { generation: 1, ops })).namespace;
  const { no, epoch, seq: stored } = await commit(all.map((ordinal) => put(ordinal)));
  const place = { tenant, namespaceNo: no, generation: 1 };
  const state = { tenant, identity: 'one', system: 'one', epoch, filled: count, arrivals: 0 };
  let version = 0;
  const follow = async (seq: number) => {
    const next = { ...state, seq, phase: 'follow', holder: nobody } as const;
    version = (await writeFeed(control, place, next, version))?.version ?? version;
  };
  await follow(stored);
  return {
    follow,
    /** What another request takes, while this one is on its way to it. */
    eraseAll: () => commit(all.map((ordinal) => erase(ordinal, 1))),
    remove: () => handle.remove(no),
    forget: () =>
      runForget(deps, {
        ...{ tenant, id: 'fgt_1', named: all, derived: [], seenTo: count + 1 },
        stored: {
          ...{ state: 'running', selector: 'filter', namespaceNo: no, askedAt: 1 },
          ...{ namespaceHash: 'hash' as KeyHash, counts: noCounts },
        },
      }),
    state: async () => {
      await markErased(deps);
      const document = await control.get(forgetKeys.receipt(tenant, 'fgt_1'));
      return document && parseForget(document.value).state;
    },
    dropped: () => control.delete(`vectors/feeds/${no}/1`),
  };
}

test('what another forget has taken first is not erased before the system knows', async () => {
  const opened = await openForget();
  const { seq } = await opened.eraseAll();
  expect(await opened.forget()).toMatchObject({ state: 'hidden', hidden: { seq: null } });
  expect(await opened.state()).toBe('hidden');
  await opened.follow(seq - 1);
  expect(await opened.state()).toBe('hidden');
  await opened.follow(seq);
  expect(await opened.state()).toBe('erased');
});

test('what went with its namespace is not erased before the system has dropped it', async () => {
  const opened = await openForget();
  const { seq } = await opened.eraseAll();
  await opened.remove();
  expect(await opened.forget()).toMatchObject({ state: 'hidden', hidden: { seq: null } });
  // The place stands as it was left: nobody looks at changes of a namespace that is gone.
  await opened.follow(seq);
  expect(await opened.state()).toBe('hidden');
  await opened.dropped();
  expect(await opened.state()).toBe('erased');
});
