/** Answers of MongoDB that cannot be had from a server here, from a stand-in on this machine. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Write } from '../item-table/item-table.ts';
import { encodeItem } from '../item-table/items.ts';
import { schemaKey } from '../item-table/keys.ts';
import { inspectCollection } from './doctor.ts';
import { idOf } from './documents.ts';
import { loadDriver } from './load-driver.ts';
import { makeClient } from './mongo-store.ts';
import { MongoTable } from './mongo-table.ts';
import { openCollection } from './open-collection.ts';
import { foundOf, openStandIn, type StandIn } from './proofs/stand-in.ts';

const database = 'reverie';
const fault = (code: number, more: object = {}) => ({
  ok: 0,
  code,
  errmsg: 'said by MongoDB',
  ...more,
});
const transient = { errorLabels: ['TransientTransactionError'] };
const unknown = { errorLabels: ['UnknownTransactionCommitResult'] };

let server: StandIn;
let table: MongoTable;
/** With less time. */
let hasty: MongoTable;

const tableOf = async (timeoutMs: number, url = server.url): Promise<MongoTable> => {
  const options = { url, database, timeoutMs };
  const driver = await loadDriver();
  return new MongoTable(() => makeClient(driver, options), options);
};
beforeEach(async () => {
  server = await openStandIn();
  table = await tableOf(10_000);
  hasty = await tableOf(700);
});
afterEach(async () => {
  await table.close();
  await hasty.close();
  await server.close();
});

const key = { pk: 'p', sk: 's' };
const put: Write = { put: encodeItem(key, { n: 2 }), condition: { equals: { n: 1 } } };
const namesAsked = () => server.asked.map(({ command }) => command);
const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

test.each([
  [13, 'setting_invalid', 'lacks a right'],
  [18, 'setting_invalid', 'refuses the name or the password'],
  [8000, 'setting_invalid', 'refuses the name or the password'],
  [20, 'setting_invalid', 'rs.initiate()'],
  [14_031, 'disk_full', 'disk of MongoDB is full'],
  [10_107, 'store_unavailable', 'MongoDB does not answer'],
  [50, 'store_unavailable', 'MongoDB does not answer'],
  [112, 'store_unavailable', 'Others keep writing'],
  [9, 'internal', 'Something broke'],
])('code %s is told as %s', async (code, kind, text) => {
  server.on('find', fault(code));
  const error = await faultOf(hasty.get(key));
  expect(error).toMatchObject({ code: kind });
  expect(String(error)).toContain(text);
  expect(String(error)).not.toContain('said by MongoDB');
});

test('a write in the way of others is sent again', async () => {
  server.on('update', fault(112), fault(112), { n: 1, nModified: 1 });
  expect(await table.put(encodeItem(key, {}))).toBe(true);
  expect(namesAsked()).toEqual(['update', 'update', 'update']);
});

test('a way that breaks is tried again, and given up in time', async () => {
  const batch = foundOf({ _id: idOf(key), n: 1 });
  server.on('find', 'break', 'break', 'break', batch);
  expect(await table.get(key)).toEqual(encodeItem(key, { n: 1 }));
  server.on('find', 'break');
  expect(await faultOf(hasty.get(key))).toMatchObject({ code: 'store_unavailable' });
});

test('a client that gets no answer for the time of a request is replaced', async () => {
  let made = 0;
  const options = { url: server.url, database, timeoutMs: 400 };
  const driver = await loadDriver();
  const counted = new MongoTable(() => {
    made += 1;
    return makeClient(driver, options);
  }, options);
  expect(await counted.get(key)).toBeUndefined();
  server.holds(true);
  const waiting = [1, 2, 3].map(() => faultOf(counted.get(key)));
  for (const error of await Promise.all(waiting)) {
    expect(error).toMatchObject({ code: 'store_unavailable' });
  }
  expect(made).toBe(2);
  server.holds(false);
  expect(await counted.get(key)).toBeUndefined();
  expect(made).toBe(2);
  await counted.close();
});

test('a client that found no server at first is replaced', async () => {
  const urls = ['mongodb://127.0.0.1:1', server.url];
  const driver = await loadDriver();
  const options = { database, timeoutMs: 400 };
  const make = () => makeClient(driver, { ...options, url: urls.shift() ?? 'none is left' });
  const late = new MongoTable(make, options);
  const error = await faultOf(late.get(key));
  // The other client may answer it still, in what is left of its time.
  if (error !== undefined) expect(error).toMatchObject({ code: 'store_unavailable' });
  expect(await late.put(encodeItem(key, {}), 'new')).toBe(true);
  expect(urls).toEqual([]);
  await late.close();
});

test('a bulk that breaks says what broke it', async () => {
  server.on('update', 'break');
  const writing = hasty.writeAll([{ put: encodeItem(key, {}) }]);
  expect(await faultOf(writing)).toMatchObject({ code: 'store_unavailable' });
  server.on('update', fault(13));
  const error = await faultOf(hasty.writeAll([{ put: encodeItem(key, {}) }]));
  expect(error).toMatchObject({ code: 'setting_invalid' });
});

test('a conditional write that may have been done is not tried as if it were new', async () => {
  server.on('update', 'break');
  const error = await faultOf(table.put(encodeItem(key, {}), { equals: { n: 1 } }));
  expect(error).toMatchObject({ code: 'store_unavailable' });
  // Once more by the driver, under the number by which MongoDB knows it again.
  const numbers = server.asked.map(({ body }) => String(body.txnNumber));
  expect(numbers).toHaveLength(2);
  expect(new Set(numbers).size).toBe(1);
});

test('a transaction says what became of it', async () => {
  server.on('commitTransaction', {});
  expect(await table.transact([put])).toBe('done');
  const [update, commit] = server.asked;
  expect(update?.body).toMatchObject({ startTransaction: true, autocommit: false });
  expect(commit?.body).toMatchObject({ writeConcern: { w: 'majority', j: true } });
  server.on('update', { n: 0, nModified: 0 });
  expect(await table.transact([put])).toBe('refused');
  server.on('update', fault(112, transient));
  expect(await table.transact([put])).toBe('busy');
  // As DocumentDB says it.
  server.on('update', fault(112));
  expect(await table.transact([put])).toBe('busy');
  server.on('update', fault(16_777_220));
  expect(await table.transact([put])).toBe('busy');
  server.on('update', 'break');
  expect(await table.transact([put])).toBe('busy');
  const ends = namesAsked().filter((name) => name === 'abortTransaction');
  expect(ends.length).toBeGreaterThanOrEqual(4);
  server.on('update', { n: 1, nModified: 1 });
  server.on('insert', { n: 0, writeErrors: [{ index: 0, code: 11_000, errmsg: 'there' }] });
  const isNew: Write = { put: encodeItem({ pk: 'p', sk: 't' }, {}), condition: 'new' };
  expect(await table.transact([put, isNew])).toBe('refused');
});

test('a commit that is not answered is asked for again, and done once', async () => {
  server.on('commitTransaction', fault(91, unknown), fault(91, unknown), fault(91, unknown), {});
  expect(await table.transact([put])).toBe('done');
  expect(namesAsked()[0]).toBe('update');
  expect(new Set(namesAsked().slice(1))).toEqual(new Set(['commitTransaction']));
  server.on('commitTransaction', fault(251, transient));
  expect(await table.transact([put])).toBe('busy');
});

test('a commit of which nobody knows may have been done: it is not planned anew', async () => {
  for (const answers of [['break', fault(251)] as const, [fault(251)] as const]) {
    server.on('commitTransaction', ...answers);
    const error = await faultOf(table.transact([put]));
    expect(error).toMatchObject({ code: 'store_unavailable' });
    expect(String(error)).toContain('Idempotency-Key');
  }
  server.on('commitTransaction', fault(91, unknown));
  expect(await faultOf(hasty.transact([put]))).toMatchObject({ code: 'store_unavailable' });
});

test('what must hold is written to, and what must not be there is made and deleted', async () => {
  server.on('commitTransaction', {});
  const checks: Write[] = [
    { check: { pk: 'p', sk: '1' }, condition: { equals: { v: 1 } } },
    { check: { pk: 'p', sk: '2' }, condition: 'new' },
  ];
  expect(await table.transact(checks)).toBe('done');
  expect(namesAsked()).toEqual(['update', 'insert', 'delete', 'commitTransaction']);
});

test('a server without transactions, or without members, or too old, is refused', async () => {
  const refusal = async (hello: object, url = server.url): Promise<string> => {
    server.is({ minWireVersion: 0, maxWireVersion: 21, ...hello });
    const asking = await tableOf(700, url);
    const error = await faultOf(openCollection(asking, database));
    await asking.close();
    expect(error).toMatchObject({ code: 'setting_invalid' });
    return String(error);
  };
  const alone = await refusal({ isWritablePrimary: true });
  expect(alone).toMatch(/REVERIE_MONGODB_URL: this server stands alone.*rs\.initiate/);
  const empty = { isWritablePrimary: false, isreplicaset: true };
  const [anyMember = ''] = server.url.split('?');
  for (const url of [server.url, anyMember]) {
    expect(await refusal(empty, url)).toContain('has no members yet. Run rs.initiate()');
  }
  const old = { isWritablePrimary: true, setName: 'rs0', maxWireVersion: 7 };
  expect(await refusal(old)).toContain('older than MongoDB 4.4');
});

test('a collection that is not ours, or of a newer release, is refused', async () => {
  const listed = (options: object) => foundOf({ name: 'items', type: 'collection', options });
  for (const options of [{ capped: true }, { collation: { locale: 'de' } }]) {
    server.on('listCollections', listed(options));
    const error = await faultOf(openCollection(table, database));
    expect(error).toMatchObject({ code: 'setting_invalid' });
    expect(String(error)).toContain('REVERIE_MONGODB_DATABASE');
  }
  server.on('listCollections', listed({}));
  server.on('find', foundOf(), foundOf({ _id: 1 }), foundOf());
  expect(String(await faultOf(openCollection(table, database)))).toContain('did not write');
  server.on('find', foundOf({ _id: idOf(schemaKey), v: 99 }));
  const newer = await faultOf(openCollection(table, database));
  expect(newer).toMatchObject({ code: 'store_damaged' });
  expect(String(newer)).toContain('schema 99; this release knows 1');
  const options = { url: server.url, database, timeoutMs: 700 };
  expect(await inspectCollection(options)).toEqual([
    { name: 'mongodb', ok: true, detail: 'MongoDB 8.0.0, replica set rs0' },
    { name: 'schema', ok: false, detail: 'collection reverie.items: version 99 of 1' },
  ]);
  server.on('listCollections', foundOf());
  expect((await inspectCollection(options))[1]?.detail).toContain('the first start makes it');
  const [away] = await inspectCollection({
    ...options,
    url: 'mongodb://127.0.0.1:1',
    timeoutMs: 300,
  });
  expect(away).toMatchObject({ name: 'mongodb', ok: false });
  expect(away?.detail).toContain('store_unavailable');
});

test('an address that cannot be read is refused without the password in it', async () => {
  const driver = await loadDriver();
  for (const url of ['mongodb://me:se/cret@host', 'mongodb://me:secret@h/?nonsense=1&w=x&tls=9']) {
    const options = { url, database, timeoutMs: 300 };
    const error = await faultOf(Promise.resolve().then(() => makeClient(driver, options)));
    expect(error).toMatchObject({ code: 'setting_invalid' });
    expect(String(error)).toContain('REVERIE_MONGODB_URL');
    expect(String(error)).not.toContain('cret');
  }
});

test('a package that is not installed is named with the command that installs it', async () => {
  const loading = loadDriver(() => Promise.reject(new Error('not there')));
  await expect(loading).rejects.toMatchObject({ code: 'setting_invalid' });
  await expect(loading).rejects.toThrow('npm install mongodb@^7');
});
