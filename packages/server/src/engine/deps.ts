/** What every verb needs; made once by the composition root. */
import type { DreamEvent } from '../domain/events.ts';
import type { HygienePolicies } from '../domain/hygiene.ts';
import type { NamespaceName, TenantId } from '../domain/memory.ts';
import type { NamespaceSearcher } from '../index/types.ts';
import type { Watch } from '../observe/watch.ts';
import type { Peers } from '../peers/peers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import type { ErasureList } from '../ports/erasures.ts';
import type { NamespaceInfo, RecordsPort } from '../ports/records.ts';
import type { OpenTokenizer } from '../ports/tokenizer.ts';
import type { KeyedMutex } from '../util/mutex.ts';
import type { Analyzer } from './analysis.ts';
import type { RecallCounts } from './audit/recall-counts.ts';
import type { UnmetQuestions } from './audit/unmet-questions.ts';
import type { HandedOut } from './echo/handed-out.ts';
import type { Backfill } from './embed/backfill.ts';
import type { Embeddings } from './embed/embeddings.ts';
import type { ChangeFeed } from './events/change-feed.ts';
import type { KeyHasher } from './key-hasher.ts';
import type { StandingProfiles } from './profile/standing-profiles.ts';
import type { LastFound } from './recall/last-found.ts';
import type { Reranking } from './recall/rerank.ts';
import type { VectorFeed } from './vectors/vector-feed.ts';

export interface EngineDeps {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** Absent where nothing outlives the process. */
  readonly erasures?: ErasureList | undefined;
  /** The index of a namespace, in this thread or in another. */
  readonly openIndex: (
    tenant: TenantId,
    namespace: Pick<NamespaceInfo, 'no' | 'generation'>,
  ) => Promise<NamespaceSearcher>;
  /** Frees the memory of an index that will not be asked again. */
  readonly releaseIndex: (
    tenant: TenantId,
    namespace: Pick<NamespaceInfo, 'no' | 'generation'>,
  ) => Promise<void>;
  readonly embeddings: Embeddings;
  readonly backfill: Backfill;
  readonly analyzer: Analyzer;
  readonly handedOut: HandedOut;
  readonly openTokenizer: OpenTokenizer;
  /** Absent where looking a namespace up takes no way over a network. */
  readonly lastFound?: LastFound | undefined;
  /** Absent where no model reads results again. */
  readonly reranking?: Reranking | undefined;
  readonly hashKey: KeyHasher;
  readonly clock: Clock;
  /** Where the time of the verbs goes. */
  readonly watch: Watch;
  /** Writers of one key queue here instead of failing against each other. */
  readonly keyLocks: KeyedMutex;
  /**
   * How much a word tells, in nats: its inverse document frequency in general text. Scores that
   * use it mean the same in every namespace.
   */
  readonly wordWeight: (word: string) => number;
  readonly valueBytesMax: number;
  /** Of namespaces that say nothing else. */
  readonly hygiene: HygienePolicies;
  /** How often each memory was shown; for the audit, never for the ranking. */
  readonly recallCounts: RecallCounts;
  /** For dreams that reflect; never for the ranking. */
  readonly unmet: UnmetQuestions;
  readonly profiles: StandingProfiles;
  /** The servers of the store: whether what one had begun is left to the others. */
  readonly peers: Pick<Peers, 'id' | 'isAlone' | 'isGone'>;
  /** Brings vectors of large namespaces to their system; absent where all are in memory. */
  readonly vectorFeed?: Pick<VectorFeed, 'wake' | 'progress' | 'system'> | undefined;
  /** Wakes who follows changes; absent where nobody can, as in a command on a folder. */
  readonly feed?: ChangeFeed | undefined;
  readonly followers?: Followers | undefined;
}

/** Who is told of what is no change of a memory. */
export interface Followers {
  beforeNamespace(tenant: TenantId, no: number, namespace: NamespaceName): Promise<void>;
  /** Does nothing where the namespace is still there. */
  afterNamespace(tenant: TenantId, no: number): Promise<void>;
  /** Durable when it resolves; the same event twice is told once. */
  dreamTold(tenant: TenantId, event: DreamEvent): Promise<void>;
}
