/** What every handler may use, and who is asking. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { AccessParts } from '../access/open-access.ts';
import type { Principal } from '../access/principal.ts';
import type { SignUp } from '../access/sign-up.ts';
import type { TenantId } from '../domain/memory.ts';
import type { BackfillProgress } from '../engine/embed/backfill.ts';
import type { Engine } from '../engine/engine.ts';
import type { EventStreams } from '../engine/events/event-stream.ts';
import type { PublishStatus } from '../engine/publish/event-publisher.ts';
import type { Scope } from '../engine/scope.ts';
import type { VectorFeedProgress } from '../engine/vectors/vector-feed.ts';
import type { Webhooks } from '../engine/webhooks/webhooks.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Watch } from '../observe/watch.ts';
import type { Peers } from '../peers/peers.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordsStatus } from '../ports/records.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import type { IsTrustedProxy } from './client-address.ts';
import type { EdgeOptions } from './edge.ts';
import type { SetAside } from './metering.ts';

export interface AppDeps extends AccessParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Whether the store takes writes, for /health/ready. */
  readonly recordsStatus: () => Promise<RecordsStatus>;
  /** How far the vectors are, for /health/ready. */
  readonly embeddingsProgress: () => Promise<BackfillProgress>;
  /** A backup as it is sent; absent where nothing is on disk. Throws backup_running, disk_full. */
  readonly backup?:
    | (() => Promise<{ readonly bytes: number; readonly content: AsyncIterable<Uint8Array> }>)
    | undefined;
  /** False while the embedder is left alone because it did not answer. */
  readonly embedderAnswers: () => boolean;
  /** Undefined where no events are published. */
  readonly publishStatus: () => PublishStatus | undefined;
  /** Undefined where all vectors are searched in memory. */
  readonly vectorsProgress?: () => VectorFeedProgress | undefined;
  /** Of the vectors that are wanted now, for /health. */
  readonly model: () => string;
  /** Requests a minute. */
  readonly rates: { readonly perKey: number; readonly perAddress: number };
  /** Absent where this server counts for itself alone. */
  readonly shared?: SharedCounters | undefined;
  /** Undefined while the server is closed to people without a key. */
  readonly signUp: SignUp | undefined;
  /** What a tenant keeps, former versions included. */
  readonly storedBytes: (tenant: TenantId) => Promise<number>;
  readonly edge: EdgeOptions;
  readonly webhooks: Webhooks;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  readonly watch: Watch;
  readonly peers: Pick<Peers, 'isAlone' | 'isFresh' | 'refresh'>;
}

/** Values that travel with one request. */
export interface RequestVariables {
  requestId: string;
  /** When the request came in, on the clock of `performance.now()`. */
  arrivedAt: number;
  /** Of a key that was looked up already. */
  principal?: Principal;
  /** As the route was declared, the same for all its spellings; absent where there is none. */
  route?: string;
  isTrustedProxy: IsTrustedProxy;
}

/** Bindings: the socket's side of a request; a request of this process has none. */
export interface AppEnv {
  Variables: RequestVariables;
  Bindings: Partial<HttpBindings>;
}

export type AppContext = Context<AppEnv>;

/** A handler's view of a request that was authenticated and validated. */
export interface RequestInput<Body, Query, Params> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly principal: Principal;
  /** On whose behalf, and whether the request was named by its sender. */
  readonly scope: Scope;
  readonly context: AppContext;
  /** For items that only the handler can count. */
  readonly setAside: SetAside;
}
