/** Where events are published, and as whom: a part of the table of settings. */
import { z } from 'zod';
import { choice, define, integer, isHostAndPort, type Values, word, words } from './setting.ts';
import { refuseIdle, settingInvalid } from './setting-invalid.ts';

export const kafkaSettings = {
  kafkaBrokers: define({
    env: 'REVERIE_KAFKA_BROKERS',
    schema: words(isHostAndPort, 'addresses like kafka-1:9092'),
    form: 'host:port,...',
    doc:
      'Publishes what happens to memories to Kafka; some of its brokers, which name the others. ' +
      'See docs/guides/kafka.md.',
  }),
  kafkaTopic: define({
    env: 'REVERIE_KAFKA_TOPIC',
    schema: z.string().regex(/^[\w.-]{1,249}$/, 'letters, digits, dots, _ and - are needed'),
    default: 'reverie.events',
    form: 'name',
    doc: 'The topic, which is made where it is missing.',
  }),
  kafkaPartitions: define({
    env: 'REVERIE_KAFKA_PARTITIONS',
    schema: integer(1, 10_000),
    default: '12',
    form: 'number',
    doc: 'Partitions of the topic, where it has to be made.',
  }),
  kafkaClientId: define({
    env: 'REVERIE_KAFKA_CLIENT_ID',
    schema: word,
    default: 'reverie',
    form: 'name',
    doc: 'What Kafka calls the server in its logs and quotas.',
  }),
  kafkaSasl: define({
    env: 'REVERIE_KAFKA_SASL',
    schema: choice('none', 'plain', 'scram-sha-256', 'scram-sha-512'),
    default: 'none',
    form: 'none|plain|scram-sha-256|scram-sha-512',
    doc: 'How the server says who it is to Kafka. plain sends the password: use TLS with it.',
  }),
  kafkaUsername: define({
    env: 'REVERIE_KAFKA_USERNAME',
    schema: word,
    form: 'name',
    doc: 'The name for REVERIE_KAFKA_SASL.',
  }),
  kafkaPassword: define({
    env: 'REVERIE_KAFKA_PASSWORD',
    schema: z.string().min(1),
    form: 'password',
    secret: true,
    doc: 'The password for REVERIE_KAFKA_SASL.',
  }),
  kafkaTls: define({
    env: 'REVERIE_KAFKA_TLS',
    schema: choice('off', 'on'),
    default: 'off',
    form: 'off|on',
    doc: 'Whether to speak TLS with Kafka.',
  }),
  kafkaCa: define({
    env: 'REVERIE_KAFKA_CA',
    schema: z.string().min(1),
    form: 'file',
    doc: 'Certificates (PEM) that sign those of Kafka, in place of those that Node trusts.',
  }),
  kafkaTimeoutMs: define({
    env: 'REVERIE_KAFKA_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '10000',
    form: 'number',
    doc: 'How long Kafka may take to acknowledge, before it is sent again, in milliseconds.',
  }),
} as const;

/** What belongs together, and nothing that would do nothing. Throws setting_invalid. */
export function checkKafka(values: Values<typeof kafkaSettings>): void {
  const { kafkaBrokers, kafkaSasl, kafkaTls } = values;
  const at = kafkaSettings;
  const names = ['kafkaUsername', 'kafkaPassword'] as const;
  const named = names.map((name) => at[name]);
  const useless = (needed: string) => `nothing uses it; set ${needed}`;
  if (!kafkaBrokers?.length) {
    refuseIdle([...named, at.kafkaCa], values, useless(`${at.kafkaBrokers.env} too`));
  }
  if (kafkaSasl === 'none') refuseIdle(named, values, useless(`${at.kafkaSasl.env} too`));
  if (kafkaTls === 'off') refuseIdle([at.kafkaCa], values, useless(`${at.kafkaTls.env}=on`));
  const missing = names.find((name) => values[name] === undefined);
  if (kafkaSasl !== 'none' && missing) {
    throw settingInvalid(at[missing].env, `${at.kafkaSasl.env}=${kafkaSasl} needs it`);
  }
}
