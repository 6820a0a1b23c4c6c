/** What is no HTTP, or none that this server speaks, is answered by a coded error like all else. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RequestError } from '@hono/node-server';
import { type ErrorCode, MemoryError } from '../domain/errors.ts';
import { wireError } from './errors.ts';

/** By what Node's parser calls it; whatever else it does not take is invalid_http. */
const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** For the rest of what is refused to come in. */
const lingerMs = 500;

export function answerBadHttp(server: Server): void {
  const underWay = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    underWay.set(socket, outgoing);
    outgoing.once('close', () => underWay.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // What still comes behind the refused part is thrown away by `finish`.
    if (refused.has(socket)) return;
    refused.add(socket);
    // An answer has begun, or nobody is there to read one.
    if (!socket.writable || underWay.get(socket)?.headersSent) socket.destroy(error);
    else finish(socket, new MemoryError(codes[error.code ?? ''] ?? 'invalid_http'));
  });
  server.on('checkExpectation', (_: IncomingMessage, outgoing: ServerResponse) => {
    const message = 'Of the header Expect only "100-continue" is understood.';
    const { headers, body, status } = answerOf(new MemoryError('invalid_http', message));
    outgoing.writeHead(status, headers).end(body);
  });
  server.on('connect', (_: IncomingMessage, socket: Socket) => {
    finish(socket, new MemoryError('route_not_found', 'The server is no proxy.'));
  });
}

/** For requests whose target or host is no address at all, and as the last resort. */
export function badRequestAnswer(error: unknown): Response {
  const known =
    error instanceof RequestError
      ? new MemoryError('invalid_http', `${error.message}.`)
      : new MemoryError('internal');
  const { Connection: _, ...headers } = answerOf(known).headers;
  return new Response(answerOf(known).body, { status: known.status, headers });
}

function finish(socket: Duplex, error: MemoryError): void {
  const { headers, body, status } = answerOf(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${error.code}`, ...lines].join('\r\n');
  socket.end(`${head}\r\n\r\n${body}`);
  // A connection that ends with bytes unread is reset, and the sender may never see the answer.
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

function answerOf(error: MemoryError) {
  const body = JSON.stringify(wireError(error));
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  return { headers, body, status: error.status };
}
