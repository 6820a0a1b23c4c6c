/** A store and a copy of it: of two with one id, the system is used by who used it last. */

import { expect, test, vi } from 'vitest';
import { FakeClock } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { openEphemeralVectorIndex } from '../../backends/ephemeral/ephemeral-vector-index.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import { LateVectorIndex } from './late-vector-index.ts';
import { requireTurn, takeTurn } from './store-turn.ts';

const newControl = (): ControlPort => openEphemeralStore({ clock: new FakeClock() }).control;

/** As a copy of the folder, or a clone of the database. */
async function copyOf(control: ControlPort): Promise<ControlPort> {
  const copy = newControl();
  for (const { key, value } of await control.list('vectors/')) {
    await copy.putIfVersion(key, value, 0);
  }
  return copy;
}

const refused = {
  code: 'setting_invalid',
  message: expect.stringContaining('a copy of this store'),
};

test('a copy that is older than the last start is refused, and the store goes on', async () => {
  const [control, index] = [newControl(), openEphemeralVectorIndex()];
  await takeTurn(control, index);
  const copy = await copyOf(control);
  await takeTurn(control, index);
  await expect(takeTurn(copy, index)).rejects.toMatchObject(refused);
  await takeTurn(control, index);
});

test('a copy that starts first has it, and the store is refused from then on', async () => {
  const [control, index] = [newControl(), openEphemeralVectorIndex()];
  await takeTurn(control, index);
  const copy = await copyOf(control);
  await takeTurn(copy, index);
  await expect(requireTurn(control, index)).rejects.toMatchObject(refused);
  await expect(takeTurn(control, index)).rejects.toMatchObject(refused);
  await takeTurn(copy, index);
});

test('servers over one store take it together', async () => {
  const [control, index] = [newControl(), openEphemeralVectorIndex()];
  await Promise.all(Array.from({ length: 8 }, () => takeTurn(control, index)));
  await requireTurn(control, index);
  await takeTurn(control, index);
});

test('a system that was made anew belongs to whoever comes', async () => {
  const control = newControl();
  await takeTurn(control, openEphemeralVectorIndex());
  const copy = await copyOf(control);
  await takeTurn(copy, openEphemeralVectorIndex());
});

test('a server whose system a copy has taken over uses it no more', async () => {
  const [control, system] = [newControl(), openEphemeralVectorIndex()];
  const index = new LateVectorIndex({
    name: 'stand-in',
    open: async () => {
      await takeTurn(control, system);
      return system;
    },
    requireStill: (opened) => requireTurn(control, opened),
    lookEveryMs: 1,
  });
  const place = { tenant: 'one' as TenantId, namespaceNo: 1, generation: 1 };
  const count = () => index.count(place);
  expect(await count()).toBe(0);
  const copy = await copyOf(control);
  await takeTurn(copy, system);
  const soon = { timeout: 5_000, interval: 5 };
  await vi.waitFor(() => expect(count()).rejects.toMatchObject(refused), soon);
  // As where the copy is gone, and the system has been given back.
  const [own] = JSON.parse((await control.list('vectors/turns/'))[0]?.value ?? '[]');
  await system.setTurn(own);
  await vi.waitFor(async () => expect(await count()).toBe(0), soon);
  await index.close();
});
