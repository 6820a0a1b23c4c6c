/** Imports of odd lines: each has an outcome, and what is stored was counted, once. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { exportOf, importInto, linesOf } from './transfer.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const id = fc.nat(5).map((n) => `mem_0197a000-0000-7000-8000-00000000000${n}`);
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'a\r', '\u2028', '__proto__', 'User: a\nAI: b'),
);
const oddTime = fc.oneof(
  fc.constantFrom('2024-02-30', '24-1-1', '', '2024-07-20T25:00Z', '+275760-09-13'),
  fc.double(),
);
const text = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom('ann', 'likes tea', 'ü 键', 'x'.repeat(50)) },
  { weight: 1, arbitrary: oddText },
);
const time = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.constantFrom('2024-02-29', '2024-07-20T01:30:36.275141-07:00', 1e9, 1e12),
  },
  { weight: 1, arbitrary: oddTime },
);
const whatever = fc.oneof(
  fc.oneof(oddText, oddTime, id),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, -0, 1e308, {}, []),
);
/** Mostly a value that fits, now and then any other. */
const mostly = <T>(value: fc.Arbitrary<T>) => {
  const arbitrary: fc.Arbitrary<unknown> = value;
  return fc.oneof({ weight: 40, arbitrary }, { weight: 1, arbitrary: whatever });
};

const own = fc.record(
  {
    id: mostly(id),
    value: mostly(whatever),
    kind: mostly(fc.constantFrom('fact', 'episode', 'derived')),
    occurred_at: mostly(fc.constant('2024-01-01')),
    created_at: mostly(fc.constant('2024-01-01')),
    key: mostly(fc.constantFrom('a', 'b', null)),
    expires_at: mostly(time),
    superseded_by: mostly(id),
    superseded_at: mostly(time),
    supersedes: mostly(id),
    echo_of: mostly(id),
    derived_from: mostly(fc.array(id)),
    version: mostly(fc.integer({ min: 1 })),
    trust: mostly(fc.constantFrom('normal', 'flagged')),
    archived: mostly(fc.boolean()),
    imported: mostly(fc.record({ created_at: time })),
    metadata: mostly(fc.dictionary(text, whatever)),
  },
  { requiredKeys: ['id', 'value', 'kind', 'occurred_at', 'created_at'] },
);
const mem0 = fc.record(
  {
    memory: mostly(text),
    id: mostly(fc.oneof(text, fc.nat(3))),
    created_at: mostly(time),
    expiration_date: mostly(time),
    categories: mostly(fc.array(text)),
    metadata: mostly(fc.dictionary(text, whatever)),
    user_id: mostly(text),
    toString: whatever,
  },
  { requiredKeys: ['memory'] },
);
const mcp = fc.oneof(
  fc.record({
    type: fc.constant('entity'),
    name: mostly(text),
    entityType: mostly(text),
    observations: mostly(fc.array(text)),
  }),
  fc.record({
    type: fc.constant('relation'),
    from: mostly(text),
    to: mostly(text),
    relationType: mostly(text),
  }),
);
const stored = fc.record(
  {
    value: mostly(whatever),
    key: mostly(fc.constantFrom('a', 'b')),
    mode: mostly(fc.constantFrom('append', 'replace')),
    tags: mostly(fc.array(text)),
    occurred_at: mostly(time),
    valid_to: mostly(time),
    ttl_seconds: mostly(fc.nat()),
  },
  { requiredKeys: ['value'] },
);
const mark = fc.oneof(
  fc.record({
    reverie_export: fc.record({ format: mostly(fc.constant(1)), namespace: mostly(text) }),
  }),
  fc.record({ reverie_export_end: fc.record({ count: mostly(fc.nat(3)), sha256: mostly(text) }) }),
);
const object = fc.oneof(own, mem0, mcp, stored, mark).map((value) => JSON.stringify(value));
const line = fc.oneof(
  { weight: 8, arbitrary: object },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  { weight: 1, arbitrary: text },
);

let run = 0;

/** Whatever comes in: an outcome for each line, as many memories as were counted, and once. */
async function checkImport(file: string | Uint8Array): Promise<void> {
  const namespace = `fuzz ${run++}`;
  const first = await importInto(app, namespace, file);
  const report = first.json();
  if (first.response.status !== 200) {
    expect([first.response.status, report.error.code]).toEqual([400, 'invalid_request']);
    return;
  }
  const { imported, present, failed, complete, ok, errors } = report;
  expect(ok).toBe(failed === 0 && complete);
  expect(errors.length === 0).toBe(ok);
  for (const { code } of errors) expect(code).not.toBe('internal');
  const [header] = linesOf(await exportOf(app, namespace));
  expect(header.reverie_export?.count ?? 0).toBe(imported);
  const again = (await importInto(app, namespace, file)).json();
  expect(again).toMatchObject({ imported: 0, complete });
  // A refused line with the id of one that came in is not looked at again.
  expect(again.failed).toBeLessThanOrEqual(failed);
  expect(again.present + again.failed).toBe(imported + present + failed);
}

test('lines of every kind with whatever in their fields', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), (lines) => checkImport(lines.join('\n'))),
    { numRuns: 300 },
  );
});

test('any bytes, and lines with bytes gone wrong', async () => {
  const damaged = fc
    .tuple(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([lines, at, noise]) => {
      const bytes = Buffer.from(lines.join('\n'));
      const place = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, place), noise, bytes.subarray(place + (at % 3))]);
    });
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged);
  await fc.assert(fc.asyncProperty(bytes, checkImport), { numRuns: 200 });
});
