/** Stands between a client and a server, and holds back what the server says. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface SlowProxy {
  readonly url: string;
  /** By how much every piece of an answer is late, in milliseconds. */
  delayMs: number;
  close(): Promise<void>;
}

export async function openSlowProxy(target: string): Promise<SlowProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream);
    upstream.on('data', (piece) => {
      setTimeout(() => client.write(piece), proxy.delayMs);
    });
    upstream.once('close', () => setTimeout(() => client.destroy(), proxy.delayMs));
    client.once('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy: SlowProxy = {
    url: `http://127.0.0.1:${own}`,
    delayMs: 0,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}
