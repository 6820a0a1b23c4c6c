/** A socket for the app: time budgets against slow peers, TLS from files, and an orderly end. */
import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { answerBadHttp, badRequestAnswer } from './bad-http.ts';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Paths of PEM files; without them it is plain HTTP. */
  readonly tls?: TlsFiles;
  readonly budgets?: SocketBudgets;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface SocketBudgets {
  /** For the headers of a request, from its first byte or from the start of the connection. */
  readonly headersMs: number;
  /** Without a request. */
  readonly keepAliveMs: number;
  /** Without a byte while a request comes in or an answer goes out. */
  readonly stalledMs: number;
}

export interface Listening {
  readonly url: string;
  /** Reads the TLS files again; connections stay. Throws setting_invalid, and keeps what it has. */
  readonly reloadTls?: () => void;
  /** Takes no new connections, and resolves when the requests under way are answered or cut. */
  close(graceMs: number): Promise<void>;
}

type Fetch = (request: Request, bindings?: HttpBindings) => Response | Promise<Response>;

const defaultBudgets: SocketBudgets = {
  headersMs: limits.headersTimeMs,
  keepAliveMs: limits.keepAliveTimeMs,
  stalledMs: limits.stalledTimeMs,
};

/** An import of a million lines takes hours; slow bodies are cut by the routes and by stalledMs. */
const requestTimeoutMs = 24 * 60 * 60 * 1000;

/** Throws setting_invalid where the address cannot be had or a TLS file cannot be used. */
export async function listen(fetch: Fetch, options: ListenOptions): Promise<Listening> {
  const { port, host, tls, budgets = defaultBudgets } = options;
  const server = createServer(fetch, tls, budgets);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(options, error)));
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${bound.port}`,
    ...(tls &&
      server instanceof HttpsServer && {
        reloadTls: () => server.setSecureContext(readTls(tls)),
      }),
    close: (graceMs) => drain(server, graceMs),
  };
}

function createServer(fetch: Fetch, tls: TlsFiles | undefined, budgets: SocketBudgets): Server {
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: budgets.headersMs,
    // Node would answer such a request without a code; badRequestAnswer has one.
    requireHostHeader: false,
    keepAliveTimeout: budgets.keepAliveMs,
    connectionsCheckingInterval: Math.min(1_000, budgets.headersMs),
  };
  const listener = getRequestListener(
    (request, bindings) =>
      'stream' in bindings.incoming ? fetch(request) : fetch(request, bindings as HttpBindings),
    { errorHandler: badRequestAnswer },
  );
  const server = tls
    ? createHttpsServer({ ...options, ...readTls(tls) }, listener)
    : createHttpServer(options, listener);
  answerBadHttp(server);
  cutStalled(server, budgets.stalledMs);
  return server;
}

/** A peer that neither sends what it announced nor reads what it asked for holds memory for it. */
function cutStalled(server: Server, stalledMs: number): void {
  const underWay = new WeakMap<Socket, [IncomingMessage, ServerResponse]>();
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    underWay.set(socket, [incoming, outgoing]);
    outgoing.once('close', () => underWay.delete(socket));
  });
  server.setTimeout(stalledMs, (socket) => {
    const [incoming, outgoing] = underWay.get(socket) ?? [];
    const isSilent = incoming && !incoming.complete && incoming.readableLength === 0;
    const isUnread = (outgoing?.writableLength ?? 0) > 0 || socket.writableLength > 0;
    if (!incoming || isSilent || isUnread) socket.destroy();
    // The peer waits for us: nobody is to blame but the work.
    else socket.setTimeout(stalledMs);
  });
}

async function drain(server: Server, graceMs: number): Promise<void> {
  // A connection whose answer left before its next request came falls idle only now.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
  clearTimeout(cut);
}

function readTls({ cert, key }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    // Throws where the two do not belong together, before a server takes them.
    createSecureContext(files);
    return files;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `REVERIE_TLS_CERT and REVERIE_TLS_KEY cannot be used: ${reason}`;
    throw new MemoryError('setting_invalid', message, { cause });
  }
}

function listenError({ host, port }: ListenOptions, error: Error): Error {
  const code = 'code' in error ? error.code : undefined;
  const reasons: Record<string, string> = {
    EADDRINUSE: 'is taken by another program',
    EACCES: 'needs more rights',
    EADDRNOTAVAIL: 'is no address of this machine',
  };
  const reason = reasons[String(code)];
  if (reason === undefined) return error;
  const message = `${host}:${port} ${reason}. Choose another with REVERIE_PORT or REVERIE_HOST.`;
  return new MemoryError('setting_invalid', message, { cause: error });
}
