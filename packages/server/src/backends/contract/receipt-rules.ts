/** Contract: a request that was carried out is known, and is carried out once. */
import { expect, test } from 'vitest';
import type { Receipt } from '../../ports/records.ts';
import { done, erase, keyOf, named, patch, put, type Suite } from './fixtures.ts';

const space = named('home');
const dayMs = 24 * 60 * 60 * 1000;

export function receiptRules(suite: Suite): void {
  const receipt = (n: number, part = 0): Receipt => ({
    ...kept(n, part),
    expiresAt: suite.clock.time + dayMs,
  });
  keeping(suite, receipt);
  refusing(suite, receipt);
}

const kept = (n: number, part = 0) => ({
  id: keyOf(n),
  part,
  fingerprint: keyOf(900 + n),
  note: `note ${n}`,
});

type MakeReceipt = (n: number, part?: number) => Receipt;

function keeping(suite: Suite, receipt: MakeReceipt): void {
  test('a receipt is kept with its batch, and tells what its op became', async () => {
    const records = suite.records.open(suite.tenant());
    expect(await records.receipts(keyOf(1))).toEqual([]);
    const receipts = [{ ...receipt(1), op: 1 }, receipt(1, 7)];
    const { applied } = done(await records.commit(space, { ops: [put(1), put(2)], receipts }));
    expect(await records.receipts(keyOf(1))).toEqual([
      { ...kept(1), applied: applied[1] },
      { ...kept(1, 7), applied: null },
    ]);
    expect(await records.receipts(keyOf(2))).toEqual([]);
  });

  test('a request that changed nothing has its receipt too', async () => {
    const records = suite.records.open(suite.tenant());
    expect(await records.keepReceipts([receipt(1), receipt(1, 1)])).toBe(true);
    expect(await records.keepReceipts([receipt(2), receipt(1, 1)])).toBe(false);
    expect(await records.receipts(keyOf(2))).toEqual([]);
    expect(await records.receipts(keyOf(1))).toHaveLength(2);
    expect(await records.namespaces({ limit: 9 })).toEqual([]);
    const late = { ops: [put(1)], receipts: [receipt(1)] };
    expect(await records.commit(space, late)).toEqual({ ok: false, repeated: true });
  });

  test("a receipt outlives its memory and is no other tenant's", async () => {
    const records = suite.records.open(suite.tenant());
    done(await records.commit(space, { ops: [put(1)], receipts: [{ ...receipt(1), op: 0 }] }));
    done(await records.commit(space, { ops: [erase(1, 1)] }));
    expect(await records.receipts(keyOf(1))).toMatchObject([{ applied: { ordinal: 1 } }]);
    const other = suite.records.open(suite.tenant());
    expect(await other.receipts(keyOf(1))).toEqual([]);
    done(await other.commit(space, { ops: [put(1)], receipts: [receipt(1)] }));
  });

  test('an expired receipt is as if it had never been', async () => {
    const records = suite.records.open(suite.tenant());
    const receipts = Array.from({ length: 9 }, (_, part) => receipt(1, part));
    done(await records.commit(space, { ops: [put(1)], receipts }));
    suite.clock.time += dayMs;
    expect(await records.receipts(keyOf(1))).toEqual([]);
    done(await records.commit(space, { ops: [put(2)], receipts: [receipt(1)] }));
    expect(await records.receipts(keyOf(1))).toHaveLength(1);
    expect(await records.keepReceipts([receipt(1, 1)])).toBe(true);
  });
}

function refusing(suite: Suite, receipt: MakeReceipt): void {
  test('a batch with a receipt that is there already does nothing', async () => {
    const records = suite.records.open(suite.tenant());
    const batch = { ops: [put(1)], receipts: [receipt(1)] };
    const { namespace } = done(await records.commit(space, batch));
    const repeated = { ok: false, repeated: true };
    const again = { ops: [put(2)], receipts: [receipt(3), receipt(1)] };
    expect(await records.commit(space, again)).toEqual(repeated);
    expect(await records.commit(named('other'), again)).toEqual(repeated);
    expect(await records.namespace(space)).toEqual(namespace);
    expect(await records.namespace(named('other'))).toBeUndefined();
    expect(await records.receipts(keyOf(3))).toEqual([]);
  });

  test('a refused batch keeps no receipt', async () => {
    const records = suite.records.open(suite.tenant());
    const refused = { ops: [put(1), patch(9, 1)], receipts: [receipt(1)] };
    expect(await records.commit(space, refused)).toEqual({ ok: false });
    expect(await records.receipts(keyOf(1))).toEqual([]);
  });

  test('of racing batches with one receipt exactly one is applied', async () => {
    const records = suite.records.open(suite.tenant());
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        records.commit(space, { ops: [put(i)], receipts: [{ ...receipt(1), op: 0 }] }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await records.namespace(space)).toMatchObject({ memories: 1, seq: 1 });
  });
}
