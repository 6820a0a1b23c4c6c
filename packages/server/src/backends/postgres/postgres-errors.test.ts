import { expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { loadPg } from './load-pg.ts';
import { isLostConnection, isToRepeat, toMemoryError } from './postgres-errors.ts';

const fault = (code: string) => Object.assign(new Error('secret-host says no'), { code });

test.each([
  ['ECONNREFUSED', 'store_unavailable'],
  ['57P01', 'store_unavailable'],
  ['08006', 'store_unavailable'],
  ['53300', 'store_unavailable'],
  ['57014', 'store_unavailable'],
  ['40P01', 'store_unavailable'],
  ['53100', 'disk_full'],
  ['25006', 'store_read_only'],
  ['42P01', 'store_damaged'],
  ['XX001', 'store_damaged'],
  ['28P01', 'setting_invalid'],
  ['42501', 'setting_invalid'],
  ['22P02', 'internal'],
])('%s is %s, and tells nothing of the cause', (state, code) => {
  const error = toMemoryError(fault(state));
  expect(error.code).toBe(code);
  expect(error.message).not.toContain('secret-host');
  expect(error.cause).toMatchObject({ code: state });
});

test('only what the server took back is repeated', () => {
  expect(['40001', '40P01'].map((state) => isToRepeat(fault(state)))).toEqual([true, true]);
  expect(isToRepeat(fault('57P01'))).toBe(false);
  expect(isToRepeat(new Error('Connection terminated unexpectedly'))).toBe(false);
  expect(isLostConnection(new Error('Connection terminated unexpectedly'))).toBe(true);
  expect(isLostConnection(fault('23505'))).toBe(false);
});

test('without its driver it says what to install', async () => {
  const missing = loadPg(() => Promise.reject(new Error('not there')));
  await expect(missing).rejects.toMatchObject({
    code: 'setting_invalid',
    message: 'REVERIE_RECORDS: a package is missing. Run: npm install pg@^8.23',
  });
  await missing.catch((error) => expect(MemoryError.isInstance(error)).toBe(true));
});
