/** Stands before DynamoDB and counts the writes, so that a test may end a writer, or sum up. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { OnWrite, WriteProxy } from '../../item-table/proofs/test-table.ts';

/** One request and its answer, as JSON. */
export interface Exchange {
  readonly operation: string;
  readonly request: Record<string, unknown>;
  readonly answer: Record<string, unknown>;
}

export interface CountingProxy extends WriteProxy {
  /** Told of everything; what has been used is asked for with each request. */
  listen(onExchange: (exchange: Exchange) => void): void;
}

const isWrite = (operation: string): boolean =>
  /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/.test(operation);

export async function openCountingProxy(upstream: string): Promise<CountingProxy> {
  let onWrite: OnWrite = () => {};
  let onExchange: ((exchange: Exchange) => void) | undefined;
  let writes = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { 'x-amz-target': target = '', authorization = '' } = request.headers;
    const operation = String(target).split('.').at(-1) ?? '';
    const number = isWrite(operation) ? ++writes : 0;
    const watch = onWrite;
    const goesOn = number === 0 || (await watch(number, 'before')) !== false;
    if (!goesOn) request.socket.destroy();
    if (request.socket.destroyed) return;
    const plain = JSON.parse(Buffer.concat(parts).toString('utf8'));
    const asked = onExchange ? { ...plain, ReturnConsumedCapacity: 'TOTAL' } : plain;
    const type = { 'content-type': 'application/x-amz-json-1.0' };
    const headers = { ...type, 'x-amz-target': String(target), authorization };
    const init = { method: 'POST', headers, body: JSON.stringify(asked) };
    const answer = await fetch(upstream, init);
    const text = await answer.text();
    if (number > 0) await watch(number, 'after');
    onExchange?.({ operation, request: asked, answer: JSON.parse(text) });
    response.writeHead(answer.status, type);
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return {
    url: `http://127.0.0.1:${address.port}`,
    listen: (next) => {
      onExchange = next;
    },
    watch: (next) => {
      writes = 0;
      onWrite = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
