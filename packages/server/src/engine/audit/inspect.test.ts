import { expect, test } from 'vitest';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import { Findings } from './findings.ts';
import { Inspector } from './inspect.ts';

const body = {
  ...{ value: 'Clara restores old pianos.', tags: [], metadata: {}, attachments: [] },
  ...{ entities: [], derivedFrom: [], origin: 'api' },
};
const memory: Memory = {
  ...{ id: 'mem_1' as MemoryId, namespace: 'ann' as NamespaceName, ordinal: 1, version: 1 },
  ...{ kind: 'episode', audience: 'user', trust: 'normal', keyHash: null },
  ...{ createdAt: 5, updatedAt: 5, occurredAt: 5, validFrom: null, validTo: null },
  ...{ expiresAt: null, supersededAt: null, supersedes: null, supersededBy: null },
  ...{ archived: false, pinned: false, importance: 0.5, confidence: 1, hasVector: true, body },
};

function inspect(...memories: Memory[]) {
  const findings = new Findings(20);
  const inspector = new Inspector({ now: 10, countingSince: 0, recallsOf: () => 1 }, findings);
  for (const each of memories) Array.from(inspector.inspect(each));
  const counts = Object.entries(findings.all()).map(([name, { count }]) => [name, count]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}

test('a usual memory is in no class', () => {
  expect(inspect(memory)).toEqual({});
});

test('a memory that is marked as an echo is counted', () => {
  const echoOf = 'mem_0' as MemoryId;
  expect(inspect({ ...memory, body: { ...body, echoOf } })).toEqual({ echoes: 1 });
});

test('secrets are looked for in the metadata, and in what is hidden', () => {
  const metadata = { card: '4012 8888 8888 1881' };
  const hidden = { ...memory, archived: true, body: { ...body, metadata } };
  expect(inspect(hidden, hidden)).toEqual({ secrets: 2 });
});

test('what expired is stale and no duplicate', () => {
  expect(inspect(memory, { ...memory, expiresAt: 10 })).toEqual({ stale: 1 });
  expect(inspect(memory, { ...memory, validTo: 10 })).toEqual({ duplicates: 1, stale: 1 });
});

test('long texts that differ at their end alone are no duplicates', () => {
  const long = (end: string): Memory => ({
    ...memory,
    body: { ...body, value: `${'word '.repeat(1000)}${end}` },
  });
  expect(inspect(long('a'), long('b'))).toEqual({ near_duplicates: 1 });
  expect(inspect(long('a'), long('a'))).toEqual({ duplicates: 1 });
  expect(inspect(long('a'), long('another '.repeat(1000)))).toEqual({});
});

test('others have their turn between comparisons', () => {
  const inspector = new Inspector(
    { now: 10, countingSince: 0, recallsOf: () => 1 },
    new Findings(20),
  );
  const report = (n: number): Memory => ({
    ...memory,
    body: {
      ...body,
      value: `Report ${n}: ${'the gauge shows what it showed before, '.repeat(50)}`,
    },
  });
  const steps = [1, 2, 3, 4, 5, 6].map((n) => Array.from(inspector.inspect(report(n))).length);
  expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
});
