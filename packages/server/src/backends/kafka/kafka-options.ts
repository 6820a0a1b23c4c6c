/** How Kafka is reached, and what is published where. */

export const saslMechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;
export type SaslMechanism = keyof typeof saslMechanisms;

export interface KafkaOptions {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Of the topic, where it has to be made. */
  readonly partitions: number;
  readonly clientId: string;
  readonly sasl?: {
    readonly mechanism: SaslMechanism;
    readonly username: string;
    readonly password: string;
  };
  /** Absent: no TLS. `ca`: certificates (PEM) in place of those that Node trusts. */
  readonly tls?: { readonly ca?: string };
  /** How long an answer is waited for, in milliseconds. */
  readonly timeoutMs: number;
}

/** For admin and producer alike. Nothing is tried again in here, but by an idempotent producer. */
export function clientOptions(options: KafkaOptions) {
  const { brokers, clientId, sasl, tls, timeoutMs } = options;
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    retries: 0,
    timeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectTimeout: Math.min(timeoutMs, 5_000),
    ...(sasl && { sasl: { ...sasl, mechanism: saslMechanisms[sasl.mechanism] } }),
    ...(tls && { tls: tls.ca === undefined ? {} : { ca: [tls.ca] } }),
  };
}
