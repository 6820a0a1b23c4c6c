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
  expect(first.ring.authenticate(first.createdRootKey ?? '')).toEqual(rootPrincipal);
  expect(JSON.stringify([...control.values])).not.toContain(first.createdRootKey);
  const second = await openAccess(control, clock, undefined);
  expect(second.createdRootKey).toBeUndefined();
  expect(second.ring.authenticate(first.createdRootKey ?? '')).toEqual(rootPrincipal);
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
  expect(ring.authenticate(fromSettings)).toEqual(rootPrincipal);
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
  expect(ring.authenticate(key)).toEqual(rootPrincipal);
  expect(ring.authenticate(created)).toBeUndefined();
});

test('a stored document that cannot be read stops the start', async () => {
  const control = controlInMemory();
  control.values.set('keys/root', '{"sha256":"nonsense"}');
  await expect(openAccess(control, clock, undefined)).rejects.toThrow('cannot be read');
});
