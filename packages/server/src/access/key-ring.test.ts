import { expect, test } from 'vitest';
import type { ControlPort } from '../ports/control.ts';
import { openKeyRing, resetRootKey, rootTenant } from './key-ring.ts';

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
    list: async () => [],
  };
}

test('the first start makes a key, shows it once and keeps only its hash', async () => {
  const control = controlInMemory();
  const first = await openKeyRing(control, clock, undefined);
  expect(first.created).toMatch(/^sk-rev-[\w-]{43}$/);
  expect(first.ring.authenticate(first.created ?? '')).toEqual({ tenant: rootTenant });
  expect(JSON.stringify([...control.values])).not.toContain(first.created);
  const second = await openKeyRing(control, clock, undefined);
  expect(second.created).toBeUndefined();
  expect(second.ring.authenticate(first.created ?? '')).toEqual({ tenant: rootTenant });
});

test('anything but the key is nobody', async () => {
  const { ring, created = '' } = await openKeyRing(controlInMemory(), clock, undefined);
  for (const wrong of ['', created.slice(1), `${created} `, created.toUpperCase()]) {
    expect(ring.authenticate(wrong)).toBeUndefined();
  }
});

test('a key from the settings stands in for the stored one; a short one is refused', async () => {
  const control = controlInMemory();
  const { created = '' } = await openKeyRing(control, clock, undefined);
  const fromSettings = 'a-root-key-from-settings-1';
  const { ring } = await openKeyRing(control, clock, fromSettings);
  expect(ring.authenticate(fromSettings)).toEqual({ tenant: rootTenant });
  expect(ring.authenticate(created)).toBeUndefined();
  await expect(openKeyRing(control, clock, 'short')).rejects.toThrow('24');
});

test('a reset makes the former key worthless', async () => {
  const control = controlInMemory();
  const { created = '' } = await openKeyRing(control, clock, undefined);
  let byte = 8;
  const other = { ...clock, randomBytes: (length: number) => new Uint8Array(length).fill(byte++) };
  const key = await resetRootKey(control, other);
  const { ring } = await openKeyRing(control, clock, undefined);
  expect(ring.authenticate(key)).toEqual({ tenant: rootTenant });
  expect(ring.authenticate(created)).toBeUndefined();
});

test('a stored document that cannot be read stops the start', async () => {
  const control = controlInMemory();
  control.values.set('keys/root', '{"sha256":"nonsense"}');
  await expect(openKeyRing(control, clock, undefined)).rejects.toThrow('cannot be read');
});
