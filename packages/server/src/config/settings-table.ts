/** Every setting of the product in one table; flags, help and docs/settings.md derive from it. */
import { z } from 'zod';
import {
  type HygienePolicies,
  hygieneKinds,
  hygienePolicies,
  parsePolicies,
} from '../domain/hygiene.ts';
import { limits } from '../domain/limits.ts';
import { dynamodbSettings } from './dynamodb-settings.ts';
import { httpSettings } from './http-settings.ts';
import { kafkaSettings } from './kafka-settings.ts';
import { modelSettings } from './model-settings.ts';
import { mongodbSettings } from './mongodb-settings.ts';
import { redisSettings } from './redis-settings.ts';
import {
  choice,
  define,
  integer,
  privateTargets,
  type Setting,
  type Values,
  word,
} from './setting.ts';
import { storeSettings } from './store-settings.ts';
import { tenantSettings } from './tenant-settings.ts';
import { vectorSettings } from './vector-settings.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What the server reads. The name of an entry is the name of its value in `Settings`. */
export const serverSettings = {
  ...httpSettings,
  ...storeSettings,
  ...redisSettings,
  ...vectorSettings,
  ...dynamodbSettings,
  ...mongodbSettings,
  ...modelSettings,
  ...tenantSettings,
  webhooks: define({
    env: 'REVERIE_WEBHOOKS',
    schema: choice('send', 'hold'),
    default: 'send',
    form: 'send|hold',
    doc:
      'hold keeps what webhooks have to send until the next start with send: for a copy of a ' +
      'store that must not reach the receivers of the original. See docs/guides/webhooks.md.',
  }),
  ...kafkaSettings,
  outgoingPrivate: define({
    env: 'REVERIE_OUTGOING_PRIVATE',
    schema: privateTargets,
    form: 'allow|hosts and networks',
    doc:
      'Where requests that callers ask for (webhooks) may go beside public addresses over https: ' +
      'host names, addresses and networks, with commas between; there plain http is allowed ' +
      'too. allow opens every address.',
  }),
  rateLimit: define({
    env: 'REVERIE_RATE_LIMIT',
    schema: integer(1, 10_000_000),
    default: '600000',
    form: 'number',
    doc: 'Requests a minute with one key; the plan of a tenant may allow all its keys less.',
  }),
  rateLimitAddress: define({
    env: 'REVERIE_RATE_LIMIT_ADDRESS',
    schema: integer(1, 10_000_000),
    default: '120',
    form: 'number',
    doc: 'Requests a minute from one address without a key that is known.',
  }),
  logLevel: define({
    env: 'REVERIE_LOG_LEVEL',
    schema: choice(...logLevels),
    default: 'info',
    form: logLevels.join('|'),
    doc: 'How much is logged.',
  }),
  indexMemoryMb: define({
    env: 'REVERIE_INDEX_MEMORY_MB',
    schema: integer(16, 1_048_576),
    default: '512',
    form: 'number',
    doc: 'Memory for indexes, in MiB; the least recently used leave first.',
  }),
  searchWorkers: define({
    env: 'REVERIE_SEARCH_WORKERS',
    schema: integer(0, 64),
    default: '1',
    form: 'number',
    doc: 'Threads that search large namespaces; 0 searches them on the main thread.',
  }),
  largeNamespace: define({
    env: 'REVERIE_LARGE_NAMESPACE',
    schema: integer(1_000, 10_000_000),
    default: '20000',
    form: 'number',
    doc: 'Passages from which a namespace counts as large.',
  }),
  hygiene: define({
    env: 'REVERIE_HYGIENE',
    schema: z.string().transform((text, context): HygienePolicies => {
      const policies = parsePolicies(text);
      if (policies) return policies;
      const message = `one of ${hygienePolicies.join(', ')}, or pairs like secrets=redact`;
      context.addIssue({ code: 'custom', message: `${message} are needed` });
      return z.NEVER;
    }),
    default: 'flag',
    form: `${hygienePolicies.join('|')}|kind=policy,...`,
    doc:
      `What is done about ${hygieneKinds.join(', ')} in what is stored, where the namespace says ` +
      'nothing else: flag, or secrets=redact,cards=refuse. See docs/guides/hygiene.md.',
  }),
  maxValueBytes: define({
    env: 'REVERIE_MAX_VALUE_BYTES',
    // Half of a request's body: JSON may need two bytes for one.
    schema: integer(1, limits.bodyBytesMax / 2),
    default: String(limits.valueBytesMax),
    form: 'number',
    doc: 'The longest value that is accepted, in bytes of UTF-8.',
  }),
} as const;

/** What the SDK and the command read; the server knows the names and does nothing with them. */
export const clientSettings = {
  url: define({
    env: 'REVERIE_URL',
    schema: word,
    default: 'http://127.0.0.1:7360',
    form: 'url',
    side: 'client',
    doc: 'Where clients and the command find the server.',
  }),
  apiKey: define({
    env: 'REVERIE_API_KEY',
    schema: word,
    form: 'key',
    secret: true,
    side: 'client',
    doc: 'The key of clients and of the command.',
  }),
} as const;

export const allSettings: readonly Setting[] = [
  ...Object.values(serverSettings),
  ...Object.values(clientSettings),
];

/** As they were given. */
export type GivenSettings = Values<typeof serverSettings>;

/** Where nothing was given, these are an empty list or have a place of their own. */
type Filled =
  | 'allowedHosts'
  | 'corsOrigins'
  | 'trustedProxies'
  | 'erasures'
  | 'outgoingPrivate'
  | 'kafkaBrokers';

/** The settings of a server. Paths are absolute. */
export type Settings = {
  readonly [Name in keyof GivenSettings]: Name extends Filled
    ? NonNullable<GivenSettings[Name]>
    : GivenSettings[Name];
};
