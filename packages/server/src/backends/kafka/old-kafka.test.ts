/** A broker from before 2.4, as it answers the first question: it knows no such version of it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openKafkaTopic } from './kafka-topic.ts';

/** Of Kafka's protocol: the answer has version 0 then, a list of nothing. */
const unsupportedVersion = 35;

test('a Kafka that is too old refuses the start', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      const answer = Buffer.alloc(14);
      answer.writeInt32BE(10, 0);
      // Behind size, kind and version of the request is its number.
      answer.writeInt32BE(request.readInt32BE(8), 4);
      answer.writeInt16BE(unsupportedVersion, 8);
      socket.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const options = { topic: 'events', partitions: 1, clientId: 'test', timeoutMs: 5_000 };
  const opening = openKafkaTopic({ ...options, brokers: [`127.0.0.1:${port}`] });
  await expect(opening).rejects.toMatchObject({
    code: 'setting_invalid',
    message: 'REVERIE_KAFKA_BROKERS: what answers there is no Kafka of version 2.4 or newer.',
  });
  server.close();
});
