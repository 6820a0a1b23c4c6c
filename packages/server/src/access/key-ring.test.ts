import { expect, test } from 'vitest';
import type { ControlPort } from '../ports/control.ts';
import { resetRootKey, rootPrincipal } from './key-ring.ts';
import { openAccess } from './open-access.ts';

const clock = { now: () => 1, randomBytes: (length: number) => new Uint8Array(length).fill(7) };

function controlInMemory(): ControlPort & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  const versions = new Map<string, number>();
  return {
    values,
    get: async (key) => {
      const value = values.get(key);
      return value === undefined ? undefined : { key, value, version: versions.get(key) ?? 0 };
    },
    putIfVersion: async (key, value, expected) => {
      if ((versions.get(key) ?? 0) !== expected) return undefined;
      values.set(key, value);
      versions.set(key, expected + 1);
      return expected + 1;
    },
    delete: async (key) => values.delete(key),
    list: async (prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => ({ key, value, version: versions.get(key) ?? 0 })),
  };
}

test('the first start makes a key, shows it once and keeps only its hash', async () => {
  const control = controlInMemory();
  const first = await openAccess(control, clock, undefined);
  expect(first.createdRootKey).toMatch(/^sk-rev-[\w-]{43}$/);
  expect(first.ring.authenticate(first.createdRootKey ?? '')).toMatchObject(rootPrincipal);
  expect(JSON.stringify([...control.values])).not.toContain(first.createdRootKey);
  const second = await openAccess(control, clock, undefined);
  expect(second.createdRootKey).toBeUndefined();
  expect(second.ring.authenticate(first.createdRootKey ?? '')).toMatchObject(rootPrincipal);
});

test('anything but the key is nobody', async () => {
  const { ring, createdRootKey: created = '' } = await openAccess(
    controlInMemory(),
    clock,
    undefined,
  );
  for (const wrong of ['', created.slice(1), `${created} `, created.toUpperCase()]) {
    expect(ring.authenticate(wrong)).toBeUndefined();
  }
});

test('a key from the settings stands in for the stored one; a short one is refused', async () => {
  const control = controlInMemory();
  const { createdRootKey: created = '' } = await openAccess(control, clock, undefined);
  const fromSettings = 'a-root-key-from-settings-1';
  const { ring } = await openAccess(control, clock, fromSettings);
  expect(ring.authenticate(fromSettings)).toMatchObject(rootPrincipal);
  expect(ring.authenticate(created)).toBeUndefined();
  await expect(openAccess(control, clock, 'short')).rejects.toThrow('24');
});

test('a reset makes the former key worthless', async () => {
  const control = controlInMemory();
  const { createdRootKey: created = '' } = await openAccess(control, clock, undefined);
  let byte = 8;
  const other = { ...clock, randomBytes: (length: number) => new Uint8Array(length).fill(byte++) };
  const key = await resetRootKey(control, other);
  const { ring } = await openAccess(control, clock, undefined);
  expect(ring.authenticate(key)).toMatchObject(rootPrincipal);
  expect(ring.authenticate(created)).toBeUndefined();
});

test('what a root key had begun ends with a reset, and the new one begins', async () => {
  const control = controlInMemory();
  const access = await openAccess(control, clock, undefined);
  const { ring, createdRootKey: created = '' } = access;
  const former = ring.authenticate(created) ?? rootPrincipal;
  ring.requireStill(former);
  const other = { ...clock, randomBytes: (length: number) => new Uint8Array(length).fill(9) };
  const key = await resetRootKey(control, other);
  await access.reload(['keys/root']);
  expect(ring.authenticate(created)).toBeUndefined();
  expect(() => ring.requireStill(former)).toThrow(
    expect.objectContaining({ code: 'invalid_api_key' }),
  );
  ring.requireStill(ring.authenticate(key) ?? former);
  // Its webhooks, dreams and schedules are the operator's, whichever key made them.
  ring.requireStill({ tenant: former.tenant, keyId: former.keyId });
});

test('a stored document that cannot be read stops the start', async () => {
  const control = controlInMemory();
  control.values.set('keys/root', '{"sha256":"nonsense"}');
  await expect(openAccess(control, clock, undefined)).rejects.toThrow('cannot be read');
});
