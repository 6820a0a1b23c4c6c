/**
 * Settings that deploy/ and the guides name before their backends are part of this tree. A name
 * that the settings table knows has to leave this list: settings-names.test.ts says so.
 */
export const futureSettings: readonly string[] = [
  'REVERIE_REDIS_URL',
  'REVERIE_KAFKA_BROKERS',
  'REVERIE_VECTORS',
  'REVERIE_QDRANT_URL',
  'REVERIE_QDRANT_API_KEY',
];

/** The same with their `_FILE`. */
export const isFutureSetting = (name: string): boolean =>
  futureSettings.includes(name.replace(/_FILE$/, ''));
