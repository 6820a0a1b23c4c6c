import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyWebhook } from './verify-webhook.ts';

const secret = 'whsec_of_a_test';
const raw = JSON.stringify({
  ...{ id: 'evt_1', event: 'memory.created', timestamp: '2026-11-21T10:00:00.000Z' },
  data: { memory_id: 'mem_1', namespace: 'é', version: 1 },
});
const t = 1_800_000_000;
const now = () => t * 1000 + 5_000;
const sign = (by: string, time = t, body = raw) =>
  createHmac('sha256', by).update(`${time}.${body}`).digest('hex');
const header = (...signed: string[]) => ({ 'x-reverie-signature': `t=${t},${signed.join(',')}` });

const refused = { code: 'invalid_signature' };

test('a delivery that fits is read, from text and bytes, from any sort of headers', async () => {
  const headers = header(`v1=${sign(secret)}`);
  const wanted = { id: 'evt_1', type: 'memory.created', memoryId: 'mem_1', namespace: 'é' };
  expect(await verifyWebhook(raw, headers, secret, { now })).toMatchObject(wanted);
  const bytes = new TextEncoder().encode(raw);
  expect(await verifyWebhook(bytes, new Headers(headers), secret, { now })).toMatchObject(wanted);
  const listed = { 'X-Reverie-Signature': [headers['x-reverie-signature']] };
  expect(await verifyWebhook(raw, listed, secret, { now })).toMatchObject(wanted);
});

test('one of several signatures is enough: secrets may overlap', async () => {
  const headers = header(`v1=${sign('another')}`, `v1=${sign(secret)}`);
  await expect(verifyWebhook(raw, headers, secret, { now })).resolves.toBeDefined();
  await expect(verifyWebhook(raw, headers, 'another', { now })).resolves.toBeDefined();
  await expect(verifyWebhook(raw, headers, 'third', { now })).rejects.toMatchObject(refused);
});

test.each([
  ['another body', header(`v1=${sign(secret, t, `${raw} `)}`)],
  ['another secret', header(`v1=${sign('another')}`)],
  ['another time', { 'x-reverie-signature': `t=${t + 1},v1=${sign(secret)}` }],
  ['no header', {}],
  ['no time', { 'x-reverie-signature': `v1=${sign(secret)}` }],
  ['no signature', header('v1=')],
  ['a shorter signature', header(`v1=${sign(secret).slice(0, 62)}`)],
  ['letters in the time', { 'x-reverie-signature': `t=abc,v1=${sign(secret)}` }],
  ['the signature of REM', { 'x-rem-signature': sign(secret) }],
])('%s is refused', async (_name, headers) => {
  await expect(verifyWebhook(raw, headers, secret, { now })).rejects.toMatchObject(refused);
});

test('what is old, or from the future, is refused', async () => {
  const headers = header(`v1=${sign(secret)}`);
  const at = (seconds: number) => ({ now: () => (t + seconds) * 1000 });
  await expect(verifyWebhook(raw, headers, secret, at(299))).resolves.toBeDefined();
  await expect(verifyWebhook(raw, headers, secret, at(301))).rejects.toMatchObject(refused);
  await expect(verifyWebhook(raw, headers, secret, at(-301))).rejects.toMatchObject(refused);
  const wide = { toleranceSeconds: 600, ...at(500) };
  await expect(verifyWebhook(raw, headers, secret, wide)).resolves.toBeDefined();
});
