/** A webhook receiver on loopback: answers as a test says, and keeps what it was sent. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: {
    readonly id: string;
    readonly event: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
  };
}

/** In place of what a test looks for and does not find. */
export const nothing: Received = {
  headers: {},
  raw: '',
  body: { id: '', event: '', timestamp: '', data: {} },
};

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** 204 until a test says otherwise; `undefined` never answers. */
  answer: (one: Received, number: number) => number | undefined;
  /** Resolves when so many were received. */
  atLeast(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function openReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const raw = Buffer.concat(pieces).toString();
    const one = { headers: request.headers, raw, body: JSON.parse(raw) };
    received.push(one);
    const status = receiver.answer(one, received.length);
    if (status !== undefined) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${bound}/hook`,
    received,
    answer: () => 204,
    async atLeast(count) {
      await until(
        () => received.length >= count,
        () => `${received.length} of ${count} came`,
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** Waits for what must come soon. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  told: () => string = () => 'it did not come',
  mostMs = 10_000,
): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(told());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
