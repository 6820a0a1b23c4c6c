/** Stands before MongoDB and counts the writes, so that a test may end a writer, or the way. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { OnWrite, WriteProxy } from '../../item-table/proofs/test-table.ts';
import { bodyOf, commandOf, type Message, Messages } from './message.ts';

export interface CommandProxy extends WriteProxy {
  /** Ends every connection, and takes no other, until it is mended. */
  cut(): void;
  /** Nothing goes on, either way, until it is mended. */
  hold(): void;
  mend(): void;
}

const isWrite = (command: string): boolean =>
  /^(insert|update|delete|findAndModify|bulkWrite|commitTransaction)$/.test(command);

/** Of a transaction that another command has begun. */
function isWithin(message: Message): boolean {
  const body = bodyOf(message);
  return body.includes('autocommit\0') && !body.includes('startTransaction\0');
}

/** `url`: of the driver; the proxy takes the place of its one host. */
export async function openCommandProxy(url: string): Promise<CommandProxy> {
  const upstream = new URL(url);
  let onWrite: OnWrite = () => {};
  let writes = 0;
  const sockets = new Set<Socket>();
  let isCut = false;
  let held: Promise<void> | undefined;
  let release = () => {};
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const there = connect(Number(upstream.port), upstream.hostname);
    for (const socket of [client, there]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    endTogether(client, there);
    /** Ids of writes that are under way, with their numbers and whoever was told of them. */
    const underWay = new Map<number, { number: number; watch: OnWrite }>();
    passOn(client, there, async (message) => {
      await held;
      if (!isWrite(commandOf(message))) return true;
      const one = { number: ++writes, watch: onWrite };
      underWay.set(message.id, one);
      return (await one.watch(one.number, 'before', isWithin(message))) !== false;
    });
    passOn(there, client, async (message) => {
      await held;
      const one = underWay.get(message.answers);
      underWay.delete(message.answers);
      return (await one?.watch(one.number, 'after')) !== false;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  const own = new URL(url);
  own.host = `127.0.0.1:${address.port}`;
  return {
    url: own.href,
    watch: (next) => {
      writes = 0;
      onWrite = next;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    mend: () => {
      isCut = false;
      held = undefined;
      release();
    },
    close: async () => {
      release();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function endTogether(...sockets: readonly Socket[]): void {
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const each of sockets) each.destroy();
    });
  }
}

/** One message after the other, each of them told of first, until one goes no further. */
function passOn(from: Socket, to: Socket, tell: (message: Message) => Promise<boolean>): void {
  const messages = new Messages();
  let last = Promise.resolve();
  from.on('data', (part) => {
    for (const message of messages.add(part)) {
      last = last.then(async () => {
        if (!(await tell(message))) from.destroy();
        if (!from.destroyed && !to.destroyed) to.write(message.bytes);
      });
    }
  });
}
