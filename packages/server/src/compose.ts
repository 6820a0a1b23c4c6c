/**
 * Settings become backends and providers, these an engine, and the engine an app. The only file
 * that knows everyone.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import {
  type KeyRing,
  resetRootKey as resetStoredRootKey,
  rootPrincipal,
} from './access/key-ring.ts';
import { type AccessParts, openAccess } from './access/open-access.ts';
import { SignUp } from './access/sign-up.ts';
import { openEphemeralStore } from './backends/ephemeral/ephemeral-store.ts';
import { type ErasureFile, openErasureFile } from './backends/files/erasure-file.ts';
import type { DoctorCheck, OfflineBackup, RootKeyReset, RunningServer } from './cli/actions.ts';
import {
  clearScratch,
  createBackups,
  offlineBackup as makeOfflineBackup,
} from './compose-backup.ts';
import { type Cache, inspectCache, openCache } from './compose-cache.ts';
import { requireStore } from './compose-compact.ts';
import { openEngine } from './compose-engine.ts';
import { openFollowing } from './compose-events.ts';
import { inspectTopic } from './compose-kafka.ts';
import { closeModels, type Models, openInstantModels, openModels } from './compose-models.ts';
import { joinPeers } from './compose-peers.ts';
import { reindexStore } from './compose-reindex.ts';
import { inspectRecords, openStore, type Store } from './compose-store.ts';
import { inspectVectors, vectorSettings } from './compose-vectors.ts';
import { addGauges, openWatching, type Watching } from './compose-watch.ts';
import type { Settings } from './config/settings.ts';
import { accessOf } from './domain/access.ts';
import { MemoryError } from './domain/errors.ts';
import { limits } from './domain/limits.ts';
import type { TenantId } from './domain/memory.ts';
import { Plans, storageCapOf } from './domain/plans.ts';
import type { Strategy } from './engine/dream/strategy.ts';
import { receiptsPrefix } from './engine/forget/receipt.ts';
import { storeSecret } from './engine/key-hasher.ts';
import type { ReindexProgress, ReindexReport } from './engine/reindex/reindex.ts';
import type { Scope } from './engine/scope.ts';
import { createApp } from './http/app.ts';
import type { EdgeOptions } from './http/edge.ts';
import { listen } from './http/listen.ts';
import { warmUp } from './http/warm-up.ts';
import { createLog } from './observe/log.ts';
import { noWatch } from './observe/watch.ts';
import { createLonelyPeers, openPeers, type Peers, settleChange } from './peers/peers.ts';
import type { ControlPort } from './ports/control.ts';
import { systemClock } from './util/system-clock.ts';

export { compact } from './compose-compact.ts';
export { dropVectors } from './compose-drop-vectors.ts';
export { migrate } from './compose-migrate.ts';
export { restore } from './compose-restore.ts';
export { verify } from './compose-verify.ts';

/** The product in this process, without a socket. */
export interface RunningApp {
  /** `bindings`: what the HTTP server knows of the socket; absent for a request of this process. */
  fetch(request: Request, bindings?: object): Response | Promise<Response>;
  /** From now on it is not ready, and ends each connection with its next answer. */
  drain(): void;
  /** The root key in plain text, when this start has made it. */
  readonly createdRootKey: string | undefined;
  /** Writes the indexes back and gives the data folder free. */
  close(): Promise<void>;
}

const dayMs = 86_400_000;

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

interface OpenOptions {
  readonly isWarm?: boolean;
  readonly models?: Models;
  readonly strategies?: readonly Strategy[];
}

/**
 * `isWarm`: the first request is as fast as the next ones, for about 0.15 s of start. `models`:
 * instead of those that the settings name; they are closed with the app. `strategies`: in place of
 * those of the product.
 *
 * Throws coded errors: folder_locked, store_read_only, store_damaged, setting_invalid, ...
 */
export async function openApp(settings: Settings, options: OpenOptions = {}): Promise<RunningApp> {
  const cache = await openCache(settings, createLog(settings.logLevel));
  let models = options.models;
  try {
    models ??= await openModels(settings, cache?.vectors);
    const app = await openWithModels(settings, models, { ...options, cache });
    const opened = models;
    const close = async (): Promise<void> => {
      await app.close();
      await closeModels(opened);
      cache?.close();
    };
    return { ...app, close };
  } catch (error) {
    if (models) await closeModels(models);
    cache?.close();
    throw error;
  }
}

async function openWithModels(
  settings: Settings,
  models: Models,
  { isWarm, strategies, cache }: OpenOptions & { readonly cache: Cache | undefined },
): Promise<RunningApp> {
  // The store opens in another thread and waits for the disk; this thread warms up meanwhile.
  const opening = openOnStore(settings, models, strategies, cache);
  if (isWarm) {
    const [opened, warmed] = await Promise.allSettled([
      opening.then(({ startWorkers }) => startWorkers()),
      warmUpProcess(settings, models),
    ]);
    if (opened.status === 'fulfilled' && warmed.status === 'rejected') {
      await (await opening).close();
      throw warmed.reason;
    }
  }
  const { startWorkers: _, ...app } = await opening;
  return app;
}

async function openOnStore(
  settings: Settings,
  models: Models,
  strategies: OpenOptions['strategies'],
  cache: Cache | undefined,
): Promise<RunningApp & { startWorkers(): void }> {
  const log = createLog(settings.logLevel);
  const watching = openWatching(manifest.version);
  const store: Store = await openStore(settings, watching, log);
  let erasures: ErasureFile | undefined;
  try {
    if (settings.records === 'sqlite') await clearScratch(settings.dataDir);
    if (settings.records === 'sqlite') erasures = await openErasureFile(settings.erasures);
    // Before anything is read that it has to keep up to date.
    const peers = await openPeers(store.control, systemClock);
    const { createdRootKey, ...access } = await openAccess(
      store.control,
      systemClock,
      settings.rootKey,
      {
        settle: () => peers.settle(),
        isFresh: () => peers.isFresh(),
        inTurn: peers.inTurn,
        isOnDuty: () => peers.isOnDuty(),
        plans: new Plans(settings.plans),
        auditKeptMs: settings.auditDays * dayMs,
        ...{ isShared: !peers.isAlone, shared: cache?.counters },
        onFault: (err) => log.warn({ err }, 'the usage of a tenant was not written'),
        onSweepFault: (err) => log.warn({ err }, 'old events of the audit log were not removed'),
      },
    );
    const secret = await storeSecret(store.control, systemClock);
    cache?.unlock(secret);
    if (erasures?.place().bytes === 0) await warnOfLostList(store.control, settings, log);
    const parts = {
      settings,
      store,
      erasures,
      models,
      access,
      peers,
      secret,
      log,
      watching,
      cache,
    };
    const app = await assemble({ ...parts, ...(strategies && { strategies }) });
    return { ...app, createdRootKey };
  } catch (error) {
    await erasures?.close();
    await store.records.close();
    throw error;
  }
}

/** It was moved, or is looked for elsewhere: then a restore would bring back what it knew. */
async function warnOfLostList(control: ControlPort, settings: Settings, log: Logger) {
  const forgets = await control.list(receiptsPrefix, { limit: 1 });
  if (forgets.length === 0) return;
  const message =
    'The list of erasures is empty, but something was forgotten before. Where a list is, set ' +
    'REVERIE_ERASURES to it: restoring an older backup would bring back what it names.';
  log.warn({ erasures: settings.erasures }, message);
}

interface Parts {
  readonly settings: Settings;
  readonly store: Store;
  /** Absent where nothing outlives the process. */
  readonly erasures?: ErasureFile | undefined;
  readonly models: Models;
  readonly access: AccessParts;
  readonly peers: Peers;
  /** Of the key hashes. */
  readonly secret: Uint8Array;
  readonly log: Logger;
  readonly watching: Watching;
  readonly cache?: Cache | undefined;
  readonly strategies?: readonly Strategy[];
}

/** The engine over a store, and the app over the engine. Closing it closes the store. */
async function assemble(
  parts: Parts,
): Promise<Pick<RunningApp, 'fetch' | 'drain' | 'close'> & { startWorkers(): void }> {
  const { settings, store, erasures, models, access, peers, secret, log, watching, cache } = parts;
  const { records, control } = store;
  const { metrics, watch } = watching;
  const following = await openFollowing({
    ...{ settings, records, control, ring: access.ring, clock: systemClock, log, metrics },
    ...{ peers, version: manifest.version },
  });
  const { webhooks, streams, feed, publisher, followers } = following;
  const opened = await openEngine({
    ...{ settings, records, control, share: store.share, erasures, feed, followers },
    ...{ models, secret, clock: systemClock, log, watch, peers },
    scopeOf: (tenant, actor) => scopeOf(access.ring, tenant, actor),
    onDreamApplied: ({ tenant, actor }, target) =>
      access.auditLog.add(tenant, { actor, action: 'dream.applied', target }),
    ...(parts.strategies && { strategies: parts.strategies }),
  });
  const { engine, backfill, embeddings, model, startWorkers, close } = opened;
  addGauges(metrics, { engine: opened, records, settings, following, shared: cache?.counters });
  let isDraining = false;
  const app = createApp({
    ...access,
    ...{ engine, clock: systemClock, log, version: manifest.version, model },
    recordsStatus: () => records.status(),
    embeddingsProgress: () => backfill.progress(),
    embedderAnswers: () => embeddings.answers,
    vectorsProgress: () => opened.vectorFeed?.progress(),
    publishStatus: () => publisher?.status,
    ...{ metrics, watch, webhooks, streams, peers },
    backup:
      erasures &&
      createBackups({
        ...{ settings, version: manifest.version, clock: systemClock },
        place: () => erasures.place(),
      }),
    rates: { perKey: settings.rateLimit, perAddress: settings.rateLimitAddress },
    shared: cache?.counters,
    signUp: signUpOf(settings, access, cache),
    storedBytes: (tenant) => records.open(tenant).storedBytes(),
    edge: edgeOptions(settings, () => isDraining),
  });
  await joinPeers({ peers, access, opened, following, records, log });
  backfill.start();
  await engine.dreams.watch();
  await engine.schedules.watch();
  access.auditSweeps.start();
  return {
    fetch: (request, bindings) => app.fetch(request, bindings),
    drain: () => {
      isDraining = true;
      streams.end();
    },
    startWorkers,
    close: async () => {
      streams.end();
      await close();
      await peers.close();
      await publisher?.close();
      await access.auditSweeps.close();
      await access.usage.close();
      await erasures?.close();
      await records.close();
    },
  };
}

/** For what goes on in the name of a key after its request. */
function scopeOf(ring: KeyRing, tenant: TenantId, actor: string): Scope | undefined {
  const principal = ring.principalOf(tenant, actor);
  if (!principal) return undefined;
  const storageCap = storageCapOf(principal.plan);
  return {
    ...{ tenant, actor, access: accessOf(principal.grants, 'dream') },
    requireStill: () => ring.requireStill(principal),
    ...(storageCap && { storageCap }),
  };
}

function signUpOf(settings: Settings, { keys }: AccessParts, cache: Cache | undefined) {
  const { signup, signupsPerHour: perHour } = settings;
  const shared = cache?.counters;
  return signup === 'open' ? new SignUp({ keys, clock: systemClock, perHour, shared }) : undefined;
}

function edgeOptions(settings: Settings, isDraining: () => boolean): EdgeOptions {
  const { host, allowedHosts, corsOrigins, trustedProxies, maxRequests, tlsCert } = settings;
  return {
    ...{ host, allowedHosts, corsOrigins, trustedProxies, isDraining },
    requestsMax: maxRequests,
    bodyTimeMs: limits.bodyTimeMs,
    isTls: tlsCert !== undefined,
  };
}

/** The first requests of a process would otherwise spend most of their time being compiled. */
async function warmUpProcess(settings: Settings, models: Models): Promise<void> {
  const isInstant = models.embedder.isInstant && models.reranking === undefined;
  const store = openEphemeralStore({ clock: systemClock });
  const access = await openAccess(store.control, systemClock, undefined);
  const app = await assemble({
    // Nor is anything published of it, and another system would take this store for the real one.
    settings: { ...settings, kafkaBrokers: [], vectors: 'builtin' },
    store,
    // A service is not called, and not paid, for warming up.
    models: isInstant ? models : openInstantModels(),
    access: { ...access, ring: { ...access.ring, authenticate: () => rootPrincipal } },
    peers: createLonelyPeers(systemClock),
    secret: randomBytes(32),
    log: createLog('silent'),
    // Nobody asked for these: they are no spans.
    watching: { ...openWatching(manifest.version), watch: noWatch },
  });
  await warmUp(app.fetch);
  await app.close();
}

/** Serves HTTP until closed. */
export async function serve(settings: Settings): Promise<RunningServer> {
  const app = await openApp(settings, { isWarm: true });
  const { tlsCert: cert, tlsKey: key } = settings;
  try {
    const notes = await rootKeyNotes(settings, app.createdRootKey);
    const listening = await listen(app.fetch, {
      ...{ port: settings.port, host: settings.host },
      ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
    });
    const close = async () => {
      app.drain();
      await listening.close(settings.shutdownMs);
      await app.close();
    };
    const { url, reloadTls } = listening;
    return { url, notes, ...(reloadTls && { reload: reloadTls }), close };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** A terminal is read by its owner; anything else may be a log that others read. */
async function rootKeyNotes(settings: Settings, key: string | undefined): Promise<string[]> {
  const file = rootKeyFile(settings);
  if (key === undefined) {
    if (settings.rootKey !== undefined) return ['The root key is the one in REVERIE_ROOT_KEY.'];
    const known = existsSync(file) ? `The root key is in ${file}.` : undefined;
    return [
      known ?? 'The root key was shown at the first start; "reverie keys reset" makes a new one.',
    ];
  }
  if (process.stdout.isTTY) {
    return [`Root key (shown this once, keep it): ${key}`];
  }
  await writeKeyFile(file, key);
  return [`The root key is in ${file}.`];
}

const rootKeyFile = (settings: Settings): string => join(settings.dataDir, 'root.key');

async function writeKeyFile(file: string, key: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  // The mode of writeFile counts only for a new file.
  await chmod(file, 0o600);
}

/**
 * Makes a new root key. On a data folder no server may run; those on a shared store let the former
 * one in no more when it resolves, and end its requests and streams within a second.
 */
export async function resetRootKey(settings: Settings): Promise<RootKeyReset> {
  const store = await openStore(settings);
  try {
    const key = await resetStoredRootKey(store.control, systemClock);
    await settleChange(store.control, systemClock);
    const path = rootKeyFile(settings);
    // A file from a first start would now hold a key that opens nothing.
    if (existsSync(path)) await writeKeyFile(path, key);
    return existsSync(path) ? { key, path } : { key };
  } finally {
    await store.records.close();
  }
}

/**
 * A folder must not have a server; those over records that they share may run on. Throws
 * setting_invalid where there is no store.
 */
export async function reindex(
  settings: Settings,
  namespace: string | undefined,
  tell: (progress: ReindexProgress) => void,
): Promise<ReindexReport> {
  const { records } = settings;
  if (records === 'sqlite' || records === 'ephemeral') requireStore(settings);
  return reindexStore(await openStore(settings), settings, namespace, tell);
}

/** Looks at the data folder, whether a server runs on it or not. */
export async function doctor(
  settings: Settings,
): Promise<{ readonly checks: readonly DoctorCheck[] }> {
  const checks = [
    await inspectEmbedder(settings),
    ...(await inspectReranker(settings)),
    ...(await inspectGenerator(settings)),
    ...(await inspectTopic(settings)),
  ];
  checks.push(...(await inspectRecords(settings)));
  checks.push(...(await inspectCache(settings)));
  checks.push(...(await inspectVectors(vectorSettings(settings))));
  return { checks };
}

/** Embeds one text, so that a wrong key or a service that is down shows before it is needed. */
async function inspectEmbedder(settings: Settings): Promise<DoctorCheck> {
  const name = 'embedder';
  let signal: AbortSignal | undefined;
  try {
    const { embedder } = await openModels({ ...settings, reranker: 'none', llm: 'none' });
    const start = performance.now();
    try {
      // Opening has its own bounds: a model may have to be downloaded first.
      signal = AbortSignal.timeout(settings.embedderTimeoutMs);
      await embedder.embed(['Is anybody there?'], { role: 'query', signal });
    } finally {
      await embedder.close?.();
    }
    const took = `, answered in ${Math.ceil(performance.now() - start)} ms`;
    const detail = `${embedder.model}, ${embedder.dimension} dimensions`;
    return { name, ok: true, detail: embedder.isInstant ? detail : detail + took };
  } catch (error) {
    if (!MemoryError.isInstance(error) && !signal?.aborted) throw error;
    const late = `no answer within ${settings.embedderTimeoutMs} ms`;
    const detail = MemoryError.isInstance(error) ? `${error.code}: ${error.message}` : late;
    return { name, ok: false, detail };
  }
}

async function inspectReranker(settings: Settings): Promise<DoctorCheck[]> {
  const name = 'reranker';
  try {
    const { reranking } = await openModels({ ...settings, embedder: 'none', llm: 'none' });
    if (reranking === undefined) return [];
    const { model } = reranking.reranker;
    await reranking.reranker.close?.();
    return [{ name, ok: true, detail: model }];
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name, ok: false, detail: `${error.code}: ${error.message}` }];
  }
}

/** Asks for one word, where a language model is set: a few tokens show what is wrong with it. */
async function inspectGenerator(settings: Settings): Promise<DoctorCheck[]> {
  const name = 'llm';
  try {
    const others = { embedder: 'none', reranker: 'none' } as const;
    const { generator } = await openModels({ ...settings, ...others });
    if (generator === undefined) return [];
    const start = performance.now();
    try {
      const { usage } = await generator.generate(tinyRequest);
      const tokens = `${usage.inputTokens + usage.outputTokens} tokens`;
      const tookMs = Math.ceil(performance.now() - start);
      return [
        { name, ok: true, detail: `${generator.model}, answered in ${tookMs} ms, ${tokens}` },
      ];
    } finally {
      await generator.close?.();
    }
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name, ok: false, detail: `${error.code}: ${error.message}` }];
  }
}

/** Some services take no fewer than 16 tokens, and some models think before they write. */
const tinyRequest = {
  system: 'Answer with one word.',
  prompt: 'Is anybody there?',
  maxOutputTokens: 64,
};

/** Undefined where a server has to be asked. */
export function offlineBackup(settings: Settings): Promise<OfflineBackup | undefined> {
  return makeOfflineBackup(settings, manifest.version);
}
