/** Stands in for MongoDB: answers commands as a test says, also as no real server here would. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';
import { answerTo, bodyOf, commandOf, Messages } from './message.ts';

/** What an answer has beside `ok`; `break`: the connection ends without one. */
export type Answer = Document | 'break';

export interface StandIn {
  readonly url: string;
  /** Commands of the tests, in order, without those that the driver sends by itself. */
  readonly asked: { command: string; body: Document }[];
  /** Answers to a command, one after the other; the last one stays. */
  on(command: string, ...answers: readonly Answer[]): void;
  /** Nothing is answered, or taken, for a while. */
  holds(isHeld: boolean): void;
  /** What the server says that it is. */
  is(hello: Document): void;
  close(): Promise<void>;
}

const member: Document = {
  ...{ isWritablePrimary: true, setName: 'rs0', setVersion: 1, secondary: false },
  ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
  ...{ minWireVersion: 0, maxWireVersion: 21, logicalSessionTimeoutMinutes: 30 },
};
const own = new Set(['hello', 'ismaster', 'endSessions', 'ping', 'killCursors']);
/** What finds these says. */
export const foundOf = (...firstBatch: readonly Document[]): Document => ({
  cursor: { id: BSON.Long.ZERO, ns: 'reverie.items', firstBatch },
});

/** What a plain server says where a test says nothing. */
const usual: Readonly<Record<string, Document>> = {
  buildInfo: { version: '8.0.0' },
  find: foundOf(),
  listCollections: foundOf(),
  listIndexes: foundOf(),
  insert: { n: 1 },
  update: { n: 1, nModified: 1 },
  delete: { n: 1 },
};

export async function openStandIn(): Promise<StandIn> {
  const answers = new Map<string, Answer[]>();
  const asked: StandIn['asked'] = [];
  let said = member;
  let isHeld = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const messages = new Messages();
    socket.on('data', (part) => {
      if (isHeld) return;
      for (const message of messages.add(part)) {
        const command = commandOf(message);
        const body = BSON.deserialize(bodyOf(message));
        if (!own.has(command)) asked.push({ command, body });
        const list = answers.get(command) ?? [];
        const next = list.length > 1 ? list.shift() : list[0];
        const answer = command === 'hello' || command === 'ismaster' ? said : next;
        if (answer === 'break') socket.destroy();
        else {
          const full = { ok: 1, ...(answer ?? usual[command]) };
          socket.write(answerTo(message, BSON.serialize(full)));
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  const host = `127.0.0.1:${address.port}`;
  said = { ...member, hosts: [host], me: host, primary: host };
  return {
    url: `mongodb://${host}/?directConnection=true`,
    asked,
    on: (command, ...list) => void answers.set(command, [...list]),
    holds: (next) => {
      isHeld = next;
    },
    is: (hello) => {
      said = hello;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
