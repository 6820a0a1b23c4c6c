/** Looks at the topic before something is published, and makes it where it is missing. */
import { setTimeout } from 'node:timers/promises';
import { within } from '../../util/within.ts';
import { isDenied, isThereAlready, isUnknownTopic, refused } from './kafka-faults.ts';
import { clientOptions, type KafkaOptions } from './kafka-options.ts';
import type { KafkaLibrary } from './load-kafka.ts';

export interface PreparedTopic {
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replicas: number;
}

type Partitions = readonly { readonly replicas: readonly number[] }[];

const shapeOf = (partitions: Partitions): PreparedTopic => ({
  partitions: partitions.length,
  replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
});

/** The broker's own default. */
const replicasOfBroker = -1;
const soonMs = 50;

/** Throws what `faultOf` reads; setting_invalid for a topic that would lose events. */
export async function prepareTopic(
  library: KafkaLibrary,
  options: KafkaOptions,
  mayMake: boolean,
): Promise<PreparedTopic> {
  const admin = new library.Admin(clientOptions(options));
  try {
    return await within(options.timeoutMs, async (signal) => {
      // Asked by itself first: elsewhere the client throws past its caller at what is no answer.
      await admin.listApis();
      const found = await partitionsOf(admin, options.topic);
      if (found) {
        await refuseCompaction(library, admin, options.topic);
        return shapeOf(found);
      }
      if (mayMake) return shapeOf(await makeTopic(admin, options, signal));
      throw refused('REVERIE_KAFKA_TOPIC', `there is no topic ${options.topic} yet.`);
    });
  } finally {
    // It may wait for an answer that never comes.
    void admin.close().catch(() => undefined);
  }
}

type Admin = InstanceType<KafkaLibrary['Admin']>;

async function partitionsOf(admin: Admin, topic: string) {
  try {
    const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true });
    return topics.get(topic)?.partitions;
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

async function makeTopic(
  admin: Admin,
  { topic, partitions }: KafkaOptions,
  signal: AbortSignal,
): Promise<Partitions> {
  const configs = [{ name: 'cleanup.policy', value: 'delete' }];
  try {
    await admin.createTopics({ topics: [topic], partitions, replicas: replicasOfBroker, configs });
  } catch (error) {
    if (isDenied(error)) {
      const reason = `there is no topic ${topic}, and Kafka does not allow to make it. Make it.`;
      throw refused('REVERIE_KAFKA_TOPIC', reason, error);
    }
    // Another server was faster.
    if (!isThereAlready(error)) throw error;
  }
  // The brokers hear of it a moment later.
  for (;;) {
    const made = await partitionsOf(admin, topic);
    if (made || signal.aborted) return made ?? [];
    await setTimeout(soonMs);
  }
}

/** A compacted topic keeps the last event of each namespace and drops the others. */
async function refuseCompaction(
  { ConfigResourceTypes: { TOPIC: resourceType } }: KafkaLibrary,
  admin: Admin,
  topic: string,
): Promise<void> {
  const key = 'cleanup.policy';
  const asked = { resourceType, resourceName: topic, configurationKeys: [key] };
  let policy: string | null | undefined;
  try {
    const [found] = await admin.describeConfigs({ resources: [asked] });
    policy = found?.configs.find((config) => config.name === key)?.value;
  } catch (error) {
    // Who may only write may not see it either.
    if (isDenied(error)) return;
    throw error;
  }
  if (!policy?.includes('compact')) return;
  const reason =
    `the topic ${topic} has cleanup.policy=${policy}, which would keep only the last event of ` +
    'each namespace. Set it to delete, or name another topic.';
  throw refused('REVERIE_KAFKA_TOPIC', reason);
}
