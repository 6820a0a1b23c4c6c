import { expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { faultOf, isTooLarge } from './kafka-faults.ts';
import { loadKafka } from './load-kafka.ts';

const options = {
  ...{ brokers: ['kafka-1:9092'], topic: 'events', partitions: 1, clientId: 'test' },
  timeoutMs: 100,
};

/** As the client wraps what a broker says. */
const said = (marks: { code?: string; apiId?: string }, message = 'It was said.') => {
  const inner = Object.assign(new Error(message), marks);
  return new AggregateError([new Error('outer', { cause: inner })], 'Producing messages failed.');
};

test.each([
  [{ apiId: 'SASL_AUTHENTICATION_FAILED' }, 'REVERIE_KAFKA_USERNAME: Kafka refuses the name'],
  [{ apiId: 'UNSUPPORTED_SASL_MECHANISM' }, 'REVERIE_KAFKA_SASL: the broker does not take it'],
  [{ apiId: 'TOPIC_AUTHORIZATION_FAILED' }, 'Write and Describe on the topic events.'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'REVERIE_KAFKA_CA: '],
  [{ code: 'PLT_KFK_UNSUPPORTED_API' }, 'no Kafka of version 2.4 or newer.'],
  [{ apiId: 'INVALID_REPLICATION_FACTOR' }, 'Make it yourself.'],
])('what only an operator can change is said by its setting: %j', (marks, message) => {
  const fault = faultOf(said(marks), options);
  expect(fault).toMatchObject({ code: 'setting_invalid' });
  expect(fault.message).toContain(message);
});

test.each([
  [{ code: 'ECONNREFUSED' }, 'nothing listens there.'],
  [{ apiId: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' }, 'fewer replicas are in sync'],
  [{ apiId: 'SOMETHING_NEW' }, 'Kafka cannot be used: It was said.'],
])('anything else may go well the next time: %j', (marks, message) => {
  const fault = faultOf(said(marks), options);
  expect(MemoryError.isInstance(fault)).toBe(false);
  expect(fault.message).toContain(message);
});

test('a batch that is too large is known as that', () => {
  expect(isTooLarge(said({ apiId: 'MESSAGE_TOO_LARGE' }))).toBe(true);
  expect(isTooLarge(said({ apiId: 'INVALID_RECORD' }))).toBe(false);
});

test('a package that is missing is named with the command that installs it', async () => {
  const missing = () => Promise.reject(new Error('Cannot find package'));
  await expect(loadKafka(missing)).rejects.toMatchObject({
    code: 'setting_invalid',
    message: expect.stringContaining('npm install @platformatic/kafka@^1.35'),
  });
});
