/** A topic in memory for tests; it can be away, and can keep what it does not acknowledge. */
import type { EventTopicPort, TopicEvent } from '../../ports/event-topic.ts';

export class TestTopic implements EventTopicPort {
  readonly name = 'test';
  /** As a reader finds them. */
  readonly events: TopicEvent[] = [];
  /** How many of each call. */
  readonly calls: number[] = [];
  /** Before anything of a call is kept; after it: what was kept is not acknowledged. */
  before: () => Promise<void> | void = () => undefined;
  after: () => Promise<void> | void = () => undefined;
  #ok = true;

  async publish(events: readonly TopicEvent[]): Promise<void> {
    this.#ok = false;
    await this.before();
    this.calls.push(events.length);
    this.events.push(...events);
    await this.after();
    this.#ok = true;
  }

  status() {
    return { ok: this.#ok };
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
