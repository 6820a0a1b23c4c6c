/** Gives the test files one Kafka, and the jars to start another one that may be killed. */
import { writeFileSync } from 'node:fs';
import { findKafka, kafkaVersion, startKafka } from './kafka-server.ts';

/** Vitest calls the one that is named `setup`; what it returns is called at the end. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const found = findKafka();
  if ('reason' in found) {
    process.env.REVERIE_TEST_KAFKA_MISSING = found.reason;
    tell(`none: ${found.reason}`);
    return undefined;
  }
  const server = await startKafka(found.jars);
  process.env.REVERIE_TEST_KAFKA = JSON.stringify(server.addresses);
  process.env.REVERIE_TEST_KAFKA_JARS = found.jars;
  tell(`Kafka ${kafkaVersion}`);
  return () => server.stop();
}

/** Whoever runs the tests may want to know what they ran against. */
function tell(server: string): void {
  const file = process.env.REVERIE_TEST_SERVER_FILE;
  if (file) writeFileSync(file, server);
}
