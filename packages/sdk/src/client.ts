/** Makes a client: the verbs of Reverie as typed calls over HTTP. */
import { type Calls, callsOver } from './calls.ts';
import type { CallOptions, ClientOptions, WriteOptions } from './client-types.ts';
import type { ContextInput, ContextMessage, ContextResult } from './context-types.ts';
import { type DreamCalls, dreamCalls } from './dreams.ts';
import { readEnvironment } from './environment.ts';
import { ReverieError } from './errors.ts';
import { type EventCalls, eventCalls } from './events.ts';
import { type ForgetCalls, forgetCalls } from './forget.ts';
import * as from from './from-wire.ts';
import type { HistoryInput, HistoryResult } from './history-types.ts';
import { type KeyCalls, keyCalls } from './keys.ts';
import type { KeyInput, KeyResult, ListInput, ListPage, MemoryTimes } from './list-types.ts';
import type { Memory } from './memory-types.ts';
import { type NamespaceCalls, namespaceCalls } from './namespaces.ts';
import { pages } from './pages.ts';
import { search, segment } from './path.ts';
import { objectFrom } from './read-wire.ts';
import type { RecallInput, RecallResult, WhyNotInput, WhyNotResult } from './recall-types.ts';
import { type ScheduleCalls, scheduleCalls } from './schedules.ts';
import type { EmbeddingsStatus, Health } from './server-types.ts';
import { type SnapshotCalls, snapshotCalls } from './snapshots.ts';
import type {
  StoreInput,
  StoreManyResult,
  StoreResult,
  UpdateInput,
  UpdateResult,
} from './store-types.ts';
import * as to from './to-wire.ts';
import { type TransferCalls, transferCalls } from './transfer.ts';
import type { TransportSettings } from './transport.ts';
import { unlessMissing } from './unless-missing.ts';
import { type UsageCalls, usageCalls } from './usage.ts';
import { type WebhookCalls, webhookCalls } from './webhooks.ts';

/** Every call rejects with a {@link ReverieError}, whatever went wrong. */
export interface ReverieClient
  extends TransferCalls,
    SnapshotCalls,
    ForgetCalls,
    NamespaceCalls,
    KeyCalls,
    UsageCalls,
    DreamCalls,
    ScheduleCalls,
    WebhookCalls,
    EventCalls {
  /**
   * Keeps one memory. When it resolves, the memory is on disk and the next recall finds it.
   * An attempt that fails may be sent again: the server stores it once.
   */
  store(input: StoreInput | string, options?: WriteOptions): Promise<StoreResult>;
  /** Keeps at most 1,000 memories in one request; each item has its own outcome. */
  storeMany(
    items: readonly StoreInput[],
    options?: WriteOptions & { namespace?: string | undefined },
  ): Promise<StoreManyResult>;
  /** Finds what matters for a query, best first. */
  recall(query: RecallInput | string, options?: CallOptions): Promise<RecallResult>;
  /** What to tell a model before it answers: a block for its prompt, within a budget of tokens. */
  context(
    input: ContextInput & { format: 'messages' },
    options?: CallOptions,
  ): Promise<ContextResult<ContextMessage[]>>;
  context(
    input: (ContextInput & { format?: 'text' | 'xml' | undefined }) | string,
    options?: CallOptions,
  ): Promise<ContextResult<string>>;
  context(input: ContextInput, options?: CallOptions): Promise<ContextResult>;
  /** Why a memory is not among the results of a recall; undefined when there is no such memory. */
  whyNot(input: WhyNotInput, options?: CallOptions): Promise<WhyNotResult | undefined>;
  /** All memories of a namespace, page after page as they are asked for. */
  list(input?: ListInput, options?: CallOptions): AsyncIterable<Memory>;
  /** One page. */
  listPage(input?: ListInput, options?: CallOptions): Promise<ListPage>;
  /**
   * One memory by its id, `asOf` in the version of that time; undefined when there is none, none in
   * the named namespace, or when it did not hold at `validAt`.
   */
  get(
    id: string,
    options?: CallOptions & MemoryTimes & { namespace?: string | undefined },
  ): Promise<Memory | undefined>;
  /** What a key points at: its current fact, else the last turn of its thread. */
  getByKey(input: KeyInput | string, options?: CallOptions): Promise<KeyResult>;
  /** Changes one memory. Throws `memory_not_found`, `version_conflict`, `memory_superseded`. */
  update(input: UpdateInput, options?: WriteOptions): Promise<UpdateResult>;
  /** A page of the versions of a memory; undefined when there is no such memory. */
  history(id: string, options?: CallOptions & HistoryInput): Promise<HistoryResult | undefined>;
  /** Puts a memory aside: no recall, list or context shows it, and get still does. */
  archive(
    id: string,
    options?: WriteOptions & { namespace?: string | undefined },
  ): Promise<UpdateResult>;
  /** Brings an archived memory back. */
  restore(
    id: string,
    options?: WriteOptions & { namespace?: string | undefined },
  ): Promise<UpdateResult>;
  /** The vectors that the server has, by model, and how far each is. */
  embeddings(options?: CallOptions): Promise<EmbeddingsStatus>;
  /** Searches by the previous model's vectors again; a second call leads forward again. */
  rollBackEmbeddings(options?: CallOptions): Promise<EmbeddingsStatus>;
  /** Removes the vectors of a generation that no namespace is searched by. */
  dropEmbeddings(generation: number, options?: CallOptions): Promise<EmbeddingsStatus>;
  /** How the server is; a server that says it is not well is an answer, not an error. */
  health(options?: CallOptions): Promise<Health>;
}

/**
 * Makes a client. Nothing is sent before the first call.
 *
 * @example
 * const reverie = createClient({ apiKey: 'sk-rev-...', namespace: 'user-42' });
 * await reverie.store('I moved to Lisbon in May.');
 * const { results } = await reverie.recall('Where do I live?');
 *
 * @throws ReverieError `invalid_argument` when an option cannot be used.
 */
export function createClient(options: ClientOptions = {}): ReverieClient {
  const { namespace } = options;
  const settings = settingsOf(options);
  const calls = callsOver(settings);
  const { call, post, get, write } = calls;

  const client: ReverieClient = {
    async store(input, each) {
      const item = typeof input === 'string' ? { value: input } : input;
      const body = to.storeToWire(item, namespace);
      return from.storeFrom(await write('POST', '/v1/memory-set', body, each));
    },
    async storeMany(items, each) {
      const shared = each?.namespace ?? namespace;
      const body = {
        items: items.map((item) => to.storeToWire(item, undefined)),
        namespace: shared,
      };
      return from.storeManyFrom(await write('POST', '/v1/memory/bulk', body, each));
    },
    async recall(query, each) {
      const input = typeof query === 'string' ? { query } : query;
      const body = to.recallToWire(input, namespace);
      return from.recallFrom(await post('/v1/memory/search', body, each));
    },
    async whyNot(input, each) {
      const body = to.whyNotToWire(input, namespace);
      const raw = await unlessMissing(post('/v1/memory/why-not', body, each));
      return raw && from.whyNotFrom(raw);
    },
    context: contextOf(async (input, each) => {
      const body = to.contextToWire(input, namespace);
      return from.contextFrom(await post('/v1/memory/context', body, each));
    }),
    list: (input, each) =>
      pages(input?.cursor, (cursor) => client.listPage({ ...input, cursor }, each)),
    async listPage(input = {}, each) {
      return from.listFrom(await get(`/v1/memory${search(to.listToWire(input, namespace))}`, each));
    },
    async get(id, each) {
      const query = { namespace: each?.namespace ?? namespace, ...to.timesToWire(each ?? {}) };
      const raw = await unlessMissing(get(`/v1/memory/${segment(id)}${search(query)}`, each));
      return raw && from.memoryFrom(unwrap(raw));
    },
    async getByKey(input, each) {
      const body = to.keyToWire(typeof input === 'string' ? { key: input } : input, namespace);
      return from.keyFrom(await post('/v1/memory-get', body, each));
    },
    ...changesOver(namespace, calls),
    ...forgetCalls(calls, namespace),
    ...namespaceCalls(calls, namespace),
    ...transferCalls(settings, namespace),
    ...snapshotCalls(calls, namespace),
    ...embeddingsOver(calls),
    ...keyCalls(calls),
    ...dreamCalls(calls, namespace),
    ...scheduleCalls(calls, namespace),
    ...webhookCalls(calls),
    ...eventCalls(settings, namespace),
    ...usageCalls(calls, settings.apiKey !== undefined),
    async health(each) {
      const answer = await call({ method: 'GET', path: '/health', accept: [503] }, each);
      const ok = answer.status === 200 && answer.raw.ok !== false;
      return { ok, status: answer.status, report: answer.raw };
    },
  };
  return client;
}

/** Correcting one memory, and what it was before. */
function changesOver(
  namespace: string | undefined,
  { get, write }: Calls,
): Pick<ReverieClient, 'update' | 'history' | 'archive' | 'restore'> {
  const setAside = async (
    id: string,
    verb: 'archive' | 'restore',
    each?: WriteOptions & { namespace?: string | undefined },
  ): Promise<UpdateResult> => {
    const query = search({ namespace: each?.namespace ?? namespace });
    const path = `/v1/memory/${segment(id)}/${verb}${query}`;
    return from.updateFrom(await write('POST', path, undefined, each));
  };
  return {
    async update(input, each) {
      const path = `/v1/memory/${segment(input.id)}`;
      const body = { ...to.updateToWire(input), namespace: input.namespace ?? namespace };
      return from.updateFrom(await write('PATCH', path, body, each));
    },
    async history(id, each) {
      const { limit, cursor } = each ?? {};
      const query = search({ namespace: each?.namespace ?? namespace, limit, cursor });
      const raw = await unlessMissing(get(`/v1/memory/${segment(id)}/history${query}`, each));
      return raw && from.historyFrom(raw);
    },
    archive: (id, each) => setAside(id, 'archive', each),
    restore: (id, each) => setAside(id, 'restore', each),
  };
}

type EmbeddingsCalls = Pick<ReverieClient, 'embeddings' | 'rollBackEmbeddings' | 'dropEmbeddings'>;

/** What an operator asks about the vectors of the server. */
function embeddingsOver({ call, post, get }: Calls): EmbeddingsCalls {
  return {
    embeddings: async (each) => from.embeddingsFrom(await get('/v1/admin/embeddings', each)),
    rollBackEmbeddings: async (each) =>
      from.embeddingsFrom(await post('/v1/admin/embeddings/rollback', undefined, each, true)),
    async dropEmbeddings(generation, each) {
      const path = `/v1/admin/embeddings/${segment(String(generation))}`;
      return from.embeddingsFrom((await call({ method: 'DELETE', path }, each)).raw);
    },
  };
}

/** The overloads of `context`: the format that is asked for decides what comes back. */
function contextOf(
  ask: (input: ContextInput, options?: CallOptions) => Promise<ContextResult>,
): ReverieClient['context'] {
  function context(
    input: ContextInput & { format: 'messages' },
    options?: CallOptions,
  ): Promise<ContextResult<ContextMessage[]>>;
  function context(
    input: ContextInput | string,
    options?: CallOptions,
  ): Promise<ContextResult<string>>;
  function context(input: ContextInput | string, options?: CallOptions): Promise<ContextResult> {
    return ask(typeof input === 'string' ? { query: input } : input, options);
  }
  return context;
}

function settingsOf(options: ClientOptions): TransportSettings {
  const baseUrl = options.baseUrl ?? readEnvironment('REVERIE_URL') ?? 'http://127.0.0.1:7360';
  return {
    baseUrl: normalBaseUrl(baseUrl),
    apiKey: options.apiKey ?? readEnvironment('REVERIE_API_KEY'),
    // Called through a function of its own: browsers refuse a fetch that lost its `this`.
    fetch: options.fetch ?? ((request) => globalThis.fetch(request)),
    timeoutMs: positive(options.timeoutMs ?? 30_000, 'timeoutMs'),
    retries: Math.max(0, Math.floor(options.retries ?? 2)),
    headers: options.headers ?? {},
  };
}

function normalBaseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new ReverieError('invalid_argument', `baseUrl is not a URL: ${text}`, { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ReverieError('invalid_argument', `baseUrl must be http or https: ${text}`);
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function positive(value: number, name: string): number {
  if (value > 0) return value;
  throw new ReverieError('invalid_argument', `${name} must be greater than 0.`);
}

/** The memory itself, or an answer that holds it under `memory`. */
function unwrap(raw: ReturnType<typeof objectFrom>) {
  return raw.id === undefined ? objectFrom(raw.memory, 'memory') : raw;
}
