/** Reads the settings from flags and environment; what is unknown or unclear is refused. */
import { readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { MemoryError } from '../domain/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { Setting } from './setting.ts';
import { allSettings, type Settings, serverSettings } from './settings-table.ts';
import { vectorServiceValues } from './vector-service-settings.ts';
import { vendorKeyVariables } from './vendor-keys.ts';

export type { Settings };

export type Environment = Readonly<Record<string, string | undefined>>;
/** By the names of the settings: `{ dataDir: './here' }`. */
export type Flags = Readonly<Record<string, string | undefined>>;

type Read = <T>(setting: Setting<T>) => T | undefined;
type Need = <T>(setting: Setting<T>) => T;

/**
 * Flags win over the environment, the environment over the defaults. An empty variable counts as
 * absent, as compose files leave them.
 *
 * @throws MemoryError `setting_invalid`, naming the setting and never the value of a secret.
 */
export function loadSettings(env: Environment, flags: Flags = {}, cwd = process.cwd()): Settings {
  refuseUnknown(env);
  const read: Read = (setting) => readSetting(setting, env, flags);
  const need: Need = (setting) => {
    const value = read(setting);
    if (value === undefined) throw invalid(setting.env, 'a value is needed');
    return value;
  };
  const at = serverSettings;
  const embedder = need(at.embedder);
  const llm = need(at.llm);
  const isOwn = embedder === 'builtin' || embedder === 'none';
  const forEmbedders: readonly Setting[] = [at.embedderModel, at.embedderUrl, at.embedderDimension];
  if (isOwn)
    refuseIdle(forEmbedders, read, `${embedder} does not use it; set REVERIE_EMBEDDER too`);
  const forLlms: readonly Setting[] = [at.llmModel, at.llmUrl, at.llmPrice];
  if (llm === 'none') refuseIdle(forLlms, read, 'none does not use it; set REVERIE_LLM too');
  const dataDir = checkDataDir(resolve(cwd, need(at.dataDir)));
  return {
    port: need(at.port),
    host: need(at.host),
    allowedHosts: read(at.allowedHosts) ?? [],
    corsOrigins: read(at.corsOrigins) ?? [],
    trustedProxies: read(at.trustedProxies) ?? [],
    maxRequests: need(at.maxRequests),
    shutdownMs: need(at.shutdownMs),
    ...tlsFiles(read(at.tlsCert), read(at.tlsKey), cwd),
    dataDir,
    erasures: resolve(cwd, read(at.erasures) ?? join(dataDir, 'erasures.jsonl')),
    rootKey: read(at.rootKey),
    ...recordsSettings(need(at.records), read(at.postgresUrl)),
    ...{ ...readDynamodb(read, need), ...readMongodb(read, need) },
    ...vectorsSettings(need, read),
    ...{ postgresPool: need(at.postgresPool), postgresTimeoutMs: need(at.postgresTimeoutMs) },
    ...readRedis(read, need),
    embedder,
    embedderModel: read(at.embedderModel),
    embedderDtype: need(at.embedderDtype),
    embedderUrl: read(at.embedderUrl),
    embedderApiKey: read(at.embedderApiKey) ?? vendorKey(embedder, env),
    embedderDimension: read(at.embedderDimension),
    embedderConcurrency: need(at.embedderConcurrency),
    embedderTimeoutMs: need(at.embedderTimeoutMs),
    reranker: need(at.reranker),
    rerankerModel: need(at.rerankerModel),
    rerankerDtype: need(at.rerankerDtype),
    rerankerBudgetMs: need(at.rerankerBudgetMs),
    embedWaitMs: need(at.embedWaitMs),
    embedWaitQueryMs: need(at.embedWaitQueryMs),
    llm,
    llmModel: read(at.llmModel),
    llmUrl: read(at.llmUrl),
    llmApiKey: read(at.llmApiKey) ?? vendorKey(llm, env),
    llmConcurrency: need(at.llmConcurrency),
    llmTimeoutMs: need(at.llmTimeoutMs),
    llmPrice: read(at.llmPrice),
    signup: need(at.signup),
    signupsPerHour: need(at.signupsPerHour),
    auditDays: need(at.auditDays),
    plans: need(at.plans),
    ...eventSettings(read, need, cwd),
    ...{ rateLimit: need(at.rateLimit), rateLimitAddress: need(at.rateLimitAddress) },
    logLevel: need(at.logLevel),
    indexMemoryMb: need(at.indexMemoryMb),
    searchWorkers: need(at.searchWorkers),
    largeNamespace: need(at.largeNamespace),
    hygiene: need(at.hygiene),
    maxValueBytes: need(at.maxValueBytes),
  };
}

/** What is set and would do nothing was meant otherwise. */
function refuseIdle(
  settings: readonly Setting[],
  read: (setting: Setting) => unknown,
  reason: string,
): void {
  const idle = settings.find((setting) => read(setting) !== undefined);
  if (idle) throw invalid(idle.env, reason);
}

/** An address where it is needed, and only there. */
function recordsSettings(records: Settings['records'], postgresUrl: string | undefined) {
  const { env } = serverSettings.postgresUrl;
  if (records === 'postgres' && postgresUrl === undefined) throw invalid(env, 'a value is needed');
  if (records !== 'postgres' && postgresUrl !== undefined) {
    throw invalid(env, `${records} does not use it; set REVERIE_RECORDS=postgres too`);
  }
  return { records, postgresUrl };
}

function readRedis(read: Read, need: Need) {
  const { redisUrl, redisPrefix, redisTimeoutMs, redisVectorHours } = serverSettings;
  return {
    redisUrl: read(redisUrl),
    redisPrefix: need(redisPrefix),
    redisTimeoutMs: need(redisTimeoutMs),
    redisVectorHours: need(redisVectorHours),
  };
}

/** Who is told of what happens; refused is what would do nothing. */
function eventSettings(read: Read, need: Need, cwd: string) {
  const at = serverSettings;
  const brokers = read(at.kafkaBrokers) ?? [];
  const sasl = need(at.kafkaSasl);
  const tls = need(at.kafkaTls);
  const ca = read(at.kafkaCa);
  const named: readonly Setting[] = [at.kafkaUsername, at.kafkaPassword];
  const all = [...named, at.kafkaCa];
  if (brokers.length === 0)
    refuseIdle(all, read, `nothing uses it; set ${at.kafkaBrokers.env} too`);
  if (sasl === 'none') refuseIdle(named, read, `nothing uses it; set ${at.kafkaSasl.env} too`);
  if (tls === 'off') refuseIdle([at.kafkaCa], read, `nothing uses it; set ${at.kafkaTls.env}=on`);
  const missing = named.find((setting) => read(setting) === undefined);
  if (sasl !== 'none' && missing) {
    throw invalid(missing.env, `${at.kafkaSasl.env}=${sasl} needs it`);
  }
  return {
    webhooks: need(at.webhooks),
    outgoingPrivate: read(at.outgoingPrivate) ?? [],
    kafkaBrokers: brokers,
    kafkaTopic: need(at.kafkaTopic),
    kafkaPartitions: need(at.kafkaPartitions),
    kafkaClientId: need(at.kafkaClientId),
    kafkaSasl: sasl,
    kafkaUsername: read(at.kafkaUsername),
    kafkaPassword: read(at.kafkaPassword),
    kafkaTls: tls,
    kafkaCa: ca === undefined ? ca : resolve(cwd, ca),
    kafkaTimeoutMs: need(at.kafkaTimeoutMs),
  };
}

/** Each system has its address, and an address has its system. */
function vectorsSettings(
  need: <T>(setting: Setting<T>) => T,
  read: <T>(setting: Setting<T>) => T | undefined,
) {
  const at = serverSettings;
  const vectors = need(at.vectors);
  const pgvectorUrl = read(at.pgvectorUrl);
  const { env } = at.pgvectorUrl;
  if (vectors !== 'pgvector' && pgvectorUrl !== undefined) {
    throw invalid(env, `${vectors} does not use it; set REVERIE_VECTORS=pgvector too`);
  }
  if (vectors === 'pgvector' && (pgvectorUrl ?? read(at.postgresUrl)) === undefined) {
    throw invalid(env, 'a value is needed');
  }
  const [vectorsFrom, vectorsWaitMs] = [need(at.vectorsFrom), need(at.vectorsWaitMs)];
  const services = vectorServiceValues(vectors, need, read, invalid);
  return { vectors, vectorsFrom, vectorsWaitMs, pgvectorUrl, ...services };
}

/** An address where it would do nothing was meant otherwise. */
function readDynamodb(
  read: <T>(setting: Setting<T>) => T | undefined,
  need: <T>(setting: Setting<T>) => T,
) {
  const { records, dynamodbTable, dynamodbEndpoint, dynamodbTimeoutMs } = serverSettings;
  if (need(records) !== 'dynamodb') {
    const reason = `${need(records)} does not use it; set REVERIE_RECORDS=dynamodb too`;
    refuseIdle([dynamodbEndpoint], read, reason);
  }
  return {
    dynamodbTable: need(dynamodbTable),
    dynamodbEndpoint: read(dynamodbEndpoint),
    dynamodbTimeoutMs: need(dynamodbTimeoutMs),
  };
}

/** An address where it is needed, and only there. */
function readMongodb(
  read: <T>(setting: Setting<T>) => T | undefined,
  need: <T>(setting: Setting<T>) => T,
) {
  const { records, mongodbUrl, mongodbDatabase, mongodbTimeoutMs } = serverSettings;
  const isChosen = need(records) === 'mongodb';
  const url = read(mongodbUrl);
  if (isChosen && url === undefined) throw invalid(mongodbUrl.env, 'a value is needed');
  const reason = `${need(records)} does not use it; set REVERIE_RECORDS=mongodb too`;
  if (!isChosen) refuseIdle([mongodbUrl], read, reason);
  return {
    mongodbUrl: url,
    mongodbDatabase: need(mongodbDatabase),
    mongodbTimeoutMs: need(mongodbTimeoutMs),
  };
}

/** Both or none. */
function tlsFiles(cert: string | undefined, key: string | undefined, cwd: string) {
  const { tlsCert, tlsKey } = serverSettings;
  if (cert === undefined && key === undefined) return { tlsCert: cert, tlsKey: key };
  if (cert === undefined) throw invalid(tlsCert.env, `${tlsKey.env} is set; it needs both`);
  if (key === undefined) throw invalid(tlsKey.env, `${tlsCert.env} is set; it needs both`);
  return { tlsCert: resolve(cwd, cert), tlsKey: resolve(cwd, key) };
}

/** A key that the machine has for the service already. */
function vendorKey(vendor: string, env: Environment): string | undefined {
  for (const variable of vendorKeyVariables[vendor] ?? []) {
    const key = env[variable]?.trim();
    if (key) return key;
  }
  return undefined;
}

function readSetting<T>(setting: Setting<T>, env: Environment, flags: Flags): T | undefined {
  const { source, text } = textOf(setting, env, flags);
  if (text === undefined) return undefined;
  const parsed = setting.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues[0]?.message ?? 'the value cannot be used';
  throw invalid(source, setting.secret ? reason : `${reason}, not "${text.slice(0, 64)}"`);
}

/** Where a setting's text comes from, and the text. */
function textOf(setting: Setting, env: Environment, flags: Flags) {
  const { name, env: variable, flag } = setting;
  const fromFlag = flag === undefined ? undefined : flags[name];
  if (flag !== undefined && fromFlag !== undefined) return { source: flag, text: fromFlag };
  const file = setting.secret ? env[`${variable}_FILE`] || undefined : undefined;
  const text = env[variable] || undefined;
  if (file === undefined) return { source: variable, text: text ?? setting.default };
  if (text !== undefined) throw invalid(variable, `${variable}_FILE is set too; choose one`);
  return { source: `${variable}_FILE`, text: readSecret(`${variable}_FILE`, file) };
}

function readSecret(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw invalid(variable, `the file ${path} cannot be read`, cause);
  }
}

function refuseUnknown(env: Environment): void {
  const known = allSettings.flatMap(({ env: name, secret, side }) =>
    secret && side === 'server' ? [name, `${name}_FILE`] : [name],
  );
  for (const name of Object.keys(env)) {
    if (!name.startsWith('REVERIE_') || known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    throw new MemoryError('setting_invalid', `${name} is not a known setting.${hint}`, {
      details: { setting: name, ...(nearest !== undefined && { nearest }) },
    });
  }
}

/** A store inside a package cache would vanish with the next install. */
function checkDataDir(path: string): string {
  const parts = path.split(sep);
  if (!parts.includes('node_modules') && !parts.includes('_npx')) return path;
  throw invalid('REVERIE_DATA_DIR', `${path} is inside a package cache, which may vanish`);
}

function invalid(setting: string, reason: string, cause?: unknown): MemoryError {
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, {
    details: { setting },
    cause,
  });
}
