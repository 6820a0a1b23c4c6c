/** Looks at Kafka and the topic without changing anything, whether servers publish there or not. */
import { MemoryError } from '../../domain/errors.ts';
import { faultOf } from './kafka-faults.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { loadKafka } from './load-kafka.ts';
import { prepareTopic } from './prepare-topic.ts';

export interface KafkaCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectKafka(options: KafkaOptions): Promise<KafkaCheck> {
  const name = 'kafka';
  try {
    const { partitions, replicas } = await prepareTopic(await loadKafka(), options, false);
    const detail = `topic ${options.topic}, ${partitions} partitions, ${replicas} copies of each`;
    return { name, ok: true, detail };
  } catch (error) {
    const fault = faultOf(error, options);
    const code = MemoryError.isInstance(fault) ? `${fault.code}: ` : '';
    return { name, ok: false, detail: code + fault.message };
  }
}
