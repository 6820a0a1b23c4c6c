/** The shapes that an application sees: camelCase, times as ISO 8601 strings in UTC. */

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/** An episode was said or done, a fact states what holds, a derived memory was made by Reverie. */
export type Kind = 'episode' | 'fact' | 'derived';
/** `user`: about the user. `system`: the application's own instructions and knowledge. */
export type Audience = 'user' | 'system';
export type Trust = 'normal' | 'flagged' | 'quarantined';
/** `secrets` open something, `cards` pay, `instructions` speak to a model. */
export type HygieneKind = 'secrets' | 'cards' | 'instructions';
/** Something that was found in a memory, and what was done about it. */
export interface Flag {
  kind: HygieneKind;
  /** `api_key`, `card_number`, `override`, ... */
  type: string;
  /** `value`, `metadata`, `tags[0]`, ... */
  field: string;
  action: 'flagged' | 'quarantined' | 'redacted';
}
/** A `Date` or an ISO 8601 string. */
export type Time = Date | string;

/** Something beside the text; it is kept, and found through its caption and the value. */
export interface Attachment {
  url?: string | undefined;
  mediaType?: string | undefined;
  caption?: string | undefined;
}

/** What one memory says of another of its namespace. */
export interface MemoryLink {
  /** A label of your own: `about`, `supports`, `contradicts`, ... */
  type: string;
  id: string;
}

/** One memory as the server keeps it. Null means: not set. */
export interface Memory {
  /** `mem_` and a UUIDv7. */
  id: string;
  key: string | null;
  /** As it was stored: text, or any JSON value. */
  value: JsonValue;
  /** The text of the value: the value itself, or its compact JSON. */
  content: string;
  namespace: string;
  kind: Kind;
  /** A free label. */
  type: string | null;
  audience: Audience;
  tags: string[];
  metadata: JsonObject;
  speaker: string | null;
  /** When it was said or happened, in the world. */
  occurredAt: string;
  /** When the server learned of it. */
  createdAt: string;
  updatedAt: string;
  /** Counts from 1. */
  version: number;
  archived: boolean;
  pinned: boolean;
  /** 0 to 1. */
  importance: number;
  /** 0 to 1. */
  confidence: number;
  trust: Trust;
  /** What was found in it when it was written; never the text of it. */
  flags: Flag[];
  /** The memory that it repeats, which had been handed out shortly before. */
  echoOf: string | null;
  indexed: Indexed;
  expiresAt: string | null;
  validFrom: string | null;
  validTo: string | null;
  /** The id of the newer fact that took this one's place. */
  supersededBy: string | null;
  /** The id of the older fact that this one took the place of. */
  supersedes: string | null;
  attachments: Attachment[];
  /** To other memories; those that are gone are left out. */
  links: MemoryLink[];
  /** Of what a dream made: what it was made of. */
  derivedFrom: string[];
}

/** What to store. Only `value` is needed. */
export interface StoreInput {
  value: JsonValue;
  /** Episodes under one key form a thread; facts under one key replace each other. */
  key?: string | undefined;
  /** Usually one end user. The client's namespace when absent, else `default`. */
  namespace?: string | undefined;
  tags?: readonly string[] | undefined;
  metadata?: JsonObject | undefined;
  /** Says it outright; without it the server tells a turn from a fact by its form. */
  mode?: 'append' | 'replace' | undefined;
  kind?: 'episode' | 'fact' | undefined;
  type?: string | undefined;
  audience?: Audience | undefined;
  speaker?: string | undefined;
  occurredAt?: Time | undefined;
  expiresAt?: Time | undefined;
  /** Instead of `expiresAt`, from now. */
  ttlSeconds?: number | undefined;
  validFrom?: Time | undefined;
  validTo?: Time | undefined;
  importance?: number | undefined;
  confidence?: number | undefined;
  pinned?: boolean | undefined;
  attachments?: readonly Attachment[] | undefined;
  /** At most 32, to memories of the same namespace; else `invalid_link`. */
  links?: readonly MemoryLink[] | undefined;
  /** Store only when the key's current fact has this version; else `version_conflict`. */
  ifVersion?: number | undefined;
}

/**
 * A change of one memory: what is not named stays, null takes away. Metadata is merged name by
 * name; tags, attachments and links are replaced.
 */
export interface UpdateInput {
  id: string;
  namespace?: string | undefined;
  value?: JsonValue | undefined;
  type?: string | null | undefined;
  tags?: readonly string[] | undefined;
  metadata?: JsonObject | undefined;
  attachments?: readonly Attachment[] | undefined;
  links?: readonly MemoryLink[] | undefined;
  speaker?: string | null | undefined;
  audience?: Audience | undefined;
  occurredAt?: Time | undefined;
  validFrom?: Time | null | undefined;
  validTo?: Time | null | undefined;
  expiresAt?: Time | null | undefined;
  pinned?: boolean | undefined;
  importance?: number | undefined;
  confidence?: number | undefined;
  /** Sets it by hand, which takes the permission `system`. */
  trust?: Trust | undefined;
  /** Change only this version; else `version_conflict`. */
  ifVersion?: number | undefined;
}

export interface UpdateResult {
  status: 'updated' | 'unchanged';
  id: string;
  version: number;
  /** Null for a key that may write and not read. */
  memory: Memory | null;
}

/**
 * What became of a store. `appended`: a turn joined its thread. `replaced`: an older fact under
 * the key gave way. `merged`: the same text with other fields. `unchanged`: nothing was new.
 */
export type StoreStatus = 'stored' | 'appended' | 'replaced' | 'merged' | 'unchanged';

/** By what a memory is found by now; a vector may follow the write. */
export interface Indexed {
  text: boolean;
  vector: boolean;
}

export interface StoreResult {
  status: StoreStatus;
  id: string;
  key: string | null;
  namespace: string;
  version: number;
  createdAt: string;
  indexed: Indexed;
  /** The id of the fact that gave way. */
  replaced?: string;
  /** A remark of the server, for example that old and new fact have no word in common. */
  hint?: string;
  /** A repeated request finds that the memory was erased since: `memory` is null. */
  erased?: true;
  /** Null for a key that may write and not read, too. */
  memory: Memory | null;
}

export interface StoreManyOutcome {
  /** Position in the items that were sent. */
  index: number;
  ok: boolean;
  status?: StoreStatus;
  id?: string;
  error?: { code: string; message: string };
}

export interface StoreManyResult {
  results: StoreManyOutcome[];
  stored: number;
  failed: number;
}

/** All of the tags, or a mix of any and all. */
export type TagFilter =
  | readonly string[]
  | { any?: readonly string[] | undefined; all?: readonly string[] | undefined };

export interface RecallInput extends TimeFilter, QuestionTime {
  /** Empty: the newest memories. */
  query: string;
  namespace?: string | undefined;
  /** 1 to 100; 10 when absent. */
  limit?: number | undefined;
  /** Leaves out results with a lower score, 0 to 1. */
  threshold?: number | undefined;
  tags?: TagFilter | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  type?: string | undefined;
  audience?: Audience | undefined;
  key?: string | undefined;
  speaker?: string | undefined;
  /** Ways of finding that are switched off or on by name; all are on when absent. */
  signals?:
    | {
        vector?: boolean | undefined;
        text?: boolean | undefined;
        entity?: boolean | undefined;
        thread?: boolean | undefined;
        time?: boolean | undefined;
        speaker?: boolean | undefined;
        question?: boolean | undefined;
      }
    | undefined;
  /** Whether a model reads the first results again; absent: whether the server has one. */
  rerank?: boolean | undefined;
  /** false shows memories that say the same one by one. */
  collapse?: boolean | undefined;
  /** Each result says how its score came about, and the answer how it was made. */
  explain?: boolean | undefined;
}

/** One term of a fused score. */
export interface ExplainedPart {
  name: string;
  /** The signal's own score: BM25, cosine, idf. */
  raw: number;
  /** `raw` divided by the best of all candidates, 0 to 1. */
  normalised: number;
  weight: number;
  /** `normalised` times `weight`. */
  contribution: number;
  /** Place among the candidates by this signal alone, from 1; null where it says nothing. */
  rank: number | null;
}

/** How one score came about: `fused` gives the order, `score` is `evidence` times `share`. */
export interface Explanation {
  /**
   * Place among the results, from 1, before a reranker. One that is not shown has the place of the
   * one that says the same, or the place it would have with a larger limit; null where nothing
   * finds it.
   */
  rank: number | null;
  /** The sum of the contributions times every factor. */
  fused: number;
  parts: ExplainedPart[];
  /** Reasons to take it for less than the sum; 1 is none. */
  factors: { name: string; value: number }[];
  calibration: {
    /** The strongest evidence among the first results. */
    evidence: number;
    /** This result's fused score over the best one. */
    share: number;
    /** Share of the question's information, cosine, and share of its entities. */
    own: { coverage: number; cosine: number; entities: number };
  };
}

/** What a whole answer was made with. */
export interface RecallExplanation {
  filters: JsonObject;
  signals: Record<string, boolean>;
  limit: number;
  threshold: number;
  /** How far the vector signal was trusted for this question, 0 to 1. */
  vectorTrust: number;
  /** Words and names that were looked up. */
  terms: string[];
  entities: string[];
  /** Passages that were compared, and those that the filters let through. */
  candidates: number;
  eligible: number;
  /** The change up to which the answer is complete. */
  seq: number;
}

/** A memory that was found, and why. */
export interface RecallHit extends Memory {
  /** 0 to 1, the same meaning in every namespace. */
  score: number;
  /** `rerank` is the reranker's, on its own scale; absent when it did not read this. */
  signals: { vector: number; text: number; entity: number; rerank?: number };
  matched: { terms: string[]; entities: string[] };
  /** The part of `content` that was found, as UTF-16 offsets. */
  passage?: { start: number; end: number };
  /** Results with the same number stand next to each other in a thread; null for the others. */
  exchange: number | null;
  /** Ids of memories that say the same and rank below; they are not shown on their own. */
  duplicates: string[];
  /** Memories that only repeat this one; they are not shown and count for nothing. */
  echoes: string[];
  /** Present when it was asked for. */
  explanation?: Explanation;
}

/** How a time in the question was read. */
export interface QueryTime {
  from: string;
  to: string;
  text: string;
  used: 'boost' | 'filter';
}

export interface RecallResult {
  /** Best first. */
  results: RecallHit[];
  count: number;
  query: string;
  /** Time inside the server. */
  queryTimeMs: number;
  /** Absent when the question names none. */
  time?: QueryTime;
  /** Present when it was asked for and there was a question. */
  explanation?: RecallExplanation;
  /** The reranker's part of it; absent when it did not decide the order. */
  rerankTimeMs?: number;
  /** What this answer had to do without; absent when nothing was missing. */
  degraded?: string[];
}

/** Whose reasons are wanted, and the recall that they are about. */
export interface WhyNotInput extends Omit<RecallInput, 'explain'> {
  memoryId: string;
}

export interface WhyNotReason {
  /** For example `below_limit`, `filtered`, `superseded`, `no_shared_words`. */
  code: string;
  /** One sentence for people. */
  message: string;
  /** Numbers and names behind the sentence. */
  details: Record<string, string | number | null>;
}

export interface WhyNotResult {
  memoryId: string;
  namespace: string;
  /** Whether the same recall shows the memory. */
  found: boolean;
  /** As in `Explanation`; null too where an empty query does not show it. */
  rank: number | null;
  score: number | null;
  reasons: WhyNotReason[];
  explanation?: Explanation;
  /** What the answer had to do without; absent as a rule. */
  degraded?: string[];
}

/** In the order in which they are shown, which is fixed. */
export type ContextSectionName = 'system' | 'user' | 'memories' | 'threads';
export type ContextFormat = 'text' | 'messages' | 'xml';

/** `referenceTime` also decides which facts hold and which threads are open. */
export interface ContextInput extends TimeFilter, QuestionTime {
  query: string;
  namespace?: string | undefined;
  /** The application's own memory, audience `system`, shared by its users. */
  systemNamespace?: string | undefined;
  /** Also lines of the profile that the question does not find, in a tenth of `maxTokens`. */
  profile?: boolean | undefined;
  /** 64 to 100,000; 1,000 when absent. The context never has more. */
  maxTokens?: number | undefined;
  /** `text` when absent. */
  format?: ContextFormat | undefined;
  /** Leaves out what fits the query less well, 0 to 1; 0.3 when absent. */
  threshold?: number | undefined;
  /** Results to choose from, 1 to 100; one for 50 tokens, at least 20, when absent. */
  limit?: number | undefined;
  /** Only these; all when absent. */
  sections?: readonly ContextSectionName[] | undefined;
  tags?: TagFilter | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  type?: string | undefined;
  key?: string | undefined;
  speaker?: string | undefined;
}

export interface ContextMessage {
  role: 'system';
  content: string;
}

/** A block for a prompt. */
export interface ContextResult<Context = string | ContextMessage[]> {
  /** Empty when nothing is relevant. Messages go before those of the conversation. */
  context: Context;
  /** Counted over the whole context by `tokenizer`. */
  tokens: number;
  maxTokens: number;
  tokenizer: string;
  /** Null scores: shown without having been found by the query. */
  sections: {
    name: ContextSectionName;
    items: { id: string; score: number | null; tokens: number }[];
  }[];
  /** What `[n]` in the context stands for. */
  citations: {
    n: number;
    id: string;
    key: string | null;
    namespace: string;
    occurredAt: string;
    score: number | null;
  }[];
  /** Memories that were found and are not shown, by reason. */
  omitted: { budget: number; duplicate: number; threshold: number };
  /** Absent when the question names none. */
  time?: QueryTime;
  queryTimeMs: number;
  /** What this answer had to do without; absent when nothing was missing. */
  degraded?: string[];
}

/** How the times of a question and of memories count. */
export interface QuestionTime {
  /** What to do with a time that the question names; `auto`, a preference, when absent. */
  time?: 'auto' | 'filter' | 'off' | undefined;
  /** When the question is asked, for "last week"; now when absent. */
  referenceTime?: Time | undefined;
  /** 0 to 1: how much age counts against a memory; 0 when absent. */
  recency?: number | undefined;
}

export type FilterScalar = string | number | boolean | null;

/** Operators of one field; all of them must hold. Times are `Date`s, ISO 8601 or milliseconds. */
export interface FilterOperators {
  eq?: FilterScalar | Date;
  ne?: FilterScalar | Date;
  gt?: string | number | Date;
  gte?: string | number | Date;
  lt?: string | number | Date;
  lte?: string | number | Date;
  in?: readonly (FilterScalar | Date)[];
  nin?: readonly (FilterScalar | Date)[];
  /** A part of a text, or one whole element of a list. */
  contains?: string | number | boolean;
  /** The same without regard to case. */
  icontains?: string | number | boolean;
  exists?: boolean;
}

/**
 * The filter language: fields by their names on the wire (`kind`, `occurred_at`,
 * `metadata.plan`), which are ANDed; a plain value is `eq`.
 */
export interface Filter {
  AND?: readonly Filter[];
  OR?: readonly Filter[];
  /** None of them. */
  NOT?: readonly Filter[] | Filter;
  metadata?: { [name: string]: FilterScalar | FilterOperators };
  [field: string]:
    | FilterScalar
    | Date
    | FilterOperators
    | readonly Filter[]
    | Filter
    | { [name: string]: FilterScalar | FilterOperators };
}

/** Both axes of time. */
export interface TimeFilter {
  /** Said or happened then or later. */
  occurredAfter?: Time | undefined;
  /** Said or happened before. */
  occurredBefore?: Time | undefined;
  /** What held then, by `validFrom` and `validTo`; without bounds it always holds. */
  validAt?: Time | undefined;
  /** What the system knew then: in the versions of that time, replaced ones included. */
  asOf?: Time | undefined;
}

export interface ListInput extends TimeFilter {
  namespace?: string | undefined;
  key?: string | undefined;
  tag?: string | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  /** Archived memories too, or those alone, to be restored; neither when absent. */
  archived?: boolean | 'only' | undefined;
  /** By time of storing; `desc`, newest first, when absent. */
  order?: 'asc' | 'desc' | undefined;
  /** Memories in a page. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

export interface ListPage {
  results: Memory[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** Of one memory: which version, and whether it held. */
export type MemoryTimes = Pick<TimeFilter, 'validAt' | 'asOf'>;

export interface KeyInput extends MemoryTimes {
  key: string;
  namespace?: string | undefined;
}

/** What a key points at: its current fact, else the last turn of its thread. */
export type KeyResult =
  | { found: true; value: JsonValue; turns: number; memory: Memory }
  | { found: false; value: null; turns: number };

export interface NamespaceInfo {
  name: string;
  memories: number;
  createdAt: string;
  changedAt: string;
}

/** What an audit counts. */
export type AuditClass =
  | 'duplicates'
  | 'nearDuplicates'
  | 'stale'
  | 'superseded'
  | 'neverRecalled'
  | 'echoes'
  | 'secrets';

export interface AuditFinding {
  /** Memories in the class, each once. */
  count: number;
  /** `count` over the memories that were looked at. */
  rate: number;
  /** How many for which reason, where the class has several. */
  reasons: Record<string, number>;
  /** At most 20; `of` is the memory that says the same. */
  examples: { id: string; of?: string; reason?: string }[];
}

export interface AuditResult {
  namespace: string;
  memories: number;
  /** The newest so many were looked at. */
  lookedAt: number;
  /** Whether that is all of them. */
  complete: boolean;
  /** When the server began to count recalls. */
  countingSince: string;
  classes: Record<AuditClass, AuditFinding>;
  queryTimeMs: number;
}

/** The vectors of one model. */
export interface EmbeddingGeneration {
  generation: number;
  model: string;
  dimension: number;
  /** Every namespace is to be searched by it. */
  target: boolean;
  /** A rollback leads to it. */
  previous: boolean;
  /** The server can compute vectors of it. */
  available: boolean;
  /** Namespaces that are searched by it now. */
  namespaces: number;
  /** Memories that wait for a vector of it. */
  pending: number;
  /** Memories that have no vector of it, because its embedder refuses them. */
  refused: number;
}

export interface EmbeddingsStatus {
  /** Memories that wait for a vector of the target. */
  pending: number;
  /** Namespaces that have not changed over to the target yet. */
  switching: number;
  /** Why nothing moves at the moment. */
  problem: string | null;
  generations: EmbeddingGeneration[];
}

export interface Health {
  /** True when the server says that it can read and write. */
  ok: boolean;
  /** The HTTP status of the answer. */
  status: number;
  /** The server's own words. */
  report: JsonObject;
}

/** Options of one call. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Instead of the client's, for each attempt. */
  timeoutMs?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * Names the request for 24 hours: however often it is sent, it is carried out once. For retries
   * of your own; those of the client have a key of their own. 1 to 255 visible ASCII characters.
   */
  idempotencyKey?: string | undefined;
}

export interface ClientOptions {
  /** `REVERIE_URL`, else `http://127.0.0.1:7360`. A trailing `/v1` is dropped. */
  baseUrl?: string | undefined;
  /** `REVERIE_API_KEY` when absent. */
  apiKey?: string | undefined;
  /** Instead of the runtime's own; a server in the same process can be passed here. */
  fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** For one attempt, its answer included; 30,000 when absent. */
  timeoutMs?: number | undefined;
  /** Further attempts after the first; 2 when absent, 0 for none. */
  retries?: number | undefined;
  /** For calls that name none. */
  namespace?: string | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
}

export interface ExportInput {
  namespace?: string | undefined;
  /** Former versions too. */
  history?: boolean | undefined;
  /** The `cursor` of the last whole line of an export that was cut: only what follows comes. */
  after?: string | undefined;
}

export interface ImportInput {
  namespace?: string | undefined;
  /** Tells files apart whose lines have no ids; made of the first line when absent. */
  importId?: string | undefined;
  /** The source is compressed. */
  gzip?: boolean | undefined;
  /** Called after each batch. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportProgress {
  /** Lines read. */
  lines: number;
  imported: number;
  /** Of them, took the place of a fact that was there. */
  replaced: number;
  /** Were there already. */
  present: number;
  /** Refused lines and memories. */
  failed: number;
}

export interface ImportResult extends ImportProgress {
  /** Every line was taken, and the file is whole. */
  ok: boolean;
  namespace: string;
  importId: string;
  /** False for an export that was cut or changed on the way. */
  complete: boolean;
  /** The first hundred refused lines, and what is wrong with the file. */
  errors: { line: number; code: string; message: string }[];
}

/** A mark in the history of a namespace. */
export interface Snapshot {
  id: string;
  name: string;
  /** The newest change that it knows. */
  seq: number;
  memories: number;
  createdAt: string;
  /** A restore was cut short; ask for it again. */
  restoring: boolean;
}

export type DifferenceKind =
  | 'added'
  | 'changed'
  | 'archived'
  | 'superseded'
  | 'erased'
  /** It was there, and no version of that time is kept. */
  | 'unknown';

export interface ComparedMemory {
  id: string;
  change: Exclude<DifferenceKind, 'erased'>;
  version: number;
  versionThen: number | null;
}

export interface Comparison {
  snapshot: Snapshot;
  /** The newest change that took part. */
  seq: number;
  /** Of everything; only with the first page. */
  counts?: Record<DifferenceKind, number>;
  results: ComparedMemory[];
  nextCursor: string | null;
}

export interface SnapshotInput {
  namespace?: string | undefined;
}

export interface CompareInput extends SnapshotInput {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface RestoreInput extends SnapshotInput {
  /** Only tell what would be done. */
  dryRun?: boolean | undefined;
  /** Memories that the answer names, at most 1,000. */
  limit?: number | undefined;
}

export interface RestoreResult {
  dryRun: boolean;
  /** It went on with a restore that had been cut short. */
  resumed: boolean;
  archived: number;
  restored: number;
  /** Were written after the restore began, and stand. */
  kept: number;
  erased: number;
  unknown: number;
  results: { id: string; action: 'archived' | 'restored' | 'kept' }[];
  /** The snapshot of the state before; null for a dry run. */
  before: string | null;
}
