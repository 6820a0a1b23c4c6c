/** What Kafka and its client complain of, in words that say what to do. */
import { MemoryError } from '../../domain/errors.ts';
import type { KafkaOptions } from './kafka-options.ts';

/** What nobody but an operator can change: a start is refused with it. */
export function refused(setting: string, reason: string, cause?: unknown): MemoryError {
  const details = { setting };
  return new MemoryError('setting_invalid', `${setting}: ${reason}`, { details, cause });
}

/** A MemoryError where a setting is wrong; an Error where it may go well the next time. */
export function faultOf(error: unknown, options: KafkaOptions): Error {
  if (MemoryError.isInstance(error) || error instanceof TopicFault) return error;
  const marks = marksOf(error);
  const found = refusals.find(({ mark }) => marks.some((one) => mark.test(one)));
  if (found) return refused(found.setting, found.reason(options), error);
  const why = unreachable.find(({ mark }) => marks.some((one) => mark.test(one)))?.reason;
  const said = marks.at(-1)?.replace(/\.$/, '') ?? 'it failed';
  return new TopicFault(`Kafka cannot be used: ${why ?? said}.`, error);
}

/** Nothing was lost: it is tried again. */
export class TopicFault extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TopicFault';
  }
}

export const isTooLarge = (error: unknown): boolean => marksOf(error).includes('MESSAGE_TOO_LARGE');
export const isThereAlready = (error: unknown): boolean =>
  marksOf(error).includes('TOPIC_ALREADY_EXISTS');
export const isDenied = (error: unknown): boolean =>
  marksOf(error).some((mark) => mark.endsWith('_AUTHORIZATION_FAILED'));
export const isUnknownTopic = (error: unknown): boolean =>
  marksOf(error).some((mark) => mark.startsWith('Unknown topic'));

const name = 'REVERIE_KAFKA_USERNAME';
const refusals: readonly {
  readonly mark: RegExp;
  readonly setting: string;
  readonly reason: (options: KafkaOptions) => string;
}[] = [
  {
    mark: /^SASL_AUTHENTICATION_FAILED$/,
    setting: name,
    reason: () => 'Kafka refuses the name or the password.',
  },
  {
    mark: /^(UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/,
    setting: 'REVERIE_KAFKA_SASL',
    reason: ({ sasl }) => `the broker does not take ${sasl?.mechanism ?? 'it'} at this address.`,
  },
  {
    mark: /_AUTHORIZATION_FAILED$/,
    setting: name,
    reason: ({ topic }) => `Kafka does not allow it Write and Describe on the topic ${topic}.`,
  },
  {
    mark: /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF|UNABLE_TO_|CERT_|ERR_TLS_CERT)/,
    setting: 'REVERIE_KAFKA_CA',
    reason: () => 'the certificate of the broker is not trusted. Name the one that signed it.',
  },
  {
    // An older one answers in a form that the client cannot read to its end.
    mark: /^(PLT_KFK_UNSUPPORTED_API|UNSUPPORTED_VERSION|(PLT_KFK_)?OUT_OF_BOUNDS)$/,
    setting: 'REVERIE_KAFKA_BROKERS',
    reason: () => 'what answers there is no Kafka of version 2.4 or newer.',
  },
  {
    mark: /^(POLICY_VIOLATION|INVALID_(REPLICATION_FACTOR|TOPIC_EXCEPTION|PARTITIONS))$/,
    setting: 'REVERIE_KAFKA_TOPIC',
    reason: ({ topic }) => `Kafka refuses to make the topic ${topic}. Make it yourself.`,
  },
];

const unreachable: readonly { readonly mark: RegExp; readonly reason: string }[] = [
  { mark: /^ENOTFOUND$|^EAI_AGAIN$/, reason: 'no such host' },
  { mark: /^ECONNREFUSED$/, reason: 'nothing listens there' },
  {
    mark: /^TLS handshake failed|^EPROTO$|^ERR_SSL/,
    reason: 'it does not speak TLS there, or hung up; see REVERIE_KAFKA_TLS',
  },
  {
    mark: /^Connection closed$/,
    reason: 'it hung up; where it wants TLS or a name, set REVERIE_KAFKA_TLS or REVERIE_KAFKA_SASL',
  },
  { mark: /^NOT_ENOUGH_REPLICAS/, reason: 'fewer replicas are in sync than the topic asks for' },
  { mark: /^It took too long\.$|^PLT_KFK_TIMEOUT$/, reason: 'no answer in time' },
];

/** Codes and messages of an error and of all that it holds, outermost first. */
function marksOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { message, cause } = error;
  const named = [read(error, 'code'), read(error, 'apiId'), message];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  const marks = named.filter((mark) => typeof mark === 'string');
  return [...marks, ...[...inner, cause].flatMap(marksOf)];
}

const read = (error: Error, field: 'code' | 'apiId'): unknown =>
  field in error ? Reflect.get(error, field) : undefined;
