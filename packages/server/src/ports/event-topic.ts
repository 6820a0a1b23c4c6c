/** A log of somebody else that events are published to; it keeps the order of each key. */

export interface TopicEvent {
  /** What keeps its order: all events of a namespace have the same one. */
  readonly key: string;
  /** Of the event, the same each time that it is published. */
  readonly id: string;
  readonly type: string;
  /** JSON, without content. */
  readonly value: string;
}

export interface TopicStatus {
  readonly ok: boolean;
  /** Why nothing can be published, in words for an operator. */
  readonly reason?: string;
}

/** Implementation: backends/kafka. The contract suite is backends/contract/event-topic-rules.ts. */
export interface EventTopicPort {
  /** For logs and doctor. */
  readonly name: string;
  /**
   * Resolves when every replica that is in sync has all of them, in their order for each key. A
   * rejection says for an operator why not, and comes in bounded time; some of them may be there
   * then. One call at a time.
   */
  publish(events: readonly TopicEvent[]): Promise<void>;
  /** As the last attempt found it. */
  status(): TopicStatus;
  close(): Promise<void>;
}
