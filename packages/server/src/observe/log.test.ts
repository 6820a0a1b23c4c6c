import { expect, test } from 'vitest';
import { MemoryError } from '../domain/errors.ts';
import { describeError } from './log.ts';

const canary = 'the canary sings';

test('an error is told with its causes, and without its own fields', () => {
  const cause = Object.assign(new TypeError('fetch failed'), { requestBody: canary });
  const details = { namespace: canary };
  const error = new MemoryError('embedder_unavailable', 'No answer.', { details, cause });
  const told = describeError(error);
  expect(told).toMatchObject({
    code: 'embedder_unavailable',
    message: 'No answer.',
    cause: { type: 'TypeError', message: 'fetch failed' },
  });
  expect(JSON.stringify(told)).not.toContain(canary);
});

test('what is thrown and no error says nothing of itself', () => {
  expect(JSON.stringify(describeError({ text: canary }))).not.toContain(canary);
  expect(JSON.stringify(describeError(canary))).not.toContain(canary);
});

test('an error that causes itself comes to an end', () => {
  const error = new Error('round');
  error.cause = error;
  expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
});
