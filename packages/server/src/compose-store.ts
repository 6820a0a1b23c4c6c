/** Where records live, by the word of REVERIE_RECORDS: one line for each backend. */
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { openEphemeralStore } from './backends/ephemeral/ephemeral-store.ts';
import { inspectPostgres } from './backends/postgres/doctor.ts';
import { openPostgresStore, openSharedPostgresStore } from './backends/postgres/postgres-store.ts';
import { inspectStore } from './backends/sqlite/doctor.ts';
import { openSharedStore, openSqliteStore } from './backends/sqlite/sqlite-store.ts';
import { databasePath, restoringPath } from './backends/sqlite/store-files.ts';
import type { DoctorCheck } from './cli/actions.ts';
import { inspectDynamo, openDynamo, openSharedDynamo } from './compose-dynamodb.ts';
import { refuseUnfinished } from './compose-migrate.ts';
import { inspectMongo, openMongo, openSharedMongo } from './compose-mongodb.ts';
import { inspectErasures } from './compose-verify.ts';
import type { Watching } from './compose-watch.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { generationRegistry } from './engine/embed/generations.ts';
import type { Clock } from './ports/clock.ts';
import type { ControlPort } from './ports/control.ts';
import type { RecordsPort } from './ports/records.ts';
import { invariant } from './util/invariant.ts';
import { systemClock } from './util/system-clock.ts';

export interface Store {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /**
   * Present where other threads can open the store too: what one more of them is given. It can be
   * sent; a port in it moves there.
   */
  readonly share?: () => object;
}

interface Backend {
  readonly open: (settings: Settings, watching?: Watching, log?: Logger) => Promise<Store>;
  /** For `reverie doctor`: looks, and changes nothing. */
  readonly inspect: (settings: Settings) => Promise<readonly DoctorCheck[]>;
  /** In another thread, with what its own `share` has given, as it arrives there. */
  openShared?(share: object, clock: Clock): Store | Promise<Store>;
}

const backends: Readonly<Record<Settings['records'], Backend>> = {
  sqlite: { open: openFolder, inspect: inspectFolder, openShared: openSharedStore },
  postgres: {
    open: openPostgres,
    inspect: (settings) => inspectPostgres(postgresOf(settings)),
    openShared: openSharedPostgresStore,
  },
  dynamodb: { open: openDynamo, inspect: inspectDynamo, openShared: openSharedDynamo },
  mongodb: { open: openMongo, inspect: inspectMongo, openShared: openSharedMongo },
  ephemeral: {
    open: async () => openEphemeralStore({ clock: systemClock }),
    inspect: async () => [],
  },
};

/** Throws store_damaged for one in the middle of a migration. */
export async function openStore(
  settings: Settings,
  watching?: Watching,
  log?: Logger,
): Promise<Store> {
  const store = await backends[settings.records].open(settings, watching, log);
  await refuseUnfinished(store);
  return store;
}

/** In a search worker: the store that another thread has opened, by what its `share` has given. */
export async function openShared(records: Settings['records'], share: object): Promise<Store> {
  const backend = backends[records];
  invariant(backend.openShared, 'who shares a store can open it');
  return backend.openShared(share, systemClock);
}

export function inspectRecords(settings: Settings): Promise<readonly DoctorCheck[]> {
  return backends[settings.records].inspect(settings);
}

async function openFolder(settings: Settings, watching?: Watching): Promise<Store> {
  refuseHalfRestored(settings.dataDir);
  const watch = watching && { watch: watching.writes };
  return openSqliteStore({ folder: settings.dataDir, clock: systemClock, ...watch });
}

async function inspectFolder({ dataDir, erasures }: Settings): Promise<DoctorCheck[]> {
  const checks = await inspectStore(dataDir, generationRegistry);
  return [...checks, await inspectErasures(erasures)];
}

async function openPostgres(settings: Settings, _?: Watching, log?: Logger): Promise<Store> {
  const store = await openPostgresStore({ ...postgresOf(settings), clock: systemClock });
  if (!store.isWalled) {
    log?.warn(
      'The role of REVERIE_POSTGRES_URL is above row-level security, so tenants are kept apart ' +
        'by Reverie alone. docs/guides/postgres.md tells how to make one that is not.',
    );
  }
  return store;
}

function postgresOf({ postgresUrl, postgresPool: poolMax, postgresTimeoutMs }: Settings) {
  return { url: postgresUrl ?? '', poolMax, timeoutMs: postgresTimeoutMs };
}

/** An empty store in its place would be taken for the restored one. */
function refuseHalfRestored(folder: string): void {
  if (!existsSync(restoringPath(folder)) || existsSync(databasePath(folder))) return;
  const message = `A restore into ${folder} was cut short, or is under way. Run it again.`;
  throw new MemoryError('store_damaged', message);
}
