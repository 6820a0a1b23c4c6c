/** Kafka's client: an optional package, loaded when events are published to Kafka. */
import { MemoryError } from '../../domain/errors.ts';

/** As npm takes it: the line that runs on Node 20. */
const wanted = '@platformatic/kafka@^1.35';

export type KafkaLibrary = Pick<
  typeof import('@platformatic/kafka'),
  'Admin' | 'ConfigResourceTypes' | 'Producer' | 'stringSerializers'
>;

/** Throws setting_invalid with the command that installs the package. */
export async function loadKafka(
  load: () => Promise<KafkaLibrary> = () => import('@platformatic/kafka'),
): Promise<KafkaLibrary> {
  try {
    return await load();
  } catch (cause) {
    const message = `REVERIE_KAFKA_BROKERS: a package is missing. Run: npm install ${wanted}`;
    const details = { setting: 'REVERIE_KAFKA_BROKERS', package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
