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
import { kafkaSettings } from './kafka-settings.ts';
import { mongodbSettings } from './mongodb-settings.ts';
import { plansFromText } from './plans-setting.ts';
import { pricesFromText } from './prices-setting.ts';
import { redisSettings } from './redis-settings.ts';
import {
  apiKeyText,
  choice,
  define,
  integer,
  isHostName,
  isNetwork,
  isOrigin,
  privateTargets,
  type Setting,
  word,
  words,
} from './setting.ts';
import { type OptionalVectors, vectorSettings } from './vector-settings.ts';
import { keyVariablesOf } from './vendor-keys.ts';

const embedders = [
  'builtin',
  'none',
  'transformers',
  'openai',
  'cohere',
  'mistral',
  'huggingface',
  'voyage',
  'google',
  'ollama',
  'openai-compatible',
] as const;
const llms = [
  'none',
  'openai',
  'anthropic',
  'mistral',
  'google',
  'cohere',
  'ollama',
  'replicate',
  'openai-compatible',
] as const;
/** Precisions of ONNX weights, as files of a model's `onnx` folder. */
const dtypes = ['q8', 'fp32', 'fp16', 'int8', 'uint8', 'q4'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What the server reads. The name of an entry is the name of its value in `Settings`. */
export const serverSettings = {
  port: define({
    env: 'REVERIE_PORT',
    schema: integer(0, 65_535),
    default: '7360',
    form: 'number',
    doc: 'The port to listen on; 0 takes a free one.',
  }),
  host: define({
    env: 'REVERIE_HOST',
    schema: word,
    default: '127.0.0.1',
    form: 'address',
    doc: 'The address to listen on; 0.0.0.0 for every interface.',
  }),
  allowedHosts: define({
    env: 'REVERIE_ALLOWED_HOSTS',
    schema: words(isHostName, 'host names without a port'),
    form: 'names',
    doc:
      'Names under which the server may be asked beside those of this machine. On a loopback ' +
      'address no other name is answered; elsewhere every name is, until this is set.',
  }),
  corsOrigins: define({
    env: 'REVERIE_CORS_ORIGINS',
    schema: words(isOrigin, 'origins like https://app.example'),
    form: 'origins',
    doc: 'Origins of web pages that may ask the server from a browser; none without it.',
  }),
  trustedProxies: define({
    env: 'REVERIE_TRUSTED_PROXIES',
    schema: words(isNetwork, 'addresses or networks like 10.0.0.0/8'),
    form: 'networks',
    doc: 'Proxies whose X-Forwarded-For is believed; from anybody else it is not read.',
  }),
  maxRequests: define({
    env: 'REVERIE_MAX_REQUESTS',
    schema: integer(1, 100_000),
    default: '1000',
    form: 'number',
    doc: 'Requests under way at one time; more are answered 503 with Retry-After.',
  }),
  shutdownMs: define({
    env: 'REVERIE_SHUTDOWN_MS',
    schema: integer(0, 3_600_000),
    default: '10000',
    form: 'number',
    doc: 'How long a stopping server waits for requests that are under way, in milliseconds.',
  }),
  tlsCert: define({
    env: 'REVERIE_TLS_CERT',
    schema: z.string().min(1),
    form: 'file',
    doc: 'A certificate with its chain (PEM): the server speaks https. SIGHUP reads it again.',
  }),
  tlsKey: define({
    env: 'REVERIE_TLS_KEY',
    schema: z.string().min(1),
    form: 'file',
    doc: 'The private key of REVERIE_TLS_CERT (PEM).',
  }),
  dataDir: define({
    env: 'REVERIE_DATA_DIR',
    schema: z.string().min(1),
    default: 'reverie-data',
    form: 'folder',
    doc: 'Where everything is kept; a relative path starts at the current folder.',
  }),
  erasures: define({
    env: 'REVERIE_ERASURES',
    schema: z.string().min(1),
    form: 'file',
    doc:
      'The list of what was forgotten, which restoring a backup reads; erasures.jsonl in the ' +
      'data folder when absent. On another disk it outlives the folder.',
  }),
  rootKey: define({
    env: 'REVERIE_ROOT_KEY',
    schema: z.string().regex(/^[\x21-\x7e]{24,512}$/, 'at least 24 visible characters are needed'),
    form: 'key',
    secret: true,
    doc: 'The root key. Without it the first start makes one and keeps it in the data folder.',
  }),
  records: define({
    env: 'REVERIE_RECORDS',
    schema: choice('sqlite', 'postgres', 'dynamodb', 'mongodb', 'ephemeral'),
    default: 'sqlite',
    form: 'sqlite|postgres|dynamodb|mongodb|ephemeral',
    doc:
      'Where memories live: in the data folder, in PostgreSQL (docs/guides/postgres.md), in ' +
      'DynamoDB (docs/guides/dynamodb.md), in MongoDB (docs/guides/mongodb.md), or in memory ' +
      'until the process ends.',
  }),
  postgresUrl: define({
    env: 'REVERIE_POSTGRES_URL',
    schema: z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'an address like postgres:// is needed'),
    form: 'url',
    secret: true,
    doc: 'The database, as postgres://role:password@host:5432/database.',
  }),
  postgresPool: define({
    env: 'REVERIE_POSTGRES_POOL',
    schema: integer(1, 1_000),
    default: '10',
    form: 'number',
    doc: 'Connections to PostgreSQL at most; all servers together need fewer than it allows.',
  }),
  postgresTimeoutMs: define({
    env: 'REVERIE_POSTGRES_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: 'A statement that takes PostgreSQL longer is ended, in milliseconds.',
  }),
  ...redisSettings,
  ...vectorSettings,
  ...dynamodbSettings,
  ...mongodbSettings,
  embedder: define({
    env: 'REVERIE_EMBEDDER',
    schema: choice(...embedders),
    default: 'builtin',
    form: embedders.join('|'),
    doc: 'What computes meaning; none leaves words and entities. See docs/guides/embedders.md.',
  }),
  embedderModel: define({
    env: 'REVERIE_EMBEDDER_MODEL',
    schema: word,
    form: 'name',
    doc:
      "The embedder's model, as its service names it; most services have a default. For " +
      'transformers an id of the Hugging Face hub, or a folder that starts with / or ./.',
  }),
  embedderDtype: define({
    env: 'REVERIE_EMBEDDER_DTYPE',
    schema: choice(...dtypes),
    default: 'q8',
    form: dtypes.join('|'),
    doc: 'The precision of the weights that transformers loads for the embedder.',
  }),
  embedderUrl: define({
    env: 'REVERIE_EMBEDDER_URL',
    schema: word,
    form: 'url',
    doc: "The address of the embedder's service, where it is not the usual one.",
  }),
  embedderApiKey: define({
    env: 'REVERIE_EMBEDDER_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc:
      "The key of the embedder's service. Without it the service's usual variable is read: " +
      `${keyVariablesOf(embedders)}.`,
  }),
  embedderDimension: define({
    env: 'REVERIE_EMBEDDER_DIMENSION',
    schema: integer(1, limits.vectorDimensionMax),
    form: 'number',
    doc: 'Numbers in a vector: shortens models that can be, and saves asking a service at start.',
  }),
  embedderConcurrency: define({
    env: 'REVERIE_EMBEDDER_CONCURRENCY',
    schema: integer(1, 64),
    default: '4',
    form: 'number',
    doc: "Calls to the embedder's service at one time.",
  }),
  embedderTimeoutMs: define({
    env: 'REVERIE_EMBEDDER_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: "How long one call to the embedder's service may take.",
  }),
  reranker: define({
    env: 'REVERIE_RERANKER',
    schema: choice('none', 'transformers'),
    default: 'none',
    form: 'none|transformers',
    doc: 'What reads the first 30 results of a search again, together with the question.',
  }),
  rerankerModel: define({
    env: 'REVERIE_RERANKER_MODEL',
    schema: word,
    default: 'Xenova/ms-marco-MiniLM-L-6-v2',
    form: 'name',
    doc: 'The cross-encoder: an id of the Hugging Face hub, or a folder that starts with / or ./.',
  }),
  rerankerDtype: define({
    env: 'REVERIE_RERANKER_DTYPE',
    schema: choice(...dtypes),
    default: 'q8',
    form: dtypes.join('|'),
    doc: 'The precision of the weights that transformers loads for the reranker.',
  }),
  rerankerBudgetMs: define({
    env: 'REVERIE_RERANKER_BUDGET_MS',
    schema: integer(1, 60_000),
    default: '500',
    form: 'number',
    doc: 'How long a search waits for the reranker before it answers without, in milliseconds.',
  }),
  embedWaitMs: define({
    env: 'REVERIE_EMBED_WAIT_MS',
    schema: integer(0, 60_000),
    default: '200',
    form: 'number',
    doc: 'How long a store waits for a remote embedder; the vector follows later then. 0: never.',
  }),
  embedWaitQueryMs: define({
    env: 'REVERIE_EMBED_WAIT_QUERY_MS',
    schema: integer(1, 60_000),
    default: '1000',
    form: 'number',
    doc: 'How long a search waits for a remote embedder before it goes on without meaning.',
  }),
  llm: define({
    env: 'REVERIE_LLM',
    schema: choice(...llms),
    default: 'none',
    form: llms.join('|'),
    doc: 'The language model that dreams may ask; nothing needs one. See docs/guides/llm.md.',
  }),
  llmModel: define({
    env: 'REVERIE_LLM_MODEL',
    schema: word,
    form: 'name',
    doc: 'The model, as its service names it. Every service needs one.',
  }),
  llmUrl: define({
    env: 'REVERIE_LLM_URL',
    schema: word,
    form: 'url',
    doc: "The address of the language model's service, where it is not the usual one.",
  }),
  llmApiKey: define({
    env: 'REVERIE_LLM_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc:
      "The key of the language model's service. Without it the service's usual variable is read: " +
      `${keyVariablesOf(llms)}.`,
  }),
  llmConcurrency: define({
    env: 'REVERIE_LLM_CONCURRENCY',
    schema: integer(1, 64),
    default: '2',
    form: 'number',
    doc: 'Calls to the language model at one time.',
  }),
  llmTimeoutMs: define({
    env: 'REVERIE_LLM_TIMEOUT_MS',
    schema: integer(100, 3_600_000),
    default: '120000',
    form: 'number',
    doc: 'How long one answer of the language model may take.',
  }),
  llmPrice: define({
    env: 'REVERIE_LLM_PRICE',
    schema: pricesFromText,
    form: 'input,output',
    doc:
      'What a million tokens cost in US dollars, read and written: 0.4,1.6. Without it costs are ' +
      'told in tokens alone.',
  }),
  signup: define({
    env: 'REVERIE_SIGNUP',
    schema: choice('closed', 'open'),
    default: 'closed',
    form: 'closed|open',
    doc:
      'open: POST /v1/keys without a key makes a tenant on the free plan. See ' +
      'docs/guides/quotas.md.',
  }),
  signupsPerHour: define({
    env: 'REVERIE_SIGNUPS_PER_HOUR',
    schema: integer(1, 1_000_000),
    default: '5',
    form: 'number',
    doc: 'Tenants that one address may make in an hour, where sign-up is open.',
  }),
  auditDays: define({
    env: 'REVERIE_AUDIT_DAYS',
    schema: integer(0, 36_500),
    default: '365',
    form: 'number',
    doc: 'How many days the audit log keeps an event; 0 for ever.',
  }),
  plans: define({
    env: 'REVERIE_PLANS',
    schema: plansFromText,
    default: '{}',
    form: 'json|file',
    doc:
      'Plans beside free and unlimited, and another free: JSON like {"pro": ' +
      '{"operations_per_month": 100000, "stored_bytes": 10000000000, "requests_per_minute": ' +
      '600}}, or a file with it. What is left out has no limit.',
  }),
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

type Value<S> = S extends Setting<infer T> ? T : never;
type ServerSettings = typeof serverSettings;

/** Settings without a default. */
type Optional =
  | 'tlsCert'
  | 'tlsKey'
  | 'rootKey'
  | 'postgresUrl'
  | 'redisUrl'
  | OptionalVectors
  | 'dynamodbEndpoint'
  | 'mongodbUrl'
  | 'embedderModel'
  | 'embedderUrl'
  | 'embedderApiKey'
  | 'embedderDimension'
  | 'llmModel'
  | 'llmUrl'
  | 'llmApiKey'
  | 'llmPrice'
  | 'kafkaUsername'
  | 'kafkaPassword'
  | 'kafkaCa';

/** The parsed settings of a server. `dataDir` and `erasures` are absolute. */
export type Settings = {
  readonly [Name in keyof ServerSettings]:
    | Value<ServerSettings[Name]>
    | (Name extends Optional ? undefined : never);
};
