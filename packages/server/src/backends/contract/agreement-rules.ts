/** Random histories: a store and the reference in memory must tell the same. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyHash, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Batch, RecordOp, RecordsPort, TenantRecords } from '../../ports/records.ts';
import {
  type Backend,
  bytes,
  erase,
  FakeClock,
  idOf,
  keyOf,
  named,
  type OpenStore,
  patch,
  put,
} from './fixtures.ts';

export const spaces = ['a', 'b'].map(named);
const keys = [keyOf(1), keyOf(2)];
const generations = [1, 2];
const kinds = ['episode', 'fact', 'derived'] as const;

const key = fc.constantFrom<KeyHash | null>(null, ...keys);
/** Milliseconds after the start; the clock moves by as much, so some expire on the way. */
const expiry = fc.option(fc.integer({ min: 0, max: 40 }));
/** Which of the rows that are there, so that most ops hit one. */
const pick = fc.nat({ max: 20 });
/** Added to the version that the row has; mostly right. */
const stale = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1);
const small = fc.integer({ min: 1, max: 6 });

const putOp = fc.record({
  type: fc.constant('put' as const),
  id: fc.integer({ min: 1, max: 40 }),
  key,
  kind: fc.constantFrom(...kinds),
  expiry,
  archived: fc.boolean(),
  hasAnalysis: fc.boolean(),
  vectors: fc.constantFrom<'none' | 'made' | 'waits'>('none', 'made', 'waits'),
});
const updateOp = fc.record({
  type: fc.constantFrom('patch', 'supersede', 'archive', 'expire', 'restore'),
  pick,
  stale,
  columns: fc.record(
    {
      keyHash: key,
      archived: fc.boolean(),
      kind: fc.constantFrom(...kinds),
      supersededAt: fc.option(fc.constant(7)),
    },
    { requiredKeys: [] },
  ),
  body: fc.option(fc.constantFrom('', 'new', 'newer'), { nil: undefined }),
  analysis: fc.option(fc.option(fc.constantFrom('x', 'y')), { nil: undefined }),
  vectors: fc.constantFrom<'none' | 'made' | 'waits'>('none', 'made', 'waits'),
});
const eraseOp = fc.record({ type: fc.constant('erase' as const), pick, stale });
const batch = fc.record({
  type: fc.constant('batch' as const),
  space: fc.constantFrom(...spaces),
  ops: fc.array(fc.oneof({ weight: 3, arbitrary: putOp }, updateOp, eraseOp), { maxLength: 3 }),
  expect: fc.option(
    fc.record({ key: fc.constantFrom(...keys), fact: fc.option(fc.record({ pick, stale })) }),
    { freq: 3 },
  ),
});
const tick = fc.record({
  type: fc.constant('tick' as const),
  ms: fc.integer({ min: -10, max: 20 }),
});
const image = fc.record({
  type: fc.constant('image' as const),
  space: fc.constantFrom(...spaces),
  /** Changes since the image was made. */
  behind: fc.nat({ max: 3 }),
  epoch: fc.constantFrom(1, 1, 1, 2),
  segment: fc.record({ no: fc.integer({ min: 1, max: 3 }), from: small, size: small }),
});
const saved = fc.record({
  type: fc.constant('analysis' as const),
  space: fc.constantFrom(...spaces),
  pick,
  stale,
  dropVectors: fc.boolean(),
});
const arrived = fc.record({
  type: fc.constant('vectors' as const),
  space: fc.constantFrom(...spaces),
  generation: fc.constantFrom(...generations),
  pick,
  stale,
});
const switched = fc.record({
  type: fc.constant('switch' as const),
  what: fc.constantFrom('await' as const, 'use' as const, 'drop' as const),
  space: fc.constantFrom(...spaces),
  generation: fc.constantFrom(...generations),
  after: fc.nat({ max: 12 }),
  limit: small,
});
const removed = fc.record({
  type: fc.constant('remove' as const),
  space: fc.constantFrom(...spaces),
});
const step = fc.oneof(
  { weight: 8, arbitrary: batch },
  tick,
  image,
  saved,
  { weight: 2, arbitrary: arrived },
  { weight: 2, arbitrary: switched },
  removed,
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type DrawnOp = Extract<Step, { type: 'batch' }>['ops'][number];

export const start = new FakeClock().time;

/** The rows of the model that a step may speak of. */
interface Known {
  readonly seq: number;
  readonly rows: readonly { readonly ordinal: number; readonly version: number }[];
}

async function knownIn(model: TenantRecords, name: NamespaceName): Promise<Known> {
  const info = await model.namespace(name);
  if (!info) return { seq: 0, rows: [] };
  const query = { order: 'asc', limit: 99, all: true } as const;
  return { seq: info.seq, rows: await model.page(info.no, query, 0) };
}

function rowAt({ rows }: Known, at: { readonly pick: number; readonly stale: number }) {
  const row = rows[at.pick % Math.max(rows.length, 1)] ?? { ordinal: 1, version: 1 };
  return { ordinal: row.ordinal, version: row.version + at.stale };
}

function opOf(known: Known, op: DrawnOp): RecordOp {
  if (op.type === 'put') {
    const expiresAt = op.expiry === null ? null : start + op.expiry;
    const { key: keyHash, kind, archived } = op;
    const made = { ...put(op.id, { keyHash, kind, archived, expiresAt }), ...vectorsOf(op) };
    return op.hasAnalysis ? made : { ...made, analysis: null };
  }
  const { ordinal, version } = rowAt(known, op);
  if (op.type === 'erase') return erase(ordinal, version);
  return {
    ...patch(ordinal, version, { columns: op.columns }),
    op: op.type,
    ...vectorsOf(op),
    ...(op.body !== undefined && { body: bytes(op.body) }),
    ...(op.analysis !== undefined && {
      analysis: op.analysis === null ? null : bytes(op.analysis),
    }),
  };
}

/** Both generations, or one that is made and one that waits. */
function vectorsOf({ vectors }: { readonly vectors: 'none' | 'made' | 'waits' }) {
  const made = bytes('made');
  const second = vectors === 'made' ? made : null;
  if (vectors === 'none') return { vectors: [] };
  return {
    vectors: [
      { generation: 1, vectors: made },
      { generation: 2, vectors: second },
    ],
  };
}

function batchOf(known: Known, at: Extract<Step, { type: 'batch' }>): Batch {
  const ops = at.ops.map((op) => opOf(known, op));
  if (!at.expect) return { ops };
  const { key: keyHash, fact } = at.expect;
  return { ops, expect: [{ keyHash, fact: fact && rowAt(known, fact) }] };
}

async function take(
  store: { readonly records: RecordsPort },
  records: TenantRecords,
  known: Known,
  at: Exclude<Step, { type: 'tick' }>,
): Promise<unknown> {
  if (at.type === 'batch') {
    const result = await records.commit(at.space, batchOf(known, at));
    // Numbers are the store's own: the store under test has those of earlier runs too.
    return result.ok ? { ...result, namespace: { ...result.namespace, no: 0 } } : result;
  }
  const found = await records.namespace(at.space);
  const no = found?.no ?? 0;
  if (at.type === 'remove') return records.remove(no);
  if (at.type === 'vectors') {
    const update = { namespaceNo: no, ...rowAt(known, at), vectors: bytes('late') };
    return store.records.vectors.save(at.generation, [update]);
  }
  const { vectors } = store.records;
  if (at.type === 'switch') {
    const { what, generation, after, limit } = at;
    if (what === 'use') return vectors.use(no, generation, after);
    return vectors[what](no, generation, after, limit);
  }
  const index = records.index(no, 1);
  if (at.type === 'analysis') {
    const { dropVectors } = at;
    return index.saveAnalyses([{ ...rowAt(known, at), analysis: bytes('saved'), dropVectors }]);
  }
  const { no: number, from, size } = at.segment;
  const blob = bytes(`segment ${number}`);
  const bounds = { ordinalMin: from, ordinalMax: from + size };
  const segment = { no: number, ...bounds, columns: blob, postings: blob, matrix: blob };
  const place = { epoch: at.epoch, seq: Math.max(0, known.seq - at.behind) };
  return index.save({ ...place, manifest: blob, put: [segment], putColumns: [], remove: [] });
}

export async function everything(records: TenantRecords, name: NamespaceName, now: number) {
  const info = await records.namespace(name);
  const no = info?.no ?? 0;
  const index = records.index(no, 1);
  const query = { order: 'asc', limit: 50 } as const;
  const rows = await records.page(no, { ...query, all: true }, now);
  const ids = Array.from({ length: 40 }, (_, i) => idOf(i + 1));
  return {
    info: info && { ...info, no: 0 },
    rows,
    live: await records.page(no, { ...query, order: 'desc' }, now),
    facts: await records.page(no, { ...query, kind: 'fact' }, now),
    ofKey: await Promise.all(keys.map((keyHash) => records.page(no, { ...query, keyHash }, now))),
    keys: await Promise.all(keys.map((keyHash) => records.byKey(no, keyHash, now))),
    allByKey: await Promise.all(keys.map((keyHash) => records.allByKey(no, keyHash))),
    versions: await Promise.all(rows.map((row) => records.versions(no, row.ordinal))),
    weight: await records.weigh(
      no,
      rows.map((row) => row.ordinal),
    ),
    byId: (await records.byId(ids, no)).map(({ row }) => row),
    state: await index.state(),
    changes: await index.changes(0, 100),
    analyses: await index.analysesBetween(0, 100, 100),
    second: await records.index(no, 2).analysesBetween(0, 100, 100),
    arrivals: await Promise.all(
      generations.map((generation) => records.index(no, generation).arrivals(0, 100)),
    ),
    manifest: await index.manifest(),
    segments: await Promise.all([1, 2, 3].map((part) => index.segment(part))),
  };
}

/** Something that may be done to a store, drawn at random. */
export interface History {
  /** What the steps led to. */
  play(store: OpenStore, tenant: TenantId, clock: FakeClock): Promise<unknown[]>;
}

export function histories(stepsMax: number): fc.Arbitrary<History> {
  return fc.array(step, { maxLength: stepsMax }).map((steps) => ({
    play: async (store: OpenStore, tenant: TenantId, clock: FakeClock) => {
      const records = store.records.open(tenant);
      const outcomes: unknown[] = [];
      for (const at of steps) {
        if (at.type === 'tick') clock.time += at.ms;
        else outcomes.push(await take(store, records, await knownIn(records, at.space), at));
      }
      return outcomes;
    },
    [fc.toStringMethod]: () => fc.stringify(steps),
  }));
}

/** Declares the suite `<name>: agreement`; `reference` is what the store is compared with. */
export function runAgreement(
  { name, open }: Backend,
  reference: Backend,
  runs = Number(process.env.REVERIE_TEST_RUNS ?? 200),
): void {
  describe(`${name}: agreement`, () => {
    const clock = new FakeClock();
    let store: OpenStore | undefined;
    let tenants = 0;
    beforeAll(async () => {
      store = await open(clock);
    });
    afterAll(async () => store?.close());

    test('both stores tell the same after every step', { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
          if (!store) throw new Error('the store is opened before the tests');
          clock.time = start;
          const tenant = `tenant-${++tenants}` as TenantId;
          await compare(store, await reference.open(clock), tenant, clock, steps);
        }),
        { numRuns: runs },
      );
    });
  });
}

async function compare(
  store: OpenStore,
  reference: OpenStore,
  tenant: TenantId,
  clock: FakeClock,
  steps: readonly Step[],
): Promise<void> {
  const real = store.records.open(tenant);
  const model = reference.records.open(tenant);
  for (const at of steps) {
    if (at.type === 'tick') {
      clock.time += at.ms;
      continue;
    }
    const known = await knownIn(model, at.space);
    const expected = await take(reference, model, known, at);
    expect(await take(store, real, known, at)).toEqual(expected);
  }
  for (const name of spaces) {
    const expected = await everything(model, name, clock.time);
    expect(await everything(real, name, clock.time)).toEqual(expected);
  }
  await reference.close();
}
