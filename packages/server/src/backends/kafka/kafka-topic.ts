/**
 * A topic of Apache Kafka. What is published is acknowledged by all replicas that are in sync; the
 * producer is idempotent, so that what it sends again itself is there once. After a fault another
 * producer begins anew, and what was not acknowledged may be there twice, with the same ids.
 */
import type { Producer, RetryDelayGetter } from '@platformatic/kafka';
import { MemoryError } from '../../domain/errors.ts';
import type { EventTopicPort, TopicEvent, TopicStatus } from '../../ports/event-topic.ts';
import { within } from '../../util/within.ts';
import { faultOf, isTooLarge } from './kafka-faults.ts';
import { clientOptions, type KafkaOptions } from './kafka-options.ts';
import { type KafkaLibrary, loadKafka } from './load-kafka.ts';
import { prepareTopic } from './prepare-topic.ts';

type TextProducer = Producer<string, string, string, string>;

/** Every replica that is in sync. */
const acks = -1;
/** Packing so many holds the thread for about 2 ms; more of them go in several requests. */
const eventsPerRequest = 200;
const retryMs = 500;
/** Of what an event looks like; raised when that changes for those who read it. */
const schemaVersion = '1';

/**
 * Throws setting_invalid where a setting is wrong, such as a password or the kind of the topic. A
 * Kafka that does not answer is no reason not to start: the status says so.
 */
export async function openKafkaTopic(
  options: KafkaOptions,
  load: () => Promise<KafkaLibrary> = loadKafka,
): Promise<EventTopicPort> {
  const topic = new KafkaTopic(await load(), options);
  try {
    await topic.prepare();
  } catch (error) {
    if (MemoryError.isInstance(error)) throw error;
  }
  return topic;
}

class KafkaTopic implements EventTopicPort {
  readonly name = 'kafka';
  readonly #library: KafkaLibrary;
  readonly #options: KafkaOptions;
  readonly #closed = new AbortController();
  #producer: TextProducer | undefined;
  #isPrepared = false;
  /** Of the request that is under way. */
  #met: Error | undefined;
  #reason: string | undefined;

  constructor(library: KafkaLibrary, options: KafkaOptions) {
    this.#library = library;
    this.#options = options;
  }

  async prepare(): Promise<void> {
    if (this.#isPrepared) return;
    try {
      await prepareTopic(this.#library, this.#options, true);
      this.#isPrepared = true;
      this.#reason = undefined;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async publish(events: readonly TopicEvent[]): Promise<void> {
    await this.prepare();
    try {
      for (let i = 0; i < events.length; i += eventsPerRequest) {
        await this.#send(events.slice(i, i + eventsPerRequest));
      }
      this.#reason = undefined;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  status(): TopicStatus {
    const reason = this.#reason;
    return reason === undefined ? { ok: true } : { ok: false, reason };
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('The server stops.'));
    this.#dropProducer();
  }

  async #send(events: readonly TopicEvent[]): Promise<void> {
    const { topic, timeoutMs } = this.#options;
    this.#producer ??= this.#openProducer();
    this.#met = undefined;
    const messages = events.map(({ key, id, type, value }) => {
      return { topic, key, value, headers: { id, type, schema: schemaVersion } };
    });
    const sent = this.#producer.send({ messages, acks });
    // One that comes too late has been given up.
    sent.catch(() => undefined);
    try {
      await within(timeoutMs, () => sent, this.#closed.signal);
    } catch (error) {
      if (!isTooLarge(error) || events.length === 1) throw this.#met ?? error;
      // The first half first: the order of a key stays as it is.
      this.#dropProducer();
      const half = Math.ceil(events.length / 2);
      await this.#send(events.slice(0, half));
      await this.#send(events.slice(half));
    }
  }

  #openProducer(): TextProducer {
    const { Producer, stringSerializers: serializers } = this.#library;
    // It tries again by itself until it is dropped; what it has met is the reason then.
    const retryDelay = (...[, , , , error]: Parameters<RetryDelayGetter>): number => {
      this.#met = error;
      return retryMs;
    };
    const own = { serializers, idempotent: true, retryDelay };
    return new Producer({ ...clientOptions(this.#options), ...own });
  }

  /** Its numbers would no longer be those that the broker expects. */
  #failed(error: unknown): Error {
    const fault = faultOf(error, this.#options);
    this.#reason = fault.message;
    this.#isPrepared = false;
    this.#dropProducer();
    return fault;
  }

  #dropProducer(): void {
    // It may wait for an answer that never comes.
    void this.#producer?.close().catch(() => undefined);
    this.#producer = undefined;
  }
}
