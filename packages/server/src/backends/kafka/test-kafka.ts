/** A topic of its own for a test, and what is in it. */
import { readFileSync } from 'node:fs';
import { Admin, Consumer, MessagesStreamModes, stringDeserializers } from '@platformatic/kafka';
import type { TopicEvent } from '../../ports/event-topic.ts';
import type { KafkaOptions } from './kafka-options.ts';

export interface KafkaAddresses {
  /** Who comes there without a name may do everything. */
  readonly broker: string;
  /** Asks who comes for a name and a password. */
  readonly saslBroker: string;
  /** Speaks TLS. */
  readonly tlsBroker: string;
  /** The file of its certificate, which signs itself. */
  readonly certificate: string;
}

/** Why there is no Kafka to test against; undefined where there is one. */
export const missing: string | undefined = process.env.REVERIE_TEST_KAFKA
  ? undefined
  : (process.env.REVERIE_TEST_KAFKA_MISSING ?? 'run it with: npm run test:backends');

/** Of the Kafka that all tests share. */
export function addresses(): KafkaAddresses {
  return JSON.parse(process.env.REVERIE_TEST_KAFKA ?? '{}');
}

export const certificate = (): string => readFileSync(addresses().certificate, 'utf8');

let topics = 0;

/** A name that no other test has. */
export const topicName = (): string => `test-${process.pid}-${Date.now()}-${++topics}`;

export const optionsFor = (broker: string, more: Partial<KafkaOptions> = {}): KafkaOptions => ({
  ...{ brokers: [broker], topic: topicName(), partitions: 4, clientId: 'test', timeoutMs: 20_000 },
  ...more,
});

export type ReadEvent = TopicEvent & { readonly schema: string | undefined };

/** Everything up to what is there now, partition by partition in its order. */
export async function readTopic(broker: string, topic: string): Promise<ReadEvent[]> {
  const options = { clientId: 'reader', bootstrapBrokers: [broker] };
  const consumer = new Consumer({
    ...{ ...options, groupId: `reader-${topicName()}`, deserializers: stringDeserializers },
  });
  const found: ReadEvent[] = [];
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    const left = new Map(ends.flatMap((end, i) => (end > 0n ? [[i, end] as const] : [])));
    if (left.size === 0) return [];
    const mode = MessagesStreamModes.EARLIEST;
    const stream = await consumer.consume({ topics: [topic], mode, autocommit: false });
    for await (const { key, value, headers, partition, offset } of stream) {
      const [id = '', type = ''] = [headers.get('id'), headers.get('type')];
      found.push({ key, value, id, type, schema: headers.get('schema') });
      if (offset + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      if (left.size === 0) break;
    }
  } finally {
    await consumer.close(true);
  }
  return found;
}

/** A topic as somebody else has made it. */
export async function makeTopic(
  broker: string,
  topic: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = new Admin({ clientId: 'admin', bootstrapBrokers: [broker] });
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1, configs });
  await admin.close();
}
