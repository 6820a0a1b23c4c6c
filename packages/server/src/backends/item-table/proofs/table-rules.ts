/** What every table of items keeps to: the words of ItemTable, one by one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../../contract/fixtures.ts';
import type { ItemTable, Write } from '../item-table.ts';
import { bytesOrNull, encodeItem, type Item, numbersIn } from '../items.ts';
import type { Key } from '../keys.ts';
import type { StoreSystem } from './store-rules.ts';
import { type TestTable, titleOf } from './test-table.ts';

export function runTableRules(system: StoreSystem): void {
  describe.skipIf(system.missing)(titleOf('table', system), () => {
    let made: TestTable;
    let table: ItemTable;
    beforeAll(async () => {
      made = system.makeTable();
      await (await made.open(new FakeClock())).close();
      table = await made.openTable();
    });
    afterAll(async () => {
      await table.close();
      await made.remove();
    });
    const rules = [values, orders, filters, conditions, transactions, absences, races, additions];
    for (const rule of rules) rule(() => table);
  });
}

type Rule = (table: () => ItemTable) => void;

let keys = 0;
const newKey = (): Key => ({ pk: `p${++keys}`, sk: 's' });
const of = ({ pk, sk }: Key, values: Parameters<typeof encodeItem>[1] = {}): Item =>
  encodeItem({ pk, sk }, values);

const values: Rule = (table) => {
  test('values come back as they were', async () => {
    const key = newKey();
    const item = of(key, {
      ...{ text: 'é\u0000\u{1F600}', none: '', yes: true, no: false, bytes: new Uint8Array(3) },
      ...{ zero: 0, half: 0.5, minus: -8.64e15, large: 2 ** 53 - 1, int: 2 ** 31, ttl: 2e9 },
    });
    expect(await table().put(item)).toBe(true);
    const found = await table().get(key);
    expect({ ...found, bytes: found && bytesOrNull(found, 'bytes') }).toEqual(item);
    expect(await table().get(newKey())).toBeUndefined();
    const [one, other] = [of(newKey()), of(newKey(), { n: 1 })];
    await table().writeAll([{ put: one }, { put: other }, { delete: key }]);
    const all = await table().getAll([key, one, other, one].map(keyIn));
    expect([...all.values()].sort(byPartition)).toEqual([one, other].sort(byPartition));
  });

  test('a key of any text is that key and no other', async () => {
    const { pk } = newKey();
    const odd = [`${pk}\nx`, `"${pk}"`, `${pk}\\`].map((each) => ({ pk: each, sk: 's' }));
    await table().put(of({ pk, sk: 'x\ns' }, { n: 1 }));
    for (const key of odd) {
      expect(await table().get(key)).toBeUndefined();
      expect(await table().all({ pk: key.pk })).toEqual([]);
    }
    expect(await table().all({ pk })).toHaveLength(1);
  });
};

const orders: Rule = (table) => {
  test('sort keys are in the order of their bytes, and bounds are included', async () => {
    const { pk } = newKey();
    const sorted = ['A', 'a', 'a#1', 'a#2', 'a$', 'b', 'é', '\uFFFD', '\u{1F600}', '\u{10FFFF}'];
    for (const sk of [...sorted].reverse()) await table().put(of({ pk, sk }));
    await table().put(of({ pk: `${pk}0`, sk: 'a' }));
    const found = async (query: object) =>
      (await table().all({ pk, ...query })).map((item) => item.sk);
    expect(await found({})).toEqual(sorted);
    expect(await found({ order: 'desc', pageSize: 3 })).toEqual([...sorted].reverse());
    expect(await found({ prefix: 'a#' })).toEqual(['a#1', 'a#2']);
    expect(await found({ prefix: '\u{10FFFF}' })).toEqual(['\u{10FFFF}']);
    expect(await found({ from: 'a#1', to: 'b' })).toEqual(['a#1', 'a#2', 'a$', 'b']);
    expect(await found({ from: 'é' })).toEqual(['é', '\uFFFD', '\u{1F600}', '\u{10FFFF}']);
    expect((await table().last({ pk, prefix: 'a' }))?.sk).toBe('a$');
    expect((await table().first({ pk, from: 'a$' }))?.sk).toBe('a$');
    expect(await table().count({ pk, prefix: 'a' })).toBe(4);
    for await (const item of table().query({ pk, pageSize: 2 })) {
      expect(item.sk).toBe('A');
      break;
    }
  });
};

const filters: Rule = (table) => {
  test('a filter finds what is all that it says', async () => {
    const { pk } = newKey();
    const put = (sk: string, item: Parameters<typeof encodeItem>[1]) =>
      table().put(of({ pk, sk }, item));
    await put('1', { k: 1, x: 5 });
    await put('2', { k: 1, t: 2, b: 'b' });
    await put('3', { k: 2, x: 9, t: 1, b: new Uint8Array(1) });
    const found = async (filter: object) =>
      (await table().all({ pk, filter })).map((item) => item.sk).join('');
    expect(await found({})).toBe('123');
    expect(await found({ equals: { k: 1 } })).toBe('12');
    expect(await found({ has: ['b'] })).toBe('23');
    expect(await found({ lacks: ['x'] })).toBe('2');
    expect(await found({ aboveOrNone: { x: 5 } })).toBe('23');
    expect(await found({ has: ['t'], differs: { t: 2 } })).toBe('3');
    expect(await found({ equals: { k: 1 }, lacks: ['t'], aboveOrNone: { x: 4 } })).toBe('1');
  });
};

const conditions: Rule = (table) => {
  test('a write whose condition does not hold is not done', async () => {
    const key = newKey();
    expect(await table().put(of(key, { n: 1 }), { equals: {} })).toBe(false);
    expect(await table().delete(key, { equals: {} })).toBe(false);
    expect(await table().delete(key)).toBe(true);
    expect(await table().put(of(key, { n: 1 }), 'new')).toBe(true);
    expect(await table().put(of(key, { n: 2 }), 'new')).toBe(false);
    expect(await table().put(of(key, { n: 2 }), { equals: { n: 2 } })).toBe(false);
    expect(await table().put(of(key, { n: 2, j: 'x' }), { equals: { n: 1 } })).toBe(true);
    const still = { equals: { n: 2 }, lacks: ['j'] };
    expect(await table().put(of(key), still)).toBe(false);
    expect(await table().delete(key, still)).toBe(false);
    expect(await table().get(key)).toEqual(of(key, { n: 2, j: 'x' }));
    expect(await table().delete(key, { equals: { j: 'x' } })).toBe(true);
    expect(await table().get(key)).toBeUndefined();
  });
};

const transactions: Rule = (table) => {
  test('a transaction is done as a whole or not at all', async () => {
    const [head, row, gone, note, checked] = Array.from({ length: 5 }, newKey);
    if (!head || !row || !gone || !note || !checked) throw new Error('five keys');
    await table().put(of(head, { r: 1 }));
    await table().put(of(gone));
    await table().put(of(note));
    await table().put(of(checked, { v: 1 }));
    const writes: Write[] = [
      { put: of(head, { r: 2 }), condition: { equals: { r: 1 }, lacks: ['j'] } },
      { put: of(row, { n: 1 }) },
      { put: of(newKey()), condition: 'new' },
      { delete: gone },
      { delete: newKey() },
      { delete: note, condition: { equals: {} } },
      { check: checked, condition: { equals: { v: 1 } } },
      { check: newKey(), condition: 'new' },
    ];
    const failing: Write[] = [
      { put: of(newKey()), condition: { equals: {} } },
      { put: of(head), condition: 'new' },
      { delete: newKey(), condition: { equals: {} } },
      { check: newKey(), condition: { equals: {} } },
      { check: checked, condition: { equals: { v: 2 } } },
    ];
    for (const one of failing) {
      // The one of the head is named once.
      const others = 'put' in one && one.put.pk === head.pk ? writes.slice(1) : writes;
      const isNamed = 'check' in one && one.check === checked;
      const rest = others.filter((write) => !isNamed || !('check' in write));
      expect(await table().transact([...rest, one])).toBe('refused');
    }
    expect(await table().get(row)).toBeUndefined();
    expect(await table().get(note)).toEqual(of(note));
    expect(await table().transact(writes)).toBe('done');
    expect(await table().get(head)).toEqual(of(head, { r: 2 }));
    expect(await table().get(row)).toEqual(of(row, { n: 1 }));
    expect(await table().getAll([gone, note])).toEqual(new Map());
    expect(await table().get(checked)).toEqual(of(checked, { v: 1 }));
    expect(await table().transact(writes)).toBe('refused');
  });

  test('as many as the limits say', async () => {
    const { pk } = newKey();
    const { writes, bytes } = table().limits;
    const d = new Uint8Array(Math.floor((bytes * 0.95) / writes));
    const many = Array.from({ length: writes }, (_, i) => ({ put: of({ pk, sk: `${i}` }, { d }) }));
    expect(await table().transact(many)).toBe('done');
    expect(await table().count({ pk })).toBe(writes);
    expect(await table().transact(many.map(({ put }) => ({ delete: keyIn(put) })))).toBe('done');
    expect(await table().count({ pk })).toBe(0);
  });
};

const absences: Rule = (table) => {
  test('what was checked not to be there does not come while others rest on it', async () => {
    for (let round = 0; round < 20; round++) {
      const [closed, user, seen] = [newKey(), newKey(), newKey()];
      // One of them is first: a user that came is seen by whoever closes, or it does not come.
      const close = async (): Promise<boolean> => {
        await settled(() => table().transact([{ put: of(closed), condition: 'new' }]));
        return (await table().get(user)) !== undefined;
      };
      const use = (): Promise<string> =>
        settled(() => table().transact([{ put: of(user) }, { check: closed, condition: 'new' }]));
      const [isSeen, used] = await Promise.all([close(), use()]);
      expect(used === 'done' ? isSeen : true).toBe(true);
      expect(await table().get(seen)).toBeUndefined();
    }
  });
};

const races: Rule = (table) => {
  test.each(['new', 'still'])('of many that rest on the same, one wins: %s', async (what) => {
    const [head, log] = [newKey(), newKey()];
    const before = of(head, { r: 1 });
    if (what === 'still') await table().put(before);
    const one = (i: number) =>
      settled(() =>
        table().transact([
          {
            put: of(head, { r: 2, i }),
            condition: what === 'new' ? 'new' : { equals: { r: 1 } },
          },
          { put: of({ ...log, sk: `${i}` }) },
        ]),
      );
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => one(i)));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    const winner = outcomes.indexOf('done');
    expect(await table().get(head)).toEqual(of(head, { r: 2, i: winner }));
    expect(await table().all({ pk: log.pk })).toEqual([of({ ...log, sk: `${winner}` })]);
  });
};

const additions: Rule = (table) => {
  test('what is added by many is all there', async () => {
    const [counter, set] = [newKey(), newKey()];
    const added = await Promise.all(Array.from({ length: 20 }, () => table().add(counter, 'n', 1)));
    const numbers = added.map((item) => Number(item.n)).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    await Promise.all([1, 2, 3, 2].map((one) => table().add(set, 'gs', [one])));
    const found = await table().get(set);
    expect(found && numbersIn(found, 'gs').sort()).toEqual([1, 2, 3]);
  });
};

/** Others may be in the way for a while. */
async function settled(work: () => Promise<string>): Promise<string> {
  for (;;) {
    const outcome = await work();
    if (outcome !== 'busy') return outcome;
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
  }
}

const keyIn = ({ pk, sk }: { pk?: unknown; sk?: unknown }): Key => ({
  pk: String(pk),
  sk: String(sk),
});
const byPartition = (a: Item, b: Item): number => (String(a.pk) < String(b.pk) ? -1 : 1);
