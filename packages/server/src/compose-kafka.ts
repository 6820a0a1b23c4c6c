/** Events to Kafka, where the settings say so. */
import { readFileSync } from 'node:fs';
import { inspectKafka } from './backends/kafka/doctor.ts';
import type { KafkaOptions } from './backends/kafka/kafka-options.ts';
import { openKafkaTopic } from './backends/kafka/kafka-topic.ts';
import type { DoctorCheck } from './cli/actions.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import type { PublishDeps } from './engine/publish/deps.ts';
import { EventPublisher } from './engine/publish/event-publisher.ts';
import { presentPublishedEvent } from './http/present-published-event.ts';

type Parts = Omit<PublishDeps, 'topic' | 'present'> & { readonly settings: Settings };

/** Undefined where nothing is published. Throws setting_invalid. */
export async function openPublisher(parts: Parts): Promise<EventPublisher | undefined> {
  const { settings, ...deps } = parts;
  if (settings.kafkaBrokers.length === 0) return undefined;
  const topic = await openKafkaTopic(kafkaOf(settings));
  const { ok, reason } = topic.status();
  if (!ok) deps.log('warn', 'events wait until Kafka can be reached', { reason });
  return new EventPublisher({ ...deps, topic, present: presentPublishedEvent });
}

export async function inspectTopic(settings: Settings): Promise<DoctorCheck[]> {
  return settings.kafkaBrokers.length === 0 ? [] : [await inspectKafka(kafkaOf(settings))];
}

function kafkaOf(settings: Settings): KafkaOptions {
  const { kafkaSasl: mechanism, kafkaUsername: username, kafkaPassword: password } = settings;
  const hasName = mechanism !== 'none' && username !== undefined && password !== undefined;
  return {
    brokers: settings.kafkaBrokers,
    topic: settings.kafkaTopic,
    partitions: settings.kafkaPartitions,
    clientId: settings.kafkaClientId,
    timeoutMs: settings.kafkaTimeoutMs,
    ...(hasName && { sasl: { mechanism, username, password } }),
    ...(settings.kafkaTls === 'on' && { tls: tlsOf(settings.kafkaCa) }),
  };
}

function tlsOf(path: string | undefined): NonNullable<KafkaOptions['tls']> {
  if (path === undefined) return {};
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch (cause) {
    const message = `REVERIE_KAFKA_CA: the file ${path} cannot be read.`;
    const details = { setting: 'REVERIE_KAFKA_CA' };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
