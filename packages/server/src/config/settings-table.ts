/** Every setting of the product in one table; flags, help and docs/settings.md derive from it. */
import { z } from 'zod';
import {
  type HygienePolicies,
  hygieneKinds,
  hygienePolicies,
  parsePolicies,
} from '../domain/hygiene.ts';
import { limits } from '../domain/limits.ts';
import { vendorKeyVariables } from './vendor-keys.ts';

export interface Setting<T = unknown> {
  /** Camel case, as the code names it. */
  readonly name: string;
  readonly env: string;
  /** Absent for a secret: every process of the machine can read the arguments of another. */
  readonly flag?: string;
  /** From text to a value; its message completes "NAME: ...". */
  readonly schema: z.ZodType<T, string>;
  /** As it would be written in the environment. */
  readonly default?: string;
  /** Never shown; may be read from the file that `<env>_FILE` names. */
  readonly secret: boolean;
  /** `client`: known here so that it is not taken for a typing error, used by clients only. */
  readonly side: 'server' | 'client';
  /** What a value looks like: `port`, `folder`, `sqlite|ephemeral`. */
  readonly form: string;
  readonly doc: string;
  /** The version that brought it. */
  readonly since: string;
}

const integer = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/, `a whole number from ${min} to ${max} is needed`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, {
      error: `a whole number from ${min} to ${max} is needed`,
    });

const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')} is needed` }) as z.ZodType<
    T[number],
    string
  >;

const word = z.string().regex(/^[^\s\p{Cc}]+$/u, 'text without spaces is needed');

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
/** Precisions of ONNX weights, as files of a model's `onnx` folder. */
const dtypes = ['q8', 'fp32', 'fp16', 'int8', 'uint8', 'q4'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

type Draft<T> = Omit<Setting<T>, 'name' | 'flag' | 'secret' | 'side' | 'since'> &
  Partial<Pick<Setting<T>, 'secret' | 'side' | 'since'>>;

/** `REVERIE_DATA_DIR` is `dataDir` in code and `--data-dir` on the command line. */
function define<T>(draft: Draft<T>): Setting<T> {
  const words = draft.env.replace(/^REVERIE_/, '').toLowerCase();
  const { secret = false, side = 'server', since = '0.1.0' } = draft;
  return {
    ...draft,
    name: words.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    ...(!secret && { flag: `--${words.replaceAll('_', '-')}` }),
    secret,
    side,
    since,
  };
}

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
  dataDir: define({
    env: 'REVERIE_DATA_DIR',
    schema: z.string().min(1),
    default: 'reverie-data',
    form: 'folder',
    doc: 'Where everything is kept; a relative path starts at the current folder.',
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
    schema: choice('sqlite', 'ephemeral'),
    default: 'sqlite',
    form: 'sqlite|ephemeral',
    doc: 'Where memories live: on disk, or in memory until the process ends.',
  }),
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
    schema: z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'visible characters are needed'),
    form: 'key',
    secret: true,
    doc:
      "The key of the embedder's service. Without it the service's usual variable is read: " +
      `${Object.values(vendorKeyVariables).flat().join(', ')}.`,
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
  | 'rootKey'
  | 'embedderModel'
  | 'embedderUrl'
  | 'embedderApiKey'
  | 'embedderDimension';

/** The parsed settings of a server. `dataDir` is absolute. */
export type Settings = {
  readonly [Name in keyof ServerSettings]:
    | Value<ServerSettings[Name]>
    | (Name extends Optional ? undefined : never);
};
