/** A line to another server on loopback that is as long as a test says. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface SlowLine {
  readonly port: number;
  /** There and back, in milliseconds; counts from the next piece on. */
  delayMs: number;
  close(): Promise<void>;
}

/** Every piece arrives half of the delay after it was sent, in its order. */
export async function openSlowLine(host: string, port: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket): void => {
    // One after the other: a piece never overtakes the one before it.
    let last: Promise<void> | undefined;
    from.on('data', (piece) => {
      if (line.delayMs === 0 && last === undefined) {
        to.write(piece);
        return;
      }
      const delay = wait(line.delayMs / 2);
      const sent = Promise.all([last, delay]).then(() => {
        to.write(piece);
        if (last === sent) last = undefined;
      });
      last = sent;
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.end();
    });
  };
  const server = createServer((near) => {
    const far = connect({ host, port });
    near.setNoDelay(true);
    far.setNoDelay(true);
    sockets.add(near).add(far);
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  const line: SlowLine = {
    port: own,
    delayMs: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return line;
}

/** Timers come up to a millisecond late, so what is measured on the line counts, and not this. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
