/** Answers of AWS that DynamoDB Local never gives, from a stand-in on this machine. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeItem } from '../item-table/items.ts';
import { inspectTable } from './doctor.ts';
import { makeClient } from './dynamo-store.ts';
import { DynamoTable } from './dynamo-table.ts';
import { loadSdk } from './load-sdk.ts';

interface Answer {
  readonly status: number;
  /** Or what it becomes of what was asked before. */
  readonly body: object | (() => object);
}

const fault = (name: string, more: object = {}): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'said by AWS', ...more },
});
const cancelled = (...codes: string[]): Answer =>
  fault('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });
const fine: Answer = { status: 200, body: {} };

let server: Server;
let answers: Answer[];
let asked: { target: string; body: Record<string, unknown> }[];
let options: { table: string; endpoint: string; timeoutMs: number };
let table: DynamoTable;
/** With less time. */
let hasty: DynamoTable;

beforeEach(async () => {
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  asked = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const target = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    asked.push({ target, body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? fine;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(typeof body === 'function' ? body() : body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  options = { table: 'memories', endpoint: `http://127.0.0.1:${port}`, timeoutMs: 10_000 };
  const sdk = await loadSdk();
  table = new DynamoTable(sdk, makeClient(sdk, options), options);
  hasty = new DynamoTable(sdk, makeClient(sdk, options), { ...options, timeoutMs: 2_000 });
});
afterEach(async () => {
  await table.close();
  await hasty.close();
  server.closeAllConnections();
  server.close();
});

const key = { pk: 'p', sk: 's' };
const write = { put: encodeItem(key, { n: 1 }) };

test.each([
  ['UnrecognizedClientException', 'setting_invalid', 'AWS does not know the credentials'],
  ['ExpiredTokenException', 'setting_invalid', 'have expired'],
  ['AccessDeniedException', 'setting_invalid', 'lacks a right'],
  ['ResourceNotFoundException', 'store_damaged', 'is gone'],
  ['ThrottlingException', 'store_unavailable', 'holds requests back'],
  ['ProvisionedThroughputExceededException', 'store_unavailable', 'holds requests back'],
])('%s is told as %s', async (name, code, text) => {
  answers = [fault(name)];
  const error: unknown = await hasty.get(key).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(String(error)).toContain(text);
  expect(String(error)).not.toContain('said by AWS');
});

test('requests that are held back for a moment are sent again', async () => {
  answers = [fault('ThrottlingException'), fault('ThrottlingException'), fine];
  expect(await table.put(write.put)).toBe(true);
  expect(asked.map(({ target }) => target)).toEqual(['PutItem', 'PutItem', 'PutItem']);
});

test('a write that is in the way of a transaction is sent again', async () => {
  answers = [fault('TransactionConflictException'), fine];
  expect(await table.put(write.put)).toBe(true);
  answers = [fault('TransactionInProgressException'), fine];
  expect(await table.transact([write])).toBe('done');
});

test('a server that breaks or says nothing is given up in time', async () => {
  answers = [{ status: 500, body: { __type: 'InternalServerError' } }];
  await expect(table.get(key)).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('a transaction says why it was not done', async () => {
  answers = [cancelled('None', 'ConditionalCheckFailed')];
  expect(await table.transact([write])).toBe('refused');
  for (const code of ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']) {
    answers = [cancelled(code, 'None')];
    expect(await table.transact([write])).toBe('busy');
  }
  answers = [cancelled('ValidationError')];
  await expect(table.transact([write])).rejects.toMatchObject({ code: 'internal' });
});

test('a transaction that is sent again is the same one to DynamoDB', async () => {
  answers = [{ status: 500, body: { __type: 'InternalServerError' } }, fine];
  expect(await table.transact([write])).toBe('done');
  const tokens = asked.map(({ body }) => body.ClientRequestToken);
  expect(tokens).toHaveLength(2);
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).toEqual(expect.any(String));
});

test('a write whose answer was lost knows its own item when it is sent again', async () => {
  const broken: Answer = { status: 500, body: { __type: 'InternalServerError' } };
  const refusedFor = (item: () => unknown): Answer => ({
    status: 400,
    body: () => ({ __type: 'ConditionalCheckFailedException', Item: item() }),
  });
  const still = { equals: { n: 0 } };
  const written = () => asked[0]?.body.Item;
  answers = [broken, refusedFor(written)];
  expect(await table.put(write.put, still)).toBe(true);
  expect(asked.map(({ body }) => body.Item)).toEqual([written(), written()]);
  expect(asked[0]?.body.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
  // The same content from somebody else is not ours.
  answers = [broken, refusedFor(() => ({ pk: { S: 'p' }, sk: { S: 's' }, n: { N: '1' } }))];
  expect(await table.put(write.put, still)).toBe(false);
  answers = [refusedFor(() => undefined)];
  expect(await table.put(write.put, still)).toBe(false);
  expect(await table.delete(key, still)).toBe(false);
  answers = [broken, refusedFor(() => undefined)];
  expect(await table.delete(key, still)).toBe(true);
  answers = [broken, refusedFor(() => ({ n: { N: '5' } }))];
  expect(await table.delete(key, still)).toBe(false);
  answers = [{ status: 200, body: { Item: { n: { N: '1' }, _w: { S: 'token' } } } }];
  expect(await table.get(key)).toEqual({ n: 1 });
});

test('what did not fit one answer is asked again, what was left out written again', async () => {
  const rest = { Keys: [{ pk: { S: 'p' }, sk: { S: '2' } }] };
  const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
  answers = [
    {
      status: 200,
      body: { Responses: { memories: [item('1')] }, UnprocessedKeys: { memories: rest } },
    },
    { status: 200, body: { Responses: { memories: [item('2')] } } },
  ];
  const found = await table.getAll([
    { pk: 'p', sk: '1' },
    { pk: 'p', sk: '2' },
  ]);
  expect([...found.keys()]).toEqual(['p\n1', 'p\n2']);
  const left = { memories: [{ PutRequest: { Item: item('9') } }] };
  answers = [{ status: 200, body: { UnprocessedItems: left } }, fine];
  await table.writeAll([write, { put: encodeItem({ pk: 'p', sk: '9' }, {}) }]);
  expect(asked.at(-1)?.body.RequestItems).toEqual(left);
});

test('what is held back for longer than the limit is an error', async () => {
  const left = { memories: [{ PutRequest: { Item: { pk: { S: 'p' }, sk: { S: 's' } } } }] };
  answers = [{ status: 200, body: { UnprocessedItems: left } }];
  await expect(hasty.writeAll([write])).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('the doctor says what is wrong, and that a table is still to be made', async () => {
  answers = [fault('AccessDeniedException')];
  const [denied] = await inspectTable(options);
  expect(denied).toMatchObject({ name: 'dynamodb', ok: false });
  expect(denied?.detail).toContain('lacks a right');
  answers = [fault('ResourceNotFoundException')];
  expect(await inspectTable(options)).toMatchObject([{ ok: true }]);
});

test('a package that is not installed is named with the command that installs it', async () => {
  const loading = loadSdk(() => Promise.reject(new Error('not there')));
  await expect(loading).rejects.toMatchObject({ code: 'setting_invalid' });
  await expect(loading).rejects.toThrow('npm install @aws-sdk/client-dynamodb@^3');
});
