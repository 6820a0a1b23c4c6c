/** Query strings read as the values of a JSON body. */
import { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { queryReader } from './query-values.ts';
import { timeSchema } from './schemas.ts';

const read = queryReader(
  z.strictObject({
    query: z.string(),
    limit: z.number().int().optional(),
    explain: z.boolean().optional(),
    at: timeSchema.optional(),
    kind: z.enum(['fact', 'episode']).optional(),
    tags: z.array(z.string()).optional(),
  }),
);

test.each([
  [{ query: ['007'] }, { query: '007' }],
  [{ limit: ['12'] }, { limit: 12 }],
  [{ limit: ['0.5'] }, { limit: 0.5 }],
  [{ limit: [''] }, { limit: '' }],
  [{ limit: ['1e3'] }, { limit: '1e3' }],
  [{ explain: ['true'] }, { explain: true }],
  [{ explain: ['0'] }, { explain: false }],
  [{ explain: ['perhaps'] }, { explain: 'perhaps' }],
  [{ at: ['1700000000'] }, { at: 1_700_000_000 }],
  [{ at: ['2026-05-08'] }, { at: '2026-05-08' }],
  [{ at: ['20260508'] }, { at: '20260508' }],
  [{ kind: ['fact'] }, { kind: 'fact' }],
  [{ tags: ['a,b', 'c', ''] }, { tags: ['a', 'b', 'c'] }],
  [{ limit: ['1', '2'] }, { limit: ['1', '2'] }],
  [{ unknown: ['x'] }, { unknown: 'x' }],
])('%j is %j', (parameters, values) => {
  expect(read(parameters)).toEqual(values);
});

test('a name that objects have by themselves is a name like any other', () => {
  const parameters = JSON.parse('{"__proto__": ["x"], "constructor": ["y"]}');
  expect(Object.entries(read(parameters))).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});
