import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import type { AppEnv } from '../context.ts';
import { mountHealth } from './health.ts';

const well = { writable: true, reason: '' };
const usual = { ...well, pending: 0, problem: '', answers: true, isDraining: false };
const publishing = { isRunning: true, ok: true, behind: 0, oldestMs: 0 };

async function ready(state: Partial<typeof usual>, events?: typeof publishing) {
  const { writable, reason, pending, problem, answers, isDraining } = { ...usual, ...state };
  const app = new OpenAPIHono<AppEnv>();
  mountHealth(app, {
    version: '0',
    model: () => 'none',
    publishStatus: () => events,
    recordsStatus: async () => ({ writable, ...(reason && { reason }) }),
    embeddingsProgress: async () => ({ pending, switching: 0, ...(problem && { problem }) }),
    embedderAnswers: () => answers,
    edge: { isDraining: () => isDraining },
  });
  const response = await app.fetch(new Request('http://reverie.test/health/ready'));
  return { code: response.status, ...JSON.parse(await response.text()) };
}

test('all is well', async () => {
  expect(await ready({})).toEqual({
    ...{ code: 200, ok: true, status: 'ok' },
    checks: {
      records: 'ok',
      embeddings: { status: 'ok', pending: 0, switching: 0 },
      server: 'ok',
    },
  });
});

test.each([
  'The disk is full; nothing was stored.',
  'The data folder cannot be written; nothing was stored.',
  'The thread that writes the store has ended; nothing more can be stored.',
])('a store that takes no writes is not ready, and says why: %s', async (reason) => {
  const told = await ready({ writable: false, reason });
  expect(told).toMatchObject({ code: 503, ok: false, status: 'not ready' });
  expect(told.checks.records).toBe(reason);
});

test('an embedder that is away makes it degraded: searches go on by words', async () => {
  const told = await ready({ answers: false });
  expect(told).toMatchObject({ code: 200, ok: true, status: 'degraded' });
  expect(told.checks.embeddings.status).toBe('not answering');
  const waiting = await ready({ problem: 'quota', pending: 3 });
  expect(waiting).toMatchObject({ code: 200, ok: true, status: 'degraded' });
  expect(waiting.checks.embeddings).toMatchObject({ status: 'waiting', pending: 3 });
});

test('a server that is stopping is not ready', async () => {
  const told = await ready({ isDraining: true });
  expect(told).toMatchObject({ code: 503, ok: false, status: 'not ready' });
  expect(told.checks.server).toBe('stopping');
});

test('events that wait make it degraded: the log of changes keeps them', async () => {
  const well = await ready({}, publishing);
  expect(well).toMatchObject({ code: 200, ok: true, status: 'ok' });
  expect(well.checks.events).toEqual({ status: 'ok', behind: 0, oldest_seconds: 0 });
  const late = await ready({}, { ...publishing, ok: false, behind: 7, oldestMs: 12_345 });
  expect(late).toMatchObject({ code: 200, ok: true, status: 'degraded' });
  expect(late.checks.events).toEqual({ status: 'waiting', behind: 7, oldest_seconds: 12 });
  const elsewhere = await ready({}, { ...publishing, isRunning: false });
  expect(elsewhere.checks.events).toEqual({ status: 'left to another server' });
});
