/** Contract: what a commit writes, numbers and refuses. */
import { expect, test } from 'vitest';
import { done, idOf, keyOf, named, patch, put, type Suite, text } from './fixtures.ts';

const space = named('home');

export function commitRules(suite: Suite): void {
  numbering(suite);
  refusals(suite);
  expectations(suite);
}

function numbering(suite: Suite): void {
  test('a first commit makes the namespace and numbers from 1', async () => {
    const records = suite.records.open(suite.tenant());
    expect(await records.namespace(space)).toBeUndefined();
    const { namespace, applied } = done(await records.commit(space, { ops: [put(1), put(2)] }));
    expect(namespace).toMatchObject({ name: space, seq: 2, eraseSeq: 0, memories: 2 });
    expect(namespace.createdAt).toBe(suite.clock.time);
    expect(await records.namespace(space)).toEqual(namespace);
    const at = suite.clock.time;
    expect(applied).toEqual([
      { seq: 1, ordinal: 1, version: 1, createdAt: at, updatedAt: at },
      { seq: 2, ordinal: 2, version: 1, createdAt: at, updatedAt: at },
    ]);
  });

  test('a row comes back as it was put', async () => {
    const records = suite.records.open(suite.tenant());
    const op = put(7, {
      kind: 'fact',
      audience: 'system',
      trust: 'flagged',
      keyHash: keyOf(3),
      occurredAt: -5,
      validFrom: 2 ** 40,
      validTo: 2 ** 41 + 1,
      expiresAt: suite.clock.time + 2 ** 42,
      supersedes: idOf(6),
      archived: true,
      pinned: true,
      importance: 0.25,
      confidence: 0,
    });
    const { namespace } = done(await records.commit(space, { ops: [op] }));
    const [row] = await records.byOrdinal(namespace.no, [1]);
    const assigned = { version: 1, supersededAt: null, supersededBy: null, ordinal: 1, seq: 1 };
    const times = { createdAt: suite.clock.time, updatedAt: suite.clock.time };
    expect(row).toEqual({
      ...op.columns,
      ...assigned,
      ...times,
      body: row?.body,
      hasVector: false,
    });
    expect(text(row?.body)).toBe('body 7');
  });

  test('empty and large bodies are kept, whatever the caller does with its buffer', async () => {
    const records = suite.records.open(suite.tenant());
    const large = new Uint8Array(40_000).map((_, i) => i % 251);
    const pooled = new Uint8Array(64).fill(9).subarray(8, 16);
    const ops = [
      { ...put(1), body: new Uint8Array(0) },
      { ...put(2), body: large },
    ].concat({
      ...put(3),
      body: pooled,
    });
    const { namespace } = done(await records.commit(space, { ops }));
    const expected = [new Uint8Array(0), large.slice(), pooled.slice()];
    large.fill(0);
    pooled.fill(0);
    const rows = await records.byOrdinal(namespace.no, [1, 2, 3]);
    expect(rows.map(({ body }) => Buffer.compare(body, expected.shift() ?? body))).toEqual([
      0, 0, 0,
    ]);
    expect(rows.map(({ body }) => body.length)).toEqual([0, 40_000, 8]);
  });

  test('a batch of 1,000 is one step', async () => {
    const records = suite.records.open(suite.tenant());
    const ops = Array.from({ length: 1000 }, (_, i) => put(i));
    const { namespace, applied } = done(await records.commit(space, { ops }));
    expect(namespace).toMatchObject({ seq: 1000, memories: 1000 });
    expect(applied.map(({ seq }) => seq)).toEqual(ops.map((_, i) => i + 1));
    const changes = await records.index(namespace.no, 1).changes(0, 2000);
    expect(changes.map(({ ordinal }) => ordinal)).toEqual(ops.map((_, i) => i + 1));
  });

  test('time never goes back in a namespace', async () => {
    const records = suite.records.open(suite.tenant());
    const before = suite.clock.time;
    await records.commit(space, { ops: [put(1)] });
    suite.clock.time = before - 60_000;
    const second = done(await records.commit(space, { ops: [put(2), patch(1, 1)] }));
    expect(second.applied.map(({ updatedAt }) => updatedAt)).toEqual([before, before]);
    suite.clock.time = before + 5;
    const third = done(await records.commit(space, { ops: [put(3)] }));
    expect(third.applied[0]?.createdAt).toBe(before + 5);
    expect(third.namespace.changedAt).toBe(before + 5);
    expect(third.namespace.createdAt).toBe(before);
  });
}

function refusals(suite: Suite): void {
  test('a wrong version refuses the whole batch', async () => {
    const records = suite.records.open(suite.tenant());
    const first = done(await records.commit(space, { ops: [put(1)] }));
    const refused = await records.commit(space, { ops: [put(2), patch(1, 2)] });
    expect(refused).toEqual({ ok: false });
    expect(await records.namespace(space)).toEqual(first.namespace);
    expect(await records.byId([idOf(2)])).toEqual([]);
    expect(await records.index(first.namespace.no, 1).changes(0, 9)).toHaveLength(1);
  });

  test('a refused batch makes no namespace', async () => {
    const records = suite.records.open(suite.tenant());
    expect(await records.commit(space, { ops: [put(1), patch(9, 1)] })).toEqual({ ok: false });
    expect(await records.namespace(space)).toBeUndefined();
  });

  test('an id is unique in its namespace', async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(space, { ops: [put(1)] }));
    expect(await records.commit(space, { ops: [put(2), put(1)] })).toEqual({ ok: false });
    expect(await records.commit(space, { ops: [put(3), put(3)] })).toEqual({ ok: false });
    expect(done(await records.commit(named('other'), { ops: [put(1)] })).applied).toHaveLength(1);
    const found = await records.byId([idOf(1)]);
    expect(found.map(({ namespace }) => namespace)).toEqual([space, 'other']);
  });

  test('an empty batch changes nothing', async () => {
    const records = suite.records.open(suite.tenant());
    const { namespace } = done(await records.commit(space, { ops: [put(1)] }));
    suite.clock.time += 1000;
    expect(await records.commit(space, { ops: [] })).toEqual({ ok: true, namespace, applied: [] });
  });
}

function expectations(suite: Suite): void {
  const key = keyOf(1);
  const fact = (n: number) => put(n, { kind: 'fact', keyHash: key });

  test('a key that is expected to be empty must be', async () => {
    const records = suite.records.open(suite.tenant());
    const expectNone = [{ keyHash: key, fact: null }];
    done(await records.commit(space, { ops: [fact(1)], expect: expectNone }));
    expect(await records.commit(space, { ops: [fact(2)], expect: expectNone })).toEqual({
      ok: false,
    });
    const others = [{ keyHash: keyOf(2), fact: null }];
    done(await records.commit(space, { ops: [put(3, { keyHash: key })], expect: others }));
  });

  test('a key must have the expected fact in the expected version', async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(space, { ops: [fact(1)] }));
    const commit = (ordinal: number, version: number) =>
      records.commit(space, {
        ops: [put(10 + version)],
        expect: [{ keyHash: key, fact: { ordinal, version } }],
      });
    expect(await commit(2, 1)).toEqual({ ok: false });
    expect(await commit(1, 2)).toEqual({ ok: false });
    done(await commit(1, 1));
    done(await records.commit(space, { ops: [patch(1, 1, { columns: { archived: true } })] }));
    expect(await commit(1, 2)).toEqual({ ok: false });
  });

  test('an expired fact counts as none', async () => {
    const records = suite.records.open(suite.tenant());
    const expiresAt = suite.clock.time + 10;
    const op = put(1, { kind: 'fact', keyHash: key, expiresAt });
    done(await records.commit(space, { ops: [op] }));
    const next = { ops: [fact(2)], expect: [{ keyHash: key, fact: null }] };
    expect(await records.commit(space, next)).toEqual({ ok: false });
    suite.clock.time = expiresAt;
    done(await records.commit(space, next));
  });
}
