import { expect, test } from 'vitest';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import { type ApiKey, sha256 } from './api-key.ts';
import { KeyBook } from './key-book.ts';

const tenant = 'acme' as TenantId;
const clock = { now: () => 1, randomBytes: (length: number) => new Uint8Array(length) };
const openBook = () =>
  KeyBook.open(openEphemeralStore({ clock }).control, clock, () => sha256('the root key'));

function keyOf(id: string, secret = id): ApiKey {
  const rank = { isAdmin: false, isOperator: false };
  return {
    id,
    tenant,
    label: '',
    grants: [],
    ...rank,
    hint: '',
    sha256: sha256(secret),
    createdAt: 1,
  };
}

test('keys that are made at once do not go beyond the bound of the tenant', async () => {
  const book = await openBook();
  const free = 3;
  for (let i = 0; i < limits.keysPerTenantMax - free; i++) await book.add(keyOf(`key_${i}`));
  const made = await Promise.allSettled(
    Array.from({ length: free + 2 }, (_, i) =>
      book.claim(tenant, sha256(`new_${i}`), () => book.add(keyOf(`new_${i}`))),
    ),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(free);
  expect(book.list(tenant)).toHaveLength(limits.keysPerTenantMax);
  await book.remove(tenant, 'key_0');
  await book.claim(tenant, sha256('last'), () => book.add(keyOf('last')));
});

test('of two who give a key another secret, the second learns that it has changed', async () => {
  const book = await openBook();
  const key = keyOf('key_1', 'first');
  await book.add(key);
  await book.replace(key, { ...key, sha256: sha256('second') });
  await expect(book.replace(key, { ...key, sha256: sha256('third') })).rejects.toMatchObject({
    code: 'version_conflict',
  });
  expect(['first', 'second', 'third'].map((secret) => book.find(secret)?.id)).toEqual([
    undefined,
    'key_1',
    undefined,
  ]);
});

test('of two keys of one secret, one that is taken back leaves the other', async () => {
  const book = await openBook();
  for (const id of ['key_1', 'key_2']) await book.add(keyOf(id, 'the same'));
  await book.remove(tenant, 'key_2');
  expect(book.find('the same')?.id).toBe('key_1');
  await book.remove(tenant, 'key_1');
  expect(book.find('the same')).toBeUndefined();
});
