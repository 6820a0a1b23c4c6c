/** Reads the settings from flags and environment; what is unknown or unclear is refused. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MemoryError } from '../domain/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { checkDynamodb } from './dynamodb-settings.ts';
import { tlsFiles } from './http-settings.ts';
import { checkKafka } from './kafka-settings.ts';
import { checkModels } from './model-settings.ts';
import { checkMongodb } from './mongodb-settings.ts';
import type { Setting } from './setting.ts';
import { settingInvalid } from './setting-invalid.ts';
import {
  allSettings,
  type GivenSettings,
  type Settings,
  serverSettings,
} from './settings-table.ts';
import { checkPostgres, storePaths } from './store-settings.ts';
import { checkVectors } from './vector-settings.ts';
import { vendorKeyVariables } from './vendor-keys.ts';

export type { Settings };

export type Environment = Readonly<Record<string, string | undefined>>;
/** By the names of the settings: `{ dataDir: './here' }`. */
export type Flags = Readonly<Record<string, string | undefined>>;

/**
 * Flags win over the environment, the environment over the defaults. An empty variable counts as
 * absent, as compose files leave them.
 *
 * @throws MemoryError `setting_invalid`, naming the setting and never the value of a secret.
 */
export function loadSettings(env: Environment, flags: Flags = {}, cwd = process.cwd()): Settings {
  refuseUnknown(env);
  const given = readAll((setting) => readSetting(setting, env, flags));
  checkModels(given);
  checkPostgres(given);
  checkDynamodb(given);
  checkMongodb(given);
  checkVectors(given);
  checkKafka(given);
  const { embedder, embedderApiKey, llm, llmApiKey, kafkaCa } = given;
  return {
    ...given,
    ...tlsFiles(given, cwd),
    ...storePaths(given, cwd),
    allowedHosts: given.allowedHosts ?? [],
    corsOrigins: given.corsOrigins ?? [],
    trustedProxies: given.trustedProxies ?? [],
    outgoingPrivate: given.outgoingPrivate ?? [],
    kafkaBrokers: given.kafkaBrokers ?? [],
    kafkaCa: kafkaCa === undefined ? kafkaCa : resolve(cwd, kafkaCa),
    embedderApiKey: embedderApiKey ?? vendorKey(embedder, env),
    llmApiKey: llmApiKey ?? vendorKey(llm, env),
  };
}

function readAll(read: (setting: Setting) => unknown): GivenSettings {
  const settings = Object.entries<Setting>(serverSettings);
  return Object.fromEntries(settings.map(([name, one]) => [name, read(one)])) as GivenSettings;
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
  throw settingInvalid(source, setting.secret ? reason : `${reason}, not "${text.slice(0, 64)}"`);
}

/** Where a setting's text comes from, and the text. */
function textOf(setting: Setting, env: Environment, flags: Flags) {
  const { name, env: variable, flag } = setting;
  const fromFlag = flag === undefined ? undefined : flags[name];
  if (flag !== undefined && fromFlag !== undefined) return { source: flag, text: fromFlag };
  const file = setting.secret ? env[`${variable}_FILE`] || undefined : undefined;
  const text = env[variable] || undefined;
  if (file === undefined) return { source: variable, text: text ?? setting.default };
  if (text !== undefined) throw settingInvalid(variable, `${variable}_FILE is set too; choose one`);
  return { source: `${variable}_FILE`, text: readSecret(`${variable}_FILE`, file) };
}

function readSecret(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw settingInvalid(variable, `the file ${path} cannot be read`, cause);
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
