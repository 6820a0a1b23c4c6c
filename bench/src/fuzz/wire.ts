/** HTTP/1.1 over a plain socket: what is sent is sent byte by byte, however wrong it is. */
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export type Outcome = Reply | 'closed' | 'silent';

/** One connection, kept alive as long as the server keeps it. */
export class Wire {
  readonly #port: number;
  #socket: Socket | undefined;
  /** Answers that came over the connection. */
  #answered = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * `ends`: the sender goes away after the last byte, half way through or not. 'closed': the
   * connection ended before an answer had; 'silent': nothing came in time.
   */
  send(
    chunks: readonly Buffer[],
    options: { readonly ends: boolean; readonly isHead: boolean; readonly waitMs: number },
  ): Promise<Outcome> {
    const socket = this.#open();
    return new Promise((resolve) => {
      let received: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => settle('silent'), options.waitMs);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        socket.off('data', read).off('close', closed).off('error', failed);
        const keeps = typeof outcome === 'object' && !options.ends && !says(outcome, 'close');
        if (keeps) this.#answered += 1;
        else this.close();
        resolve(outcome);
      };
      const read = (part: Buffer): void => {
        received = received.length === 0 ? part : Buffer.concat([received, part]);
        const reply = parseReply(received, options.isHead);
        if (reply !== undefined) settle(reply);
      };
      const closed = (): void => settle('closed');
      // 'close' follows; what came before it may still hold an answer.
      const failed = (): void => undefined;
      socket.on('data', read).on('close', closed).on('error', failed);
      void this.#write(socket, chunks, options.ends);
    });
  }

  /**
   * Whether an answer has come over the connection: then the server may have given it up just when
   * the next request left, and as with every client of HTTP that one is sent again.
   */
  get isUsed(): boolean {
    return this.#answered > 0 && this.#socket?.destroyed === false;
  }

  close(): void {
    this.#answered = 0;
    this.#socket?.on('error', () => undefined);
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    if (this.#socket === undefined || this.#socket.destroyed) {
      this.#answered = 0;
      this.#socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    }
    return this.#socket;
  }

  async #write(socket: Socket, chunks: readonly Buffer[], ends: boolean): Promise<void> {
    for (const [i, chunk] of chunks.entries()) {
      if (i > 0) await new Promise((resolve) => setImmediate(resolve));
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(chunk);
    }
    if (ends && !socket.destroyed) socket.end();
  }
}

function says({ headers }: Reply, connection: string): boolean {
  return headers.get('connection')?.toLowerCase() === connection;
}

/** Undefined: there is more to come. */
function parseReply(bytes: Buffer, isHead: boolean): Reply | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(line.split(' ')[1]);
  if (status >= 100 && status < 200) return parseReply(bytes.subarray(end + 4), isHead);
  const headers = new Map(
    lines.map((one) => {
      const colon = one.indexOf(':');
      return [one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim()] as const;
    }),
  );
  const rest = bytes.subarray(end + 4);
  if (isHead || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  if (headers.get('transfer-encoding') === 'chunked') {
    const body = dechunk(rest);
    return body && { status, headers, body };
  }
  const length = Number(headers.get('content-length') ?? '0');
  return rest.length < length ? undefined : { status, headers, body: rest.subarray(0, length) };
}

function dechunk(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
