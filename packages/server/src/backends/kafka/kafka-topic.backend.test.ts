/** The contract of a topic, and what a start is refused for, on a real Kafka. */
import { inspect } from 'node:util';
import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { runEventTopicRules } from '../contract/event-topic-rules.ts';
import { inspectKafka } from './doctor.ts';
import type { KafkaOptions, SaslMechanism } from './kafka-options.ts';
import { openKafkaTopic } from './kafka-topic.ts';
import { addresses, certificate, makeTopic, missing, optionsFor, readTopic } from './test-kafka.ts';

const event = { key: 'tenant/1', id: 'evt_1', type: 'memory.created', value: '{}' };
const admin = { username: 'admin', password: 'admin-of-the-test' };
const writer = { username: 'writer', password: 'writer-of-the-test' };

// The reason is in the title.
describe.skipIf(missing)(`kafka: topic of events${missing ? ` (${missing})` : ''}`, () => {
  runEventTopicRules({
    async open() {
      const { broker } = addresses();
      const options = optionsFor(broker);
      const topic = await openKafkaTopic(options);
      return { topic, read: () => readTopic(broker, options.topic) };
    },
  });

  test('a topic that is missing is made with the partitions that are set', async () => {
    const { broker } = addresses();
    const options = optionsFor(broker, { partitions: 7 });
    expect(await inspectKafka(options)).toMatchObject({ ok: false });
    await (await openKafkaTopic(options)).close();
    const detail = `topic ${options.topic}, 7 partitions, 1 copies of each`;
    expect(await inspectKafka(options)).toEqual({ name: 'kafka', ok: true, detail });
  });

  test('a topic that was deleted meanwhile is made anew', async () => {
    const { broker } = addresses();
    const options = optionsFor(broker, { timeoutMs: 3_000 });
    const topic = await openKafkaTopic(options);
    await topic.publish([event]);
    const client = new Admin({ clientId: 'admin', bootstrapBrokers: [broker] });
    await client.deleteTopics({ topics: [options.topic] });
    await client.close();
    const reasons: string[] = [];
    for (let isPublished = false; !isPublished && reasons.length < 20; ) {
      isPublished = await topic.publish([event]).then(
        () => true,
        ({ message }: Error) => reasons.push(message) === 0,
      );
    }
    // What the producer has met while it tried, not that it took too long.
    for (const reason of reasons) expect(reason).toContain('topic');
    expect(topic.status()).toEqual({ ok: true });
    expect(await readTopic(broker, options.topic)).not.toEqual([]);
    await topic.close();
  });

  test.each<SaslMechanism>(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'comes in by %s',
    async (mechanism) => {
      const { broker, saslBroker } = addresses();
      const options = optionsFor(saslBroker, { sasl: { mechanism, ...admin } });
      const topic = await openKafkaTopic(options);
      await topic.publish([event]);
      expect(await readTopic(broker, options.topic)).toHaveLength(1);
      await topic.close();
      const wrong = { ...options, sasl: { mechanism, ...admin, password: 'wrong-of-the-test' } };
      await expectRefusal(wrong, 'REVERIE_KAFKA_USERNAME: Kafka refuses the name or the password.');
    },
  );

  test('speaks TLS with a broker whose certificate is trusted', async () => {
    const { broker, tlsBroker } = addresses();
    const options = optionsFor(tlsBroker, { tls: { ca: certificate() } });
    const topic = await openKafkaTopic(options);
    await topic.publish([event]);
    expect(await readTopic(broker, options.topic)).toHaveLength(1);
    await topic.close();
    await expectRefusal({ ...options, tls: {} }, 'REVERIE_KAFKA_CA: the certificate');
  });

  test('who may write to a topic that is there needs nothing more', async () => {
    const { broker, saslBroker } = addresses();
    const options = optionsFor(saslBroker, { sasl: { mechanism: 'plain', ...writer } });
    await expectRefusal(options, `REVERIE_KAFKA_USERNAME: Kafka does not allow it`);
    await makeTopic(broker, options.topic);
    const client = new Admin({ clientId: 'admin', bootstrapBrokers: [broker] });
    const allowed = {
      ...{ resourceType: ResourceTypes.TOPIC, resourceName: options.topic, host: '*' },
      ...{ resourcePatternType: ResourcePatternTypes.LITERAL, principal: 'User:writer' },
      ...{ operation: AclOperations.WRITE, permissionType: AclPermissionTypes.ALLOW },
    };
    await client.createAcls({ creations: [allowed] });
    await client.close();
    const topic = await openKafkaTopic(options);
    await topic.publish([event]);
    expect(await readTopic(broker, options.topic)).toHaveLength(1);
    await topic.close();
  });

  test('a compacted topic is refused: it would lose events', async () => {
    const { broker } = addresses();
    const options = optionsFor(broker);
    await makeTopic(broker, options.topic, { 'cleanup.policy': 'compact,delete' });
    await expectRefusal(options, 'REVERIE_KAFKA_TOPIC: ');
    await expectRefusal(options, 'cleanup.policy');
  });

  test('a topic that takes small batches only gets them in parts', async () => {
    const { broker } = addresses();
    const options = optionsFor(broker);
    await makeTopic(broker, options.topic, { 'max.message.bytes': '1000' });
    const topic = await openKafkaTopic(options);
    const events = Array.from({ length: 60 }, (_, n) => ({ ...event, id: `evt_${n}` }));
    await topic.publish(events);
    const found = await readTopic(broker, options.topic);
    expect(found.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    const large = { ...event, value: JSON.stringify('x'.repeat(2_000)) };
    await expect(topic.publish([large])).rejects.toThrow('Kafka cannot be used');
    await topic.close();
  });

  test('no password is in what is logged of a fault', async () => {
    const { saslBroker } = addresses();
    const sasl = { mechanism: 'plain' as const, ...admin, password: 'wrong-of-the-test' };
    const refusal: unknown = await openKafkaTopic(optionsFor(saslBroker, { sasl })).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'setting_invalid' });
    expect(inspect(refusal, { depth: 20, showHidden: true })).not.toContain('wrong-of-the-test');
  });

  test.each([
    ['nothing listens', '127.0.0.1:1', 'nothing listens there'],
    ['there is no such host', 'nowhere.invalid:9092', 'no such host'],
  ])('where %s it starts, and says so', async (_name, broker, reason) => {
    const topic = await openKafkaTopic(optionsFor(broker));
    expect(topic.status()).toEqual({ ok: false, reason: `Kafka cannot be used: ${reason}.` });
    await expect(topic.publish([event])).rejects.toThrow(reason);
    await topic.close();
  });

  test('TLS or a name where none is wanted, or the other way, is told', async () => {
    const { broker, saslBroker, tlsBroker } = addresses();
    const reasonOf = async (options: KafkaOptions) => {
      const topic = await openKafkaTopic(options);
      await topic.close();
      return topic.status().reason;
    };
    expect(await reasonOf(optionsFor(tlsBroker))).toContain('REVERIE_KAFKA_TLS');
    expect(await reasonOf(optionsFor(saslBroker))).toContain('REVERIE_KAFKA_SASL');
    expect(await reasonOf(optionsFor(broker, { tls: {} }))).toContain('REVERIE_KAFKA_TLS');
    const named = optionsFor(broker, { sasl: { mechanism: 'plain', ...admin } });
    await expectRefusal(named, 'REVERIE_KAFKA_SASL: the broker does not take plain');
  });
});

async function expectRefusal(options: KafkaOptions, message: string): Promise<void> {
  const refusal = await openKafkaTopic(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ code: 'setting_invalid' });
  expect(refusal).toMatchObject({ message: expect.stringContaining(message) });
}
