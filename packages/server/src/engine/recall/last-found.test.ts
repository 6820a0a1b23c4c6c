import { expect, test } from 'vitest';
import { done, erase, FakeClock, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { accessOf, fullAccess } from '../../domain/access.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordsPort } from '../../ports/records.ts';
import type { Scope } from '../scope.ts';
import { LastFound, withNamespace } from './last-found.ts';

const name = named('home');
const scope: Scope = { tenant: 'ann' as TenantId, actor: 'key', access: fullAccess };

/** A store whose look-ups of namespaces are answered when a test says so. */
function openSlow() {
  const { records } = openEphemeralStore({ clock: new FakeClock() });
  const slow = { way: Promise.resolve(), looked: 0, patch: {} };
  const far: Pick<RecordsPort, 'open'> = {
    open: (tenant) => {
      const own = records.open(tenant);
      return new Proxy(own, {
        get: (_, key) => {
          if (key === 'namespace' || key === 'nameOf') slow.looked += 1;
          if (key === 'namespace') {
            return async (asked: typeof name) => {
              const info = await own.namespace(asked);
              await slow.way;
              return info && { ...info, ...slow.patch };
            };
          }
          const found: unknown = Reflect.get(own, key);
          return typeof found === 'function' ? found.bind(own) : found;
        },
      });
    },
  };
  let stored = 0;
  const store = async () =>
    done(await records.open(scope.tenant).commit(name, { ops: [put(++stored)] }));
  const place = { records: { records: { ...records, ...far } }, lastFound: new LastFound() };
  return { records, slow, store, place };
}

type Opened = ReturnType<typeof openSlow>;

/** A look-up that takes until `end` is called. */
function hold({ slow }: Opened): { end(): void } {
  const held = { end: (): void => {} };
  slow.way = new Promise((resolve) => {
    held.end = resolve;
  });
  return held;
}

const seqs = (place: Opened['place'], begun: number[] = []) =>
  withNamespace(place, scope, name, async (_, info) => {
    begun.push(info?.seq ?? 0);
    return info?.seq;
  });

async function steady(): Promise<Opened> {
  const opened = openSlow();
  await opened.store();
  await seqs(opened.place);
  await seqs(opened.place);
  return opened;
}

test('what was the same twice is begun on before it is looked up again', async () => {
  const opened = await steady();
  const held = hold(opened);
  const begun: number[] = [];
  const answer = seqs(opened.place, begun);
  await Promise.resolve();
  expect(begun).toEqual([1]);
  held.end();
  expect(await answer).toBe(1);
  expect(begun).toEqual([1]);
  expect(opened.slow.looked).toBe(3);
});

test('nothing is begun on what was found once, or has just changed', async () => {
  const opened = openSlow();
  await opened.store();
  await seqs(opened.place);
  for (const seq of [1, 2]) {
    const held = hold(opened);
    if (seq === 2) await opened.store();
    // The second has begun on a guess; the one after it, which is asked below, must not.
    const first = seqs(opened.place);
    held.end();
    expect(await first).toBe(seq);
  }
  const held = hold(opened);
  const begun: number[] = [];
  const answer = seqs(opened.place, begun);
  await Promise.resolve();
  expect(begun).toEqual([]);
  held.end();
  expect(await answer).toBe(2);
});

test('an answer from a state that is over is thrown away, and so is its fault', async () => {
  const opened = await steady();
  await opened.store();
  const begun: number[] = [];
  expect(await seqs(opened.place, begun)).toBe(2);
  expect(begun).toEqual([1, 2]);
  await seqs(opened.place);
  await opened.store();
  const broken = (_: unknown, info: NamespaceInfo | undefined) =>
    info?.seq === 2 ? Promise.reject(new Error('the old state')) : Promise.resolve(info?.seq);
  expect(await withNamespace(opened.place, scope, name, broken)).toBe(3);
});

// A namespace that was removed and made anew has another number, and may have the same `seq`.
test.each(['no', 'epoch', 'seq', 'arrivals', 'generation'])(
  'another %s is another state',
  async (field) => {
    const { place, slow } = await steady();
    slow.patch = { [field]: 9 };
    const begun: unknown[] = [];
    const work = async (_: unknown, info: NamespaceInfo | undefined) => begun.push(info);
    await withNamespace(place, scope, name, work);
    expect(begun).toHaveLength(2);
    expect(begun[1]).toMatchObject({ [field]: 9 });
  },
);

test('a fault that the present state has too is told', async () => {
  const { place } = await steady();
  const fault = () => Promise.reject(new Error('broken'));
  await expect(withNamespace(place, scope, name, fault)).rejects.toThrow('broken');
});

test('a namespace that was removed meanwhile is not there', async () => {
  const { place, records } = await steady();
  const own = records.open(scope.tenant);
  done(await own.commit(name, { ops: [erase(1, 1)] }));
  expect(await own.remove(1)).toBe(true);
  expect(await seqs(place)).toBeUndefined();
});

test('who may not open it learns nothing, and nothing is begun', async () => {
  const { place, slow } = await steady();
  const access = accessOf([{ permissions: ['read'], namespaces: ['garden'] }], 'read');
  const begun: unknown[] = [];
  const work = async (_: unknown, info: unknown) => begun.push(info);
  const refused = withNamespace(place, { ...scope, access }, name, work);
  await expect(refused).rejects.toMatchObject({ code: 'permission_denied' });
  expect(begun).toEqual([]);
  expect(slow.looked).toBe(2);
});

test('who may open that namespace alone reads the rows of a guess without a look-up', async () => {
  const { place, slow } = await steady();
  const access = accessOf([{ permissions: ['read'], namespaces: ['home'] }], 'read');
  const values = await withNamespace(place, { ...scope, access }, name, (records, info) =>
    records.byOrdinal(info?.no ?? 0, [1]),
  );
  expect(values).toHaveLength(1);
  expect(slow.looked).toBe(3);
});
